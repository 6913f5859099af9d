import SystemPackage
import Testing

@testable import Netlink

/// What changes must not send.
@Suite("Changes")
struct ChangeTests {
  private func sent(_ request: NetlinkRequest) throws -> [UInt8] {
    try request.encoded(adding: [.request, .acknowledge], sequence: 0)
  }

  /// The flags and the changed flags of a `struct ifinfomsg`.
  private func flags(_ change: LinkChange) throws -> [UInt32] {
    let bytes = try sent(change.request(linkIndex: 3))
    return [24, 28].map { start in (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << UInt32($1 * 8) } }
  }

  @Test("Only the flags that are named are sent as to be changed")
  func linkFlags() throws {
    #expect(try flags(LinkChange()) == [0, 0])
    #expect(try flags(LinkChange(mtu: 1400)) == [0, 0])
    #expect(try flags(LinkChange(isUp: true)) == [1, 1])
    #expect(try flags(LinkChange(isUp: false)) == [0, 1])
    var change = LinkChange()
    change.setFlags = .promiscuous
    change.clearedFlags = [.noARP, .multicast]
    #expect(try flags(change) == [0x100, 0x1180])
    change.isUp = true
    #expect(try flags(change) == [0x101, 0x1181])
    #expect(try sent(LinkChange().request(linkIndex: 3)).count == 32)
  }

  @Test("What can't be said is refused before it is sent")
  func unsendable() throws {
    var contradiction = LinkChange()
    contradiction.setFlags = .noARP
    contradiction.clearedFlags = .noARP
    var route = Route(to: .all(.ipv4))
    route.outputIndex = -1
    var heavy = Route(to: .all(.ipv4))
    heavy.nextHops = [NextHop(outputIndex: 1, weight: 257)]
    var light = heavy
    light.nextHops = [NextHop(outputIndex: 1, weight: 0)]
    var lightest = heavy
    lightest.nextHops = [NextHop(outputIndex: 1, weight: .min)]
    var wide = Route(to: .all(.ipv4))
    wide.nextHops = (1...10_000).map { NextHop(outputIndex: $0, gateway: .v4(.loopback)) }
    var rule = RoutingRule(.ipv4, priority: 1)
    rule.suppressedPrefixLength = -2
    let prefix = try #require(IPPrefix("10.0.0.1/8"))
    let requests: [NetlinkRequest] = [
      LinkChange(mtu: -1).request(linkIndex: 3), LinkChange(mtu: 1 << 32).request(linkIndex: 3),
      LinkChange(master: .index(-1)).request(linkIndex: 3), LinkChange(name: "a\0b").request(linkIndex: 3),
      LinkChange(isUp: true).request(linkIndex: 1 << 31), contradiction.request(linkIndex: 3),
      Link.deletion(index: 0), Link.deletion(index: -1), route.request(.add), heavy.request(.add),
      light.request(.add), lightest.request(.add), wide.request(.add), rule.request(.add),
      Address(linkIndex: -1, prefix: prefix).request(.add),
      Neighbour(.v4(.loopback), linkIndex: 1 << 32).request(.delete),
      NewLink("v0", .veth(peer: "v\u{0}1")).request, NewLink("v0", .bridge, lowerIndex: -7).request,
      Link.alternativeName(.add, "x\0", linkIndex: 1),
    ]
    for request in requests {
      #expect(throws: WireError.self, "\(request.operation) \(request.subject ?? "")") { try sent(request) }
      var netlink = RouteNetlink(NetlinkSession(FakeKernel { _ in [] }))
      let error = #expect(throws: NetlinkError.self) { try netlink.session.request(request) }
      guard case .unsendable = error?.cause else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }

  @Test("A rule without a mark's mask compares all of it, also where the mark is 0")
  func ruleMarks() throws {
    var rule = RoutingRule(.ipv4, priority: 1)
    let plain = try sent(rule.request(.add)).count
    rule.mark = 5
    #expect(try sent(rule.request(.add)).count == plain + 8)
    rule.mark = 0
    #expect(
      try sent(rule.request(.add)).suffix(24) == attribute(10, [0, 0, 0, 0])
        + attribute(16, [0xff, 0xff, 0xff, 0xff]) + attribute(6, [1, 0, 0, 0]))
  }

  @Test("A refusal tells what was tried and on what")
  func refusal() throws {
    var netlink = RouteNetlink(NetlinkSession(FakeKernel { [.datagram($0.error(-17))] }))
    let prefix = try #require(IPPrefix("10.1.2.3/24"))
    let error = #expect(throws: NetlinkError.self) {
      try netlink.add(Address(linkIndex: 4, prefix: prefix))
    }
    #expect(error?.cause == .refused(.fileExists))
    #expect(error?.description.contains("cannot add the address (10.1.2.3/24 at interface index 4)") == true)
  }

  @Test("Replacing a rule adds first, and leaves an equal one as it is")
  func replaceRule() throws {
    final class Log { var types: [UInt16] = [] }
    let log = Log()
    var netlink = RouteNetlink(
      NetlinkSession(
        FakeKernel { request in
          log.types.append(request.type)
          return [.datagram(request.error(request.type == 32 && log.types.count > 2 ? -17 : 0))]
        }))
    let old = RoutingRule(.ipv4, priority: 100)
    var new = old
    new.priority = 101
    try netlink.replace(old, with: old)
    #expect(log.types == [])
    try netlink.replace(old, with: new)
    #expect(log.types == [32, 33])
    // The new one was there before.
    try netlink.replace(old, with: new)
    #expect(log.types == [32, 33, 32, 33])
  }
}
