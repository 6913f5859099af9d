import SystemPackage
import Testing

@testable import Netlink

/// Rules and entries of the tables: the captures give what the commands that made them say.
@Suite("Recorded rules and table entries")
struct GoldenRuleTests {
  private func replay(_ exchange: Golden.Exchange) -> RouteNetlink {
    RouteNetlink(NetlinkSession(FakeKernel { $0.replay(exchange.answers) }))
  }

  private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }
  private func prefix(_ text: String) throws -> IPPrefix { try #require(IPPrefix(text)) }

  /// A rule as the kernel tells it when `ip` added it (IPv4).
  private func rule(
    _ priority: UInt32, _ action: RuleAction = .lookUp, table: UInt32 = 0,
    by ruleProtocol: RouteProtocol = .boot, flags: RuleFlags = [],
    _ body: (inout RoutingRule) -> Void = { _ in }
  ) -> RoutingRule {
    var rule = RoutingRule(
      .ipv4, priority: priority, action: action, table: table == 0 ? nil : RouteTable(rawValue: table),
      flags: flags)
    rule.ruleProtocol = ruleProtocol
    body(&rule)
    return rule
  }

  @Test("Rules of IPv4, with every selector and action")
  func rulesIPv4() throws {
    var netlink = replay(Golden.rulesIPv4)
    let source = try prefix("10.9.0.0/16")
    let destination = try prefix("192.0.2.0/24")
    let other = try prefix("198.51.100.0/24")
    // The mask of a single port (FRA_DPORT_MASK, 6.15 and later) isn't read.
    var portMask = RawAttributes()
    let bytes = attribute(29, [0xff, 0xff])
    var cursor = AttributeCursor(WireReader(bytes.rawSpan))
    if let attribute = try cursor.next() { portMask.append(attribute) }
    let expected = [
      rule(0, table: 255, by: .kernel),
      rule(100, table: 1000, by: .static) {
        $0.source = source
        $0.destination = destination
        $0.inputInterface = "v0"
        $0.typeOfService = 0x10
        $0.mark = 5
        $0.markMask = 0xff
      },
      rule(110, table: 200, by: .unspecified, flags: [.inverted, .outputInterfaceMissing]) {
        $0.outputInterface = "nosuch"
        $0.suppressedPrefixLength = 8
      },
      rule(120, .prohibit, by: .unspecified) {
        $0.ipProtocol = 6
        $0.sourcePorts = 1000...2000
        $0.destinationPorts = 443...443
        $0.userIDs = 100...200
        $0.otherAttributes = portMask
      },
      rule(130, .goTo, by: .unspecified) { $0.goToPriority = 32766 },
      rule(135, .goTo, by: .unspecified, flags: .unresolved) { $0.goToPriority = 99999 },
      rule(140, by: .kernel) { $0.usesVRFTable = true },
      rule(150, .none, by: .unspecified) {
        $0.mark = 0
        $0.markMask = 0xf0
        $0.tunnelID = 66
      },
      rule(160, table: 77, by: .unspecified) {
        $0.destination = other
        $0.realms = 3 << 16 | 4
        $0.suppressedGroup = 6
      },
      rule(32766, table: 254, by: .kernel),
      rule(32767, table: 253, by: .kernel),
    ]
    let rules = try netlink.rules(family: .ipv4)
    #expect(rules.count == expected.count)
    for (rule, expected) in zip(rules, expected) { #expect(rule == expected) }
    #expect(rules.filter(\.matchesEverything).map(\.priority) == [0, 130, 135, 32766, 32767])
    #expect(rules[1].action.description == "lookup" && rules[3].action.description == "prohibit")
  }

  @Test("Rules of IPv6")
  func rulesIPv6() throws {
    var netlink = replay(Golden.rulesIPv6)
    let rules = try netlink.rules(family: .ipv6)
    #expect(rules.map(\.priority) == [0, 100, 101, 32766])
    #expect(rules[1].source == (try prefix("2001:db8:1::/48")) && rules[1].table?.rawValue == 300)
    #expect(rules[2].destination == (try prefix("2001:db8:2::/64")) && rules[2].action == .blackhole)
    #expect(rules.allSatisfy { $0.family == .ipv6 && $0.otherAttributes.isEmpty })
    // Another family's rules aren't passed on.
    var other = replay(Golden.rulesIPv4)
    #expect(try other.rules(family: .ipv6).isEmpty)
  }

  @Test(
    "A kernel without policy routing, and a family that the host lacks, have no rules",
    arguments: [Errno.notSupported, .addressFamilyNotSupported])
  func noRules(errno: Errno) throws {
    var netlink = RouteNetlink(
      NetlinkSession(FakeKernel { [.datagram($0.done(-errno.rawValue))] }))
    #expect(try netlink.rules().isEmpty)
    var refusing = RouteNetlink(NetlinkSession(FakeKernel { [.datagram($0.error(-1))] }))
    #expect(throws: NetlinkError.self) { try refusing.rules() }
  }

  @Test(
    "Rules that can't be are refused: lengths beyond the family's, ranges the wrong way round, short values",
    arguments: [
      ([2, 33, 0], []), ([2, 0, 33], []), ([10, 129, 0], []), ([2, 24, 0], attribute(1, [1, 2, 3])),
      ([2, 0, 0], attribute(23, [2, 0, 1, 0])), ([2, 0, 0], attribute(20, [9, 0, 0, 0, 8, 0, 0, 0])),
      ([2, 0, 0], attribute(6, [1])), ([2, 0, 0], attribute(12, [1, 2, 3, 4])),
      ([2, 0, 0], [40, 0, 6, 0, 1, 0, 0, 0]),
    ] as [([UInt8], [UInt8])])
  func hostile(start: [UInt8], attributes: [UInt8]) {
    var netlink = RouteNetlink(
      NetlinkSession(
        FakeKernel { request in
          let header = start + [UInt8](repeating: 0, count: 9)
          return [.datagram(request.message(32, flags: 2, header + attributes) + request.done())]
        }))
    let error = #expect(throws: NetlinkError.self) { try netlink.rules(family: .ipv4) }
    guard case .malformed = error?.cause else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("Entries of the tables: prefix, metric, every next hop, the holder of a local address")
  func entries() throws {
    func entry(_ exchange: Golden.Exchange, _ destination: String) throws -> Route {
      var netlink = replay(exchange)
      return try netlink.entry(to: address(destination))
    }
    let byDefault = try entry(Golden.entryDefault, "8.8.8.8")
    #expect(byDefault.isDefault && byDefault.metric == 100 && byDefault.mtu == 1350)
    #expect(byDefault.paths == [NextHop(outputIndex: 4, gateway: try address("10.1.2.1"))])
    #expect(byDefault.table == .main && byDefault.localHolderIndex == nil)

    let multipath = try entry(Golden.entryMultipath, "172.16.1.1")
    #expect(multipath.destination == (try prefix("172.16.0.0/12")) && multipath.metric == 7)
    #expect(
      multipath.paths == [
        NextHop(outputIndex: 4, gateway: try address("10.1.2.1"), weight: 3),
        NextHop(outputIndex: 2, gateway: try address("203.0.113.9"), flags: [.onLink, .linkDown]),
      ])

    // `ip route get` says lo for this one.
    let local = try entry(Golden.entryLocal, "10.1.2.3")
    #expect(local.type == .local && local.localHolderIndex == 4 && local.table == .local)
    #expect(local.destination == (try prefix("10.1.2.3/32")))

    let object = try entry(Golden.entryNextHopObject, "198.18.0.1")
    #expect(object.nextHopID == 17 && object.paths.map(\.outputIndex) == [4])

    let byDefault6 = try entry(Golden.entryDefaultIPv6, "2001:4860::8")
    #expect(byDefault6.isDefault && byDefault6.metric == 50 && byDefault6.paths.count == 1)
    let multipath6 = try entry(Golden.entryMultipathIPv6, "2001:db8:ff::1")
    #expect(multipath6.destination == (try prefix("2001:db8:ff::/48")))
    #expect(Set(multipath6.paths.map(\.outputIndex)) == [2, 4])
    #expect(try entry(Golden.entryLocalIPv6, "2001:db8::7").localHolderIndex == 4)
    #expect(try entry(Golden.entryFrom, "10.77.0.1").table.rawValue == 200)
  }

  @Test("No entry: the reason, as for a lookup")
  func noEntry() throws {
    for (exchange, text, reason) in [
      (Golden.entryNoRoute, "100.64.9.9", NoRoute.blackhole),
      (Golden.entryUnreachableIPv6, "2001:db8:fe::1", .unreachable),
    ] {
      var netlink = replay(exchange)
      let error = #expect(throws: NetlinkError.self) { try netlink.entry(to: address(text)) }
      #expect(error?.noRoute == reason)
    }
  }

  @Test("An answer that isn't a table's entry isn't taken for one")
  func oldKernel() throws {
    // As kernels before 4.13 answer, which don't know the flag: a way, with RTM_F_CLONED.
    var netlink = replay(Golden.getGateway)
    let error = #expect(throws: NetlinkError.self) { try netlink.entry(to: address("8.8.8.8")) }
    #expect(error?.cause == .unanswered)
  }
}
