import SystemPackage
import TestSupport
import Testing

@testable import Netlink

@Suite("Batches")
struct BatchTests {
  /// The requests of a datagram.
  private static func messages(_ request: Request) -> [Request] {
    RecordedExchange.messages(in: request.bytes).map { position in
      let length = (0..<4).reduce(0) { $0 | Int(request.bytes[position + $1]) << ($1 * 8) }
      return Request(bytes: Array(request.bytes[position..<position + length]), portID: request.portID)
    }
  }

  private static func requests(_ count: Int) -> [NetlinkRequest] {
    (0..<count).map { number in
      var request = NetlinkRequest("do", on: "\(number)", type: 16)
      request.append(UInt32(number))
      return request
    }
  }

  private static func number(_ request: Request) -> Int32 {
    (0..<4).reduce(0) { $0 | Int32(request.payload[$1]) << Int32($1 * 8) }
  }

  /// What came of each as text: the errno, or another cause.
  private static func outcomes(_ results: [Result<Void, NetlinkError>]) -> [String] {
    results.map { result in
      switch result {
      case .success: "done"
      case .failure(let error): error.errno.map { "\($0.rawValue)" } ?? "\(error.cause)"
      }
    }
  }

  @Test(
    "Each request has its own answer, whatever the order of the answers",
    arguments: [0, 1, 2, 63, 64, 65, 200])
  func answers(count: Int) {
    final class Log { var datagrams: [Int] = [] }
    let log = Log()
    var session = NetlinkSession(
      FakeKernel { datagram in
        let messages = Self.messages(datagram)
        log.datagrams.append(messages.count)
        #expect(messages.allSatisfy { $0.flags == 5 })
        // Every third is refused.
        return messages.reversed().map { request in
          .datagram(request.error(Self.number(request) % 3 == 0 ? -(Self.number(request) + 1) : 0))
        }
      })
    let results = session.batch(Self.requests(count))
    #expect(
      Self.outcomes(results) == (0..<count).map { $0.isMultiple(of: 3) ? "\($0 + 1)" : "done" })
    #expect(log.datagrams.reduce(0, +) == count && log.datagrams.allSatisfy { $0 <= 64 })
    for case (let number, .failure(let error)) in zip(0..., results) { #expect(error.subject == "\(number)") }
  }

  @Test("The kernel's words go to the request that they are about")
  func words() {
    var session = NetlinkSession(
      FakeKernel { datagram in
        let messages = Self.messages(datagram)
        // In one datagram, with an answer to nobody and data in between.
        let words = attribute(1, Array("not you\0".utf8)) + attribute(2, little(UInt32(16)))
        return [
          .datagram(
            messages[1].error(-22, extended: words) + messages[0].message(99, [1, 2, 3, 4])
              + messages[0].message(2, little(Int32(-1)), sequence: 4711) + messages[0].error(0)),
          .datagram(messages[2].error(0), from: 1234), .datagram(messages[2].error(-17)),
          .datagram(messages[2].error(0)),
        ]
      })
    var requests = Self.requests(3)
    requests[1].append(attribute: 7, [1, 2, 3, 4].reduce(UInt32(0)) { $0 << 8 | $1 })
    let results = session.batch(requests)
    #expect(Self.outcomes(results) == ["done", "22", "17"])
    guard case .failure(let error) = results[1] else { return }
    #expect(error.extendedAck?.message == "not you" && error.extendedAck?.offset == 16)
  }

  @Test("One that can't be sent fails alone")
  func unsendable() {
    var requests = Self.requests(3)
    requests[1].append(attribute: 1, bytes: [UInt8](repeating: 0, count: 70_000))
    var session = NetlinkSession(FakeKernel { Self.messages($0).map { .datagram($0.error(0)) } })
    let results = session.batch(requests)
    guard case .failure(let error) = results[1], case .unsendable = error.cause else {
      Issue.record("sent: \(results[1])")
      return
    }
    #expect(Self.outcomes([results[0], results[2]]) == ["done", "done"])
    #expect(Self.outcomes(session.batch([requests[1]])).count == 1)
  }

  @Test("Without answers the rest isn't sent, and what has an answer keeps it")
  func lost() {
    final class Log { var datagrams = 0 }
    let cases: [(FakeKernel.Piece?, NetlinkError.Cause)] = [
      (.failure(.noBufferSpace), .overrun(attempts: 1)), (nil, .timedOut(after: .milliseconds(20))),
      (.failure(.badFileDescriptor), .system(.badFileDescriptor)),
    ]
    for (end, cause) in cases {
      let log = Log()
      var session = NetlinkSession(
        FakeKernel { datagram in
          log.datagrams += 1
          let answers = Self.messages(datagram).prefix(10).map { FakeKernel.Piece.datagram($0.error(0)) }
          return answers + (end.map { [$0] } ?? [])
        }, timeout: .milliseconds(20))
      let causes = session.batch(Self.requests(150)).map { result -> NetlinkError.Cause? in
        if case .failure(let error) = result { error.cause } else { nil }
      }
      #expect(causes.prefix(10).allSatisfy { $0 == nil })
      #expect(causes[10..<64].allSatisfy { $0 == cause })
      #expect(causes[64...].allSatisfy { $0 == .notSent } && causes.count == 150)
      #expect(log.datagrams == 1)
    }
  }

  @Test("The kernel carries out what it can, and says of each what it couldn't")
  func realKernel() throws {
    let (outcomes, addresses, again) = try inNetworkNamespace {
      try shell("ip link add v0 type veth peer name v1")
      var netlink = try RouteNetlink()
      let index = try netlink.link(named: "v0")?.index ?? 0
      // Every fifth is one that is there already.
      let requests = try (0..<500).map { number in
        let host = number % 5 == 4 ? number - 1 : number
        let prefix = try #require(IPPrefix("10.0.\(host / 250).\(host % 250 + 1)/16"))
        return Address(linkIndex: index, prefix: prefix).request(.add)
      }
      let results = netlink.session.batch(requests)
      let addresses = try netlink.addresses(family: .ipv4, linkIndex: index).count
      return (Self.outcomes(results), addresses, try netlink.links().count)
    }
    #expect(outcomes == (0..<500).map { $0 % 5 == 4 ? "\(Errno.fileExists.rawValue)" : "done" })
    #expect(addresses == 400 && again == 3)
  }

  @Test("A recorded batch answers the same batch")
  func recording() throws {
    let recorder = ExchangeRecorder()
    let kernel = FakeKernel { datagram in
      Self.messages(datagram).map { .datagram($0.error(Self.number($0) == 1 ? -17 : 0)) }
    }
    var session = NetlinkSession(RecordingTransport(kernel, recorder))
    let results = Self.outcomes(session.batch(Self.requests(3)))
    var replay = NetlinkSession(ReplayTransport(recorder.exchanges))
    _ = replay.batch(Self.requests(3))
    #expect(Self.outcomes(replay.batch(Self.requests(3))) == results && results == ["done", "17", "done"])
    #expect(Self.outcomes(replay.batch(Self.requests(2))) == ["notRecorded", "notRecorded"])
  }
}
