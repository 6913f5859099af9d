import Glibc
import HostFiles
import TestSupport
import Testing

@testable import Readiness

/// What the probe says of vhost0: an interface of that name in a network namespace made for it.
@Suite struct VhostTests {
  private static let addresses = ["10.0.2.15/24", "10.0.2.16/32", "2001:db8::f/64"]

  /// A prepared host whose vhost0 the kernel knows; the calling thread is in its namespace.
  private static func withVhost(
    _ change: String, _ body: @escaping @Sendable (PreparedHost) throws -> Void = { _ in }
  ) throws -> ReadinessCheck.Verdict {
    try withTemporaryRoot { root, path in
      try inNetworkNamespace {
        let index =
          try shell(
            """
            # Others, whose addresses aren't vhost0's.
            ip link add eth0 type veth peer name far0
            ip address add 10.0.2.17/24 dev eth0
            ip link add vhost0 address 52:54:00:12:34:57 type veth peer name peer0
            ip address add 10.0.2.15/24 dev vhost0
            ip address add 10.0.2.16/32 peer 10.0.2.99/32 dev vhost0
            ip address add 2001:db8::f/64 dev vhost0 nodad
            ip link set vhost0 up
            ip -o link show vhost0 | cut -d: -f1
            """
          ).split(separator: "\n").last.map(String.init) ?? ""
        var host = try PreparedHost(root: root, path: path)
        try host.root.makeDirectories("/sys/class/net/vhost0", mode: 0o755)
        try host.set("/sys/class/net/vhost0/ifindex", index)
        try host.set("/sys/class/net/vhost0/address", "52:54:00:12:34:57")
        host.file.vhost = .init(
          name: "vhost0", index: Int64(index) ?? 0, mac: "52:54:00:12:34:57", addresses: addresses)
        try host.write(host.file)
        try body(host)
        try shell(change)
        return ReadinessCheck(root: root).verdict()
      }
    }
  }

  /// Over several interfaces it has no address of its own, and the words name none.
  @Test func readyWithoutAnAddress() throws {
    let verdict = try Self.withVhost("ip address flush dev vhost0") { host in
      var file = host.file
      file.vhost?.addresses = []
      try host.write(file)
    }
    #expect(verdict.isReady, "\(verdict)")
    #expect("\(verdict)".contains(" vhost0, module vrouter"))
  }

  @Test func readyWithEveryAddress() throws {
    let verdict = try Self.withVhost("true")
    #expect(verdict.isReady, "\(verdict)")
    #expect("\(verdict)".contains(" vhost0 with \(Self.addresses.joined(separator: " ")), module vrouter"))
  }

  /// Others than those that it has to have are nobody's business.
  @Test func anotherAddressChangesNothing() throws {
    let verdict = try Self.withVhost(
      "for n in $(seq 200); do echo address add 10.7.$n.1/24 dev vhost0; done | ip -batch -")
    #expect(verdict.isReady, "\(verdict)")
  }

  @Test(
    arguments: [
      ("ip address delete 10.0.2.15/24 dev vhost0", "lacks 10.0.2.15/24"),
      ("ip address delete 10.0.2.16/32 peer 10.0.2.99/32 dev vhost0", "lacks 10.0.2.16/32"),
      ("ip address delete 2001:db8::f/64 dev vhost0", "lacks 2001:db8::f/64"),
      (
        "ip address delete 10.0.2.15/24 dev vhost0; ip address add 10.0.2.15/25 dev vhost0",
        "lacks 10.0.2.15/24"
      ),
      (
        "ip address flush dev vhost0; ip address add 10.0.2.15/24 dev eth0",
        "lacks 10.0.2.15/24 10.0.2.16/32 2001:db8::f/64; its addresses are: none"
      ),
      ("ip link delete vhost0", "the addresses of interface vhost0"),
    ] as [(String, String)])
  func notReadyWithoutAnAddress(change: String, says: String) throws {
    let verdict = try Self.withVhost(change)
    guard case .notReady(.vhost, let message) = verdict else {
      Issue.record("\(verdict)")
      return
    }
    // Kernels that filter say that there is no such interface, others that it has no address.
    #expect(
      message.contains(says) || change.contains("link delete") && message.contains("lacks"), "\(message)")
    #expect(!message.contains("\n"))
  }

  @Test(
    arguments: [
      ("ifindex", "9999", "index 9999, not "), ("address", "52:54:00:12:34:99", "has MAC 52:54:00:12:34:99"),
      ("ifindex", nil, "vhost0 does not exist"),
    ] as [(String, String?, String)])
  func notReadyWithAnother(file: String, value: String?, says: String) throws {
    let verdict = try Self.withVhost("true") { host in
      let path = "/sys/class/net/vhost0/\(file)"
      if let value { try host.set(path, value) } else { try host.root.remove(path) }
    }
    guard case .notReady(.vhost, let message) = verdict else {
      Issue.record("\(verdict)")
      return
    }
    #expect(message.contains(says), "\(message)")
  }

  /// Of several physical interfaces each has to be there, with the addresses that it keeps.
  @Test(
    arguments: [
      ("true", nil), ("ip address delete 10.0.2.16/32 peer 10.0.2.99/32 dev vhost0", "lacks 10.0.2.16/32"),
    ] as [(String, String?)])
  func eachOfSeveralInterfacesKeepsItsAddresses(change: String, says: String?) throws {
    let verdict = try Self.withVhost(change) { host in
      var file = host.file
      file.others = [file.vhost].compactMap(\.self)
      file.vhost = nil
      try host.write(file)
    }
    guard let says else {
      #expect("\(verdict)".hasPrefix("ready: eth0 (52:54:00:12:34:56), vhost0 (52:54:00:12:34:57), module "))
      return
    }
    guard case .notReady(.interface, let message) = verdict else {
      Issue.record("\(verdict)")
      return
    }
    #expect(message.contains(says), "\(message)")
  }

  @Test func theFileRoundTrips() throws {
    try withTemporaryRoot { root, path in
      var file = try PreparedHost(root: root, path: path).file
      for addresses in [[], Self.addresses] {
        file.vhost = .init(name: "vhost0", index: 7, mac: "52:54:00:12:34:57", addresses: addresses)
        #expect(try ReadyFile(parsing: file.bytes) == file)
      }
    }
  }

  /// Members of vhost0 come together, and each is what it has to be.
  @Test(arguments: [
    ("\"vhost\": \"vhost0\",", ""), ("\"vhost_index\": 7,", ""),
    ("\"vhost_mac\": \"52:54:00:12:34:57\",", ""), ("\"vhost0\"", "\"../vhost0\""),
    ("2001:db8::f/64", "2001:db8::f"), ("10.0.2.15/24", "10.0.2.15/33"), ("10.0.2.15/24", "10.0.2/24"),
    ("10.0.2.15/24", "10.0.2.15/024"), ("10.0.2.15/24", "vhost0"), ("2001:db8::f/64", "2001:db8::f/129"),
  ])
  func aDamagedFileIsRefused(part: String, other: String) throws {
    try withTemporaryRoot { root, path in
      var file = try PreparedHost(root: root, path: path).file
      file.vhost = .init(name: "vhost0", index: 7, mac: "52:54:00:12:34:57", addresses: Self.addresses)
      let text = String(decoding: file.bytes, as: UTF8.self)
      #expect(text.contains(part))
      let damaged = text.split(separator: part, omittingEmptySubsequences: false).joined(separator: other)
      #expect(throws: ReadyFileError.self) { try ReadyFile(parsing: Array(damaged.utf8)) }
    }
  }

  @Test(arguments: ["10.0.2.15/24", "0.0.0.0/0", "2001:db8::f/64", "::1/128"])
  func addressesAreReadAndWritten(text: String) {
    #expect(InterfaceAddress(text)?.description == text)
  }
}
