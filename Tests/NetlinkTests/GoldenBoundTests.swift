import SystemPackage
import Testing

@testable import Netlink

/// What hangs on an interface: the captures give what the commands that made them say.
@Suite("Recorded traffic control, sockets and rule sets")
struct GoldenBoundTests {
  /// Answers each kind of request with its capture; what has none, with an error.
  private func kernel(_ exchanges: Golden.Exchange...) -> NetlinkSession {
    NetlinkSession(
      FakeKernel { request in
        let type = { (exchange: Golden.Exchange) in
          UInt16(exchange.request[4]) | UInt16(exchange.request[5]) << 8
        }
        guard let exchange = exchanges.first(where: { type($0) == request.type }) else {
          return [.datagram(request.error(-22))]
        }
        return request.replay(exchange.answers)
      })
  }

  @Test("Traffic control")
  func trafficControl() throws {
    var netlink = RouteNetlink(kernel(Golden.disciplines, Golden.filters))
    let disciplines = try netlink.queueingDisciplines(linkIndex: 3)
    #expect(disciplines.map(\.kind).contains("clsact"))
    let own = try #require(disciplines.first { !$0.isDefault })
    #expect(
      own.parent == QueueingDiscipline.ingress
        && own.filterParents == [TrafficFilter.arriving, TrafficFilter.leaving])
    #expect(try netlink.queueingDisciplines(linkIndex: 4).isEmpty)
    // A filter of u32 is three messages: its table, the table of its keys, the key.
    #expect(
      try netlink.trafficFilters(linkIndex: 3, parent: TrafficFilter.arriving)
        == [TrafficFilter(linkIndex: 3, parent: TrafficFilter.arriving, kind: "u32", priority: 7)])
  }

  @Test("Sockets that are bound to an interface")
  func sockets() throws {
    var udp = SocketDiagnostics(kernel(Golden.boundUDP))
    let bound = try udp.sockets(.udp, family: .ipv4, linkIndex: 3)
    #expect(bound.map(\.number) == [68] && bound.map(\.family) == [.ipv4] && bound.map(\.linkIndex) == [3])
    #expect(try udp.sockets(.udp, family: .ipv4, linkIndex: 4).isEmpty)
    var packet = SocketDiagnostics(kernel(Golden.packetSockets))
    #expect(try packet.sockets(.packet, family: .ipv4, linkIndex: 3).map(\.number) == [0x88cc])
    #expect(try packet.sockets(.packet, family: .ipv4, linkIndex: 2).isEmpty)
  }

  @Test(
    "Requests are the captured ones",
    arguments: [
      (BoundSocket.Kind.udp, Golden.boundUDP), (.packet, Golden.packetSockets),
    ])
  func requests(_ kind: BoundSocket.Kind, _ exchange: Golden.Exchange) throws {
    nonisolated(unsafe) var sent: [UInt8] = []
    var diagnostics = SocketDiagnostics(
      NetlinkSession(
        FakeKernel { request in
          sent = request.payload
          return request.replay(exchange.answers)
        }))
    _ = try diagnostics.sockets(kind, family: .ipv4, linkIndex: 3)
    #expect(sent == Array(exchange.request.dropFirst(16)))
  }

  @Test("Rule sets that name an interface")
  func mentions() throws {
    func mentions(_ name: String, _ index: Int) throws -> [NFTMention] {
      var tables = NFTables(kernel(Golden.nftChains, Golden.nftRules, Golden.nftElements))
      return try tables.mentions(of: NFTInterface(name: name, index: index))
    }
    // By name, in the set, by its beginning.
    #expect(
      try mentions("eth0", 3) == [
        NFTMention(family: "netdev", table: "n", .hook(chain: "i")),
        NFTMention(family: "inet", table: "t", .rules(chain: "a", count: 3)),
      ])
    // The set has it, and so has the beginning.
    #expect(
      try mentions("eth5", 9) == [NFTMention(family: "inet", table: "t", .rules(chain: "a", count: 2))])
    // Not eth0: a name is compared to its end.
    #expect(
      try mentions("eth01", 9) == [NFTMention(family: "inet", table: "t", .rules(chain: "a", count: 1))])
    #expect(try mentions("et", 9).isEmpty && mentions("ens3", 9).isEmpty)
  }

  @Test("A kernel without nf_tables says so")
  func absent() throws {
    var tables = NFTables(kernel())
    let error = #expect(throws: NetlinkError.self) {
      try tables.mentions(of: NFTInterface(name: "eth0", index: 3))
    }
    #expect(error?.errno == .invalidArgument)
  }

  /// `struct ipt_entry` with two names and what is compared of them.
  private static func entry(arriving: String, leaving: String = "", length: Int = 160) -> [UInt8] {
    var entry = [UInt8](repeating: 0, count: length)
    for (place, name) in [(16, arriving), (32, leaving)] {
      let isBeginning = name.hasSuffix("+")
      let text = Array((isBeginning ? String(name.dropLast()) : name).utf8)
      entry.replaceSubrange(place..<place + text.count, with: text)
      guard !name.isEmpty else { continue }
      let compared = text.count + (isBeginning ? 0 : 1)
      entry.replaceSubrange(
        place + 32..<place + 32 + compared, with: [UInt8](repeating: 255, count: compared))
    }
    (entry[90], entry[91]) = (UInt8(length & 255), UInt8(length >> 8))
    return entry
  }

  @Test(
    "Rules of iptables",
    arguments: [
      (["eth0"], 1), (["eth+"], 1), (["eth1", "eth01", "et"], 0), ([""], 0), (["eth0", "", "eth0"], 2),
      ([], 0),
    ])
  func legacy(names: [String], count: Int) throws {
    let bytes = names.flatMap { Self.entry(arriving: $0) }
    let interface = NFTInterface(name: "eth0", index: 3)
    #expect(try LegacyRules.count(bytes, .ipv4, interface) == count)
    let leaving = names.flatMap { Self.entry(arriving: "", leaving: $0) }
    #expect(try LegacyRules.count(leaving, .ipv4, interface) == count)
  }

  @Test("A table of iptables that leads nowhere ends")
  func malformed() {
    var entry = Self.entry(arriving: "eth0")
    (entry[90], entry[91]) = (0, 0)
    #expect(throws: Errno.ioError) {
      try LegacyRules.count(entry, .ipv4, NFTInterface(name: "eth0", index: 3))
    }
  }
}
