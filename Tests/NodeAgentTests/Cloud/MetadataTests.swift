import Glibc
import Netlink
import SystemPackage
import TestSupport
import Testing

@testable import NodeAgent

struct GoogleMetadataTests {
  private static let mac = MACAddress("42:01:0a:80:00:02")
  private static let address = IPAddress.v4(IPv4Address(10, 128, 0, 2))
  private static func interface(_ mask: String, mac: String = "42:01:0a:80:00:02") -> String {
    #"[{"accessConfigs":[],"ip":"10.128.0.2","mac":"\#(mac)","subnetmask":"\#(mask)","mtu":1460}]"#
  }

  /// An answer's body, and the length that it tells.
  static let bodies: [(String, Int?)] = [
    (interface("255.255.240.0"), 20), (interface("255.255.255.255"), 32), (interface("128.0.0.0"), 1),
    // By its address, where it has another MAC address.
    (interface("255.255.240.0", mac: "42:01:0a:80:00:99"), 20),
    (interface("255.0.255.0"), nil), (interface("0.0.0.0"), nil), (interface("20"), nil),
    (interface(""), nil),
    ("[]", nil), ("{}", nil), ("", nil), ("null", nil), ("[1]", nil), (#"[{"mac":1}]"#, nil),
    (String(repeating: "[", count: 20000), nil),
  ]

  @Test(arguments: bodies) func theMaskIsFound(_ row: (String, Int?)) {
    let length = Result { () throws(CloudProblem) in
      try GoogleMetadata.prefixLength(in: Array(row.0.utf8), mac: Self.mac, address: Self.address)
    }
    #expect((try? length.get()) == row.1)
  }
}

struct HTTPResponseTests {
  /// An answer, its status and body; nil where it can't be understood.
  static let answers: [(String, Int?, String)] = [
    ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, "hi"),
    ("HTTP/1.0 404 Not Found\r\n\r\nall of it", 404, "all of it"),
    ("HTTP/1.1 200 OK\r\ncontent-length:2\r\n\r\nhi there", 200, "hi"),
    (
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", 200,
      "abcde"
    ),
    ("HTTP/1.1 200\r\n\r\n", 200, ""),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi", nil, ""),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab", nil, ""),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\n", nil, ""),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", nil, ""),
    ("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", nil, ""), ("HTTP/2 200 OK\r\n\r\n", nil, ""),
    ("HTTP/1.1 2000 OK\r\n\r\n", nil, ""), ("HTTP/1.1 OK\r\n\r\n", nil, ""), ("\r\n\r\n", nil, ""),
    ("SSH-2.0-OpenSSH\r\n", nil, ""), ("", nil, ""),
  ]

  @Test(arguments: answers) func isRead(_ row: (String, Int?, String)) {
    let response = Result { () throws(CloudProblem) in try HTTPResponse(parsing: Array(row.0.utf8)) }
    #expect((try? response.get())?.status == row.1)
    if row.1 != nil {
      #expect((try? response.get()).map { String(decoding: $0.body, as: UTF8.self) } == row.2)
    }
  }

  /// Whatever comes, reading it ends, without a crash.
  @Test func noiseIsNoCrash() {
    let seed = UInt64.random(in: .min ... .max)
    var random = Noise(state: seed)
    let parts = [
      "HTTP/1.1 200 OK", "\r\n", "Transfer-Encoding: chunked", "Content-Length: 9", "\r\n\r\n", "a", "0", ":",
      "\u{0}", "ffff",
    ]
    for _ in 0..<5000 {
      let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in
        parts.randomElement(using: &random) ?? ""
      }.joined()
      _ = HTTPResponse.isWhole(Array(text.utf8))
      _ = Result { () throws(CloudProblem) in try HTTPResponse(parsing: Array(text.utf8)) }
    }
    #expect(Bool(true), "seed \(seed)")
  }

  private struct Noise: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }
}

/// The client against a server at the metadata server's own address, in a namespace.
struct MetadataClientTests {
  static let good =
    "HTTP/1.1 200 OK\r\nMetadata-Flavor: Google\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
  private static let body = #"[{"mac":"42:01:0a:80:00:02","ip":"10.128.0.2","subnetmask":"255.255.240.0"}]"#

  /// What a server sends, whether it then closes; and what becomes of it.
  static let servers: [(String, closes: Bool, length: Int?, words: String)] = [
    (good, true, 20, ""), (good, false, 20, ""),
    (good.replacing("200 OK", with: "403 Forbidden"), true, nil, "status 403"),
    (good.replacing("Metadata-Flavor: Google\r\n", with: ""), true, nil, "no header Metadata-Flavor"),
    ("", true, nil, "is not HTTP"), ("", false, nil, "no answer from 169.254.169.254:80 within"),
    ("HTTP/1.1 200 OK\r\nMetadata-Flavor: Goo", false, nil, "no answer"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\nx", false, nil, "no answer"),
    (
      "HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 300_000), true, nil, "longer than 65536 bytes"
    ),
    (String(repeating: "x", count: 300_000), true, nil, "longer than 65536 bytes"),
  ]

  @Test(arguments: servers) func aServerIsHeard(
    _ row: (String, closes: Bool, length: Int?, words: String)
  ) throws {
    let (text, closes) = (row.0, row.closes)
    let (result, time) = try inNetworkNamespace { () -> (Result<Int, CloudProblem>, Duration) in
      try shell("ip link set lo up; ip address add 169.254.169.254/32 dev lo")
      let server = try Server(answering: Array(text.utf8), closes: closes)
      var metadata = GoogleMetadata()
      metadata.client.limit = .milliseconds(500)
      let clock = ContinuousClock()
      let began = clock.now
      let result = metadata.prefixLength(
        of: MACAddress("42:01:0a:80:00:02"), IPAddress.v4(IPv4Address(10, 128, 0, 2)), in: .google)
      let time = clock.now - began
      server.end()
      return (result, time)
    }
    #expect((try? result.get()) == row.length)
    if case .failure(let problem) = result {
      #expect(problem.description.contains(row.words), "\(problem)")
    }
    #expect(time < .seconds(5))
  }

  /// Nobody there, refused, and a server that gives a byte at a time: it is over when the time is.
  @Test func whatDoesNotComeIsNotWaitedFor() throws {
    let problems = try inNetworkNamespace { () -> [String] in
      var metadata = GoogleMetadata()
      metadata.client.limit = .milliseconds(300)
      func ask() -> String {
        let result = metadata.prefixLength(of: nil, IPAddress.v4(IPv4Address(10, 128, 0, 2)), in: .google)
        if case .failure(let problem) = result { return problem.description }
        return ""
      }
      var problems = [ask()]
      try shell("ip link set lo up; ip address add 169.254.169.254/32 dev lo")
      problems.append(ask())
      let server = try Server(
        answering: Array(repeating: UInt8(ascii: "H"), count: 1000), closes: false, slowly: true)
      problems.append(ask())
      server.end()
      return problems
    }
    #expect(problems[0].contains("Network is unreachable"), "\(problems)")
    #expect(problems[1].contains("Connection refused"), "\(problems)")
    #expect(problems[2].contains("no answer"), "\(problems)")
  }
}

/// Takes one connection on port 80 of every address, reads a little, and answers.
private final class Server: Sendable {
  private let listener: CInt

  init(answering bytes: [UInt8], closes: Bool, slowly: Bool = false) throws {
    let listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(80).bigEndian
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard bound == 0, listen(listener, 1) == 0 else { throw Errno(rawValue: errno) }
    self.listener = listener
    try detachedThread {
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else { return }
      var scrap = [UInt8](repeating: 0, count: 4096)
      _ = recv(connection, &scrap, scrap.count, 0)
      if slowly {
        for byte in bytes {
          var byte = byte
          guard send(connection, &byte, 1, CInt(MSG_NOSIGNAL)) == 1 else { break }
          usleep(20_000)
        }
      } else {
        _ = send(connection, bytes, bytes.count, CInt(MSG_NOSIGNAL))
      }
      // One that keeps the connection open does so until the other side has had enough.
      if !closes { _ = recv(connection, &scrap, scrap.count, 0) }
      close(connection)
    }
  }

  func end() { close(listener) }
}
