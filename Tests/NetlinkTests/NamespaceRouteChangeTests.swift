import Netlink
import SystemPackage
import TestSupport
import Testing

/// Changes to the real kernel, in network namespaces of their own.
@Suite("Routes and rules changed in network namespaces")
struct NamespaceRouteChangeTests {
  @Test("Routes are added, replaced and deleted; what is read back is what was sent")
  func routes() throws {
    func prefix(_ text: String) throws -> IPPrefix { try #require(IPPrefix(text)) }
    func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }
    let gateways = try ["10.1.2.1", "10.1.2.2", "203.0.113.9", "fe80::1", "2001:db8::1", "10.1.2.3"].map(
      address)
    let prefixes = try [
      "198.51.100.0/24", "198.51.101.0/24", "198.51.102.0/24", "172.16.0.0/12", "198.51.103.0/24",
      "100.64.0.0/10",
      "2001:db8:ff::/48", "2001:db8:fe::/48", "100.65.0.0/16", "198.18.0.0/15",
    ].map(prefix)
    let seen = try ChangeRun.inPair { (netlink, near, far) -> ChangeRun.Seen<Route> in
      try shell("ip nexthop add id 17 via 10.1.2.9 dev v0")
      var full = Route(to: prefixes[0], table: RouteTable(rawValue: 1000), routeProtocol: .static)
      full.gateway = gateways[0]
      full.outputIndex = near
      full.metric = 100
      full.typeOfService = 0x10
      full.preferredSource = gateways[5]
      full.metrics[.mtu] = 1350
      full.metrics[.advertisedMSS] = 1200
      full.metrics[.locks] = 4
      full.metrics.congestionControl = "reno"
      var onLink = Route(to: prefixes[1], flags: .onLink)
      onLink.gateway = gateways[2]
      onLink.outputIndex = near
      var attached = Route(to: prefixes[2], scope: .link)
      attached.outputIndex = near
      var multipath = Route(to: prefixes[3])
      multipath.metric = 7
      multipath.nextHops = [
        NextHop(outputIndex: near, gateway: gateways[0], weight: 3),
        NextHop(outputIndex: far, gateway: gateways[2], weight: 256, flags: .onLink),
      ]
      var via = Route(to: prefixes[4])
      via.gateway = gateways[3]
      via.outputIndex = near
      var object = Route(to: prefixes[9])
      object.nextHopID = 17
      object.gateway = .v4(IPv4Address(10, 1, 2, 9))
      object.outputIndex = near
      var ipv6 = Route(to: prefixes[6])
      ipv6.gateway = gateways[4]
      ipv6.outputIndex = near
      ipv6.metric = 50
      ipv6.preference = 1
      var multipath6 = Route(to: prefixes[7])
      multipath6.metric = 60
      multipath6.preference = 0
      multipath6.nextHops = [
        NextHop(outputIndex: near, gateway: gateways[4], weight: 2),
        NextHop(outputIndex: far, gateway: gateways[3]),
      ]
      let prohibit = Route(to: prefixes[8], type: .prohibit)
      var seen = ChangeRun.Seen<Route>()
      seen.sent = [full, onLink, attached, multipath, via, object, ipv6, multipath6, prohibit]
      for route in seen.sent { try netlink.add(route) }
      seen.read = try netlink.routes(table: nil)
      for route in [full, ipv6] {
        seen.refusals.append(ChangeRun.errno { () throws(NetlinkError) in try netlink.add(route) })
      }
      var moved = full
      moved.gateway = gateways[1]
      try netlink.replace(moved)
      let replaced = try netlink.routes(table: full.table)
      if replaced != [moved] { seen.findings.append("replaced: \(replaced)") }
      // A route that differs in its gateway isn't the one that is there.
      seen.refusals.append(ChangeRun.errno { () throws(NetlinkError) in try netlink.delete(full) })
      for route in [moved] + seen.sent.dropFirst() { try netlink.delete(route) }
      seen.refusals.append(ChangeRun.errno { () throws(NetlinkError) in try netlink.delete(moved) })
      seen.left = try netlink.routes(table: nil)
      return seen
    }
    for route in seen.sent {
      var found = try #require(
        seen.read.first { $0.destination == route.destination }, "\(route.destination)")
      // IPv6 lists the paths in an order of its own.
      if route.family == .ipv6 { found.nextHops.sort { $0.weight > $1.weight } }
      #expect(found == route)
    }
    #expect(seen.refusals == [.fileExists, .fileExists, .noSuchProcess, .noSuchProcess])
    #expect(Set(seen.left.map(\.destination)).isDisjoint(with: seen.sent.map(\.destination)))
    #expect(seen.findings == [])
  }

  @Test(
    "Rules are added, replaced and deleted; what is read back is what was sent",
    arguments: AddressFamily.allCases)
  func rules(family: AddressFamily) throws {
    let net = try #require(IPPrefix(family == .ipv4 ? "10.9.0.0/16" : "2001:db8:9::/48"))
    let seen = try inNetworkNamespace { () -> ChangeRun.Seen<RoutingRule> in
      var netlink = try RouteNetlink()
      func rule(
        _ priority: UInt32, _ action: RuleAction = .lookUp, table: UInt32 = 0,
        _ body: (inout RoutingRule) -> Void
      ) -> RoutingRule {
        var rule = RoutingRule(
          family, priority: priority, action: action, table: table == 0 ? nil : RouteTable(rawValue: table))
        body(&rule)
        return rule
      }
      let sent = [
        rule(100, table: 1000) {
          $0.source = net
          $0.inputInterface = "lo"
          $0.mark = 5
          $0.markMask = 0xff
          $0.ruleProtocol = .static
          $0.suppressedPrefixLength = 0
        },
        rule(110, table: 200) {
          $0.flags = [.inverted, .outputInterfaceMissing]
          $0.outputInterface = "nosuch"
          $0.suppressedGroup = 9
        },
        rule(120, .prohibit) {
          $0.destination = net
          $0.ipProtocol = 17
          $0.sourcePorts = 1000...2000
          $0.destinationPorts = 0xfffd...0xfffe
          $0.userIDs = 0...100
        },
        rule(130, .goTo) { $0.goToPriority = 32766 },
        rule(140) { $0.usesVRFTable = true },
        rule(150, .none) {
          $0.mark = 0
          $0.tunnelID = .max
        },
        rule(160, .blackhole) { $0.typeOfService = 0x10 }, rule(.max, .unreachable) { _ in },
      ]
      var seen = ChangeRun.Seen<RoutingRule>()
      seen.sent = sent
      for rule in sent { try netlink.add(rule) }
      seen.read = try netlink.rules(family: family)
      seen.refusals.append(ChangeRun.errno { () throws(NetlinkError) in try netlink.add(sent[0]) })
      var moved = sent[3]
      moved.priority = 131
      try netlink.replace(sent[3], with: moved)
      var narrower = sent[0]
      narrower.typeOfService = 0x10
      try netlink.replace(sent[0], with: narrower)
      let replaced = try netlink.rules(family: family).filter { [100, 130, 131].contains($0.priority) }
      if replaced != [narrower, moved] { seen.findings.append("replaced: \(replaced)") }
      for rule in [narrower, moved] + sent[1...2] + sent[4...] { try netlink.delete(rule) }
      seen.refusals.append(ChangeRun.errno { () throws(NetlinkError) in try netlink.delete(moved) })
      seen.left = try netlink.rules(family: family)
      return seen
    }
    let own = seen.read.filter { $0.ruleProtocol != .kernel }
    #expect(own.count == seen.sent.count)
    for (found, sent) in zip(own, seen.sent) { #expect(found == sent) }
    #expect(seen.refusals == [.fileExists, .noSuchFileOrDirectory] && seen.findings == [])
    #expect(seen.left.map(\.priority) == RoutingRule.kernelDefaults(family).map(\.priority))
  }
}
