import Netlink
import SystemPackage
import Testing

/// Changes to the real kernel, in network namespaces of their own: what is read back is what was sent.
@Suite("Changes in network namespaces")
struct NamespaceChangeTests {
  /// What was sent, what was read back, and what the kernel refused.
  private struct Seen<Object: Sendable>: Sendable {
    var sent: [Object] = []
    var read: [Object] = []
    var left: [Object] = []
    var refusals: [Errno?] = []
    /// What was wrong about the rest.
    var findings: [String] = []
  }

  /// What the kernel answered to something that should fail.
  private static func errno(_ body: () throws(NetlinkError) -> Void) -> Errno? {
    do throws(NetlinkError) {
      try body()
      return nil
    } catch {
      return error.errno
    }
  }

  /// A veth pair, up, with an address; `body` gets the indices of its ends.
  private static func inPair<Value: Sendable>(
    _ body: @escaping @Sendable (inout RouteNetlink, Int, Int) throws -> Value
  ) throws -> Value {
    try inNetworkNamespace {
      try shell(
        "echo 0 | tee /proc/sys/net/ipv6/conf/all/accept_dad >/proc/sys/net/ipv6/conf/default/accept_dad")
      var netlink = try RouteNetlink()
      try netlink.add(NewLink("v0", .veth(peer: "v1")))
      let near = try netlink.link(named: "v0")?.index ?? 0
      let far = try netlink.link(named: "v1")?.index ?? 0
      for index in [1, near, far] { try netlink.change(linkIndex: index, LinkChange(isUp: true)) }
      guard let own = IPPrefix("10.1.2.3/24"), let own6 = IPPrefix("2001:db8::7/64") else {
        return try body(&netlink, 0, 0)
      }
      try netlink.add(Address(linkIndex: near, prefix: own))
      try netlink.add(Address(linkIndex: near, prefix: own6, flags: .noDuplicateDetection))
      return try body(&netlink, near, far)
    }
  }

  @Test("Addresses are added, replaced and deleted; what is read back is what was sent")
  func addresses() throws {
    let address = try #require(IPAddress("10.9.0.2"))
    let prefixes = try ["10.7.0.1/16", "10.9.0.1/32", "2001:db8:5::1/64", "10.7.0.2/16"].map {
      try #require(IPPrefix($0))
    }
    let seen = try Self.inPair { (netlink, near, _) -> Seen<Address> in
      var labelled = Address(linkIndex: near, prefix: prefixes[0])
      labelled.broadcast = .v4(IPv4Address(10, 7, 255, 255))
      labelled.label = "v0:one"
      labelled.routeMetric = 77
      var peer = Address(linkIndex: near, prefix: prefixes[1], scope: .link)
      peer.peer = address
      peer.label = "v0"
      var limited = Address(
        linkIndex: near, prefix: prefixes[2], flags: [.noDuplicateDetection, .noPrefixRoute])
      limited.validLifetime = 7200
      limited.preferredLifetime = 3600
      var seen = Seen<Address>()
      seen.sent = [labelled, peer, limited]
      for address in seen.sent { try netlink.add(address) }
      seen.read = try netlink.addresses(linkIndex: near)
      seen.refusals.append(Self.errno { () throws(NetlinkError) in try netlink.add(labelled) })
      // Replacing changes lifetimes.
      var longer = limited
      longer.validLifetime = nil
      longer.preferredLifetime = 1800
      try netlink.replace(longer)
      let replaced = try netlink.addresses(linkIndex: near).first { $0.prefix == limited.prefix }
      if replaced?.validLifetime != nil || !(1790...1800).contains(replaced?.preferredLifetime ?? 0) {
        seen.findings.append("replaced: \(String(describing: replaced))")
      }
      for address in [labelled, peer, longer] { try netlink.delete(address) }
      for address in [labelled, longer] {
        seen.refusals.append(Self.errno { () throws(NetlinkError) in try netlink.delete(address) })
      }
      seen.left = try netlink.addresses(linkIndex: near)
      return seen
    }
    for address in seen.sent {
      var found = try #require(seen.read.first { $0.prefix == address.prefix })
      // The kernel's own part: permanent, and the seconds that passed since.
      if address.validLifetime == nil { #expect(found.flags.contains(.permanent)) }
      if let valid = found.validLifetime, let preferred = found.preferredLifetime {
        #expect((7190...7200).contains(valid) && (3590...3600).contains(preferred))
        found.validLifetime = address.validLifetime
        found.preferredLifetime = address.preferredLifetime
      }
      found.flags.remove(.permanent)
      var expected = address
      expected.flags.remove(.permanent)
      #expect(found == expected)
    }
    #expect(seen.refusals == [.fileExists, .addressNotAvailable, .addressNotAvailable])
    #expect(seen.left.allSatisfy { !prefixes.contains($0.prefix) } && seen.findings == [])
  }

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
    let seen = try Self.inPair { (netlink, near, far) -> Seen<Route> in
      try shell("ip nexthop add id 17 via 10.1.2.9 dev v0")
      var full = Route(to: prefixes[0], table: RouteTable(rawValue: 1000), routeProtocol: .static)
      full.gateway = gateways[0]
      full.outputIndex = near
      full.metric = 100
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
      var seen = Seen<Route>()
      seen.sent = [full, onLink, attached, multipath, via, object, ipv6, multipath6, prohibit]
      for route in seen.sent { try netlink.add(route) }
      seen.read = try netlink.routes(table: nil)
      for route in [full, ipv6] {
        seen.refusals.append(Self.errno { () throws(NetlinkError) in try netlink.add(route) })
      }
      var moved = full
      moved.gateway = gateways[1]
      try netlink.replace(moved)
      let replaced = try netlink.routes(table: full.table)
      if replaced != [moved] { seen.findings.append("replaced: \(replaced)") }
      // A route that differs in its gateway isn't the one that is there.
      seen.refusals.append(Self.errno { () throws(NetlinkError) in try netlink.delete(full) })
      for route in [moved] + seen.sent.dropFirst() { try netlink.delete(route) }
      seen.refusals.append(Self.errno { () throws(NetlinkError) in try netlink.delete(moved) })
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
    let seen = try inNetworkNamespace { () -> Seen<RoutingRule> in
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
      var seen = Seen<RoutingRule>()
      seen.sent = sent
      for rule in sent { try netlink.add(rule) }
      seen.read = try netlink.rules(family: family)
      seen.refusals.append(Self.errno { () throws(NetlinkError) in try netlink.add(sent[0]) })
      var moved = sent[3]
      moved.priority = 131
      try netlink.replace(sent[3], with: moved)
      var narrower = sent[0]
      narrower.typeOfService = 0x10
      try netlink.replace(sent[0], with: narrower)
      let replaced = try netlink.rules(family: family).filter { [100, 130, 131].contains($0.priority) }
      if replaced != [narrower, moved] { seen.findings.append("replaced: \(replaced)") }
      for rule in [narrower, moved] + sent[1...2] + sent[4...] { try netlink.delete(rule) }
      seen.refusals.append(Self.errno { () throws(NetlinkError) in try netlink.delete(moved) })
      seen.left = try netlink.rules(family: family)
      return seen
    }
    let own = seen.read.filter { $0.ruleProtocol != .kernel }
    #expect(own.count == seen.sent.count)
    for (found, sent) in zip(own, seen.sent) { #expect(found == sent) }
    #expect(seen.refusals == [.fileExists, .noSuchFileOrDirectory] && seen.findings == [])
    #expect(seen.left.map(\.priority) == RoutingRule.kernelDefaults(family).map(\.priority))
  }

  @Test("Neighbours are added, replaced and deleted; what is read back is what was sent")
  func neighbours() throws {
    let macs = try ["02:00:00:00:00:01", "02:00:00:00:00:02"].map { try #require(MACAddress($0)) }
    let address = try #require(IPAddress("2001:db8::99"))
    let seen = try Self.inPair { (netlink, near, _) -> Seen<Neighbour> in
      var seen = Seen<Neighbour>()
      var router = Neighbour(
        .v4(IPv4Address(10, 1, 2, 1)), linkIndex: near, macAddress: macs[0],
        flags: [.router, .externallyLearned])
      router.neighbourProtocol = .static
      seen.sent = [
        router, Neighbour(address, linkIndex: near, macAddress: macs[1]),
        Neighbour(.v4(IPv4Address(10, 1, 2, 8)), linkIndex: near, macAddress: macs[1], state: .noARP),
      ]
      for neighbour in seen.sent { try netlink.add(neighbour) }
      seen.read = try netlink.neighbours(linkIndex: near)
      seen.refusals.append(Self.errno { () throws(NetlinkError) in try netlink.add(router) })
      var moved = router
      moved.linkLayerAddress = macs[1].bytes
      try netlink.replace(moved)
      if try !netlink.neighbours(linkIndex: near).contains(moved) { seen.findings.append("not replaced") }
      for neighbour in [moved] + seen.sent.dropFirst() { try netlink.delete(neighbour) }
      let missing = Neighbour(.v4(IPv4Address(10, 1, 2, 66)), linkIndex: near)
      seen.refusals.append(Self.errno { () throws(NetlinkError) in try netlink.delete(missing) })
      // The kernel keeps the deleted ones for a moment as failed.
      seen.left = try netlink.neighbours(linkIndex: near).filter(\.state.isUsable)
      return seen
    }
    for neighbour in seen.sent { #expect(seen.read.first { $0.address == neighbour.address } == neighbour) }
    #expect(seen.refusals == [.fileExists, .noSuchFileOrDirectory] && seen.findings == [])
    #expect(Set(seen.left.map(\.address)).isDisjoint(with: seen.sent.map(\.address)))
  }

  @Test("Links are made, changed and deleted; nothing changes but what was said")
  func links() throws {
    let mac = try #require(MACAddress("02:00:00:00:00:aa"))
    let findings = try inNetworkNamespace { () -> [String] in
      var netlink = try RouteNetlink()
      var findings: [String] = []
      func link(_ name: String) throws -> Link {
        guard let link = try netlink.link(named: name) else { throw Errno.noSuchFileOrDirectory }
        return link
      }
      func check(_ condition: Bool, _ what: String) { if !condition { findings.append(what) } }

      try netlink.add(NewLink("br0", .bridge, settings: LinkChange(isUp: true)))
      check(try link("br0").isUp && link("br0").kind == "bridge", "bridge")
      try netlink.add(
        NewLink(
          "v0", .veth(peer: "v1", settings: LinkChange(mtu: 1300)),
          settings: LinkChange(mtu: 1400, macAddress: mac)))
      let near = try link("v0")
      let far = try link("v1")
      check(near.kind == "veth" && near.mtu == 1400 && near.macAddress == mac && !near.isUp, "near end")
      check(far.mtu == 1300 && !far.isUp && far.lowerIndex == near.index, "far end")
      let again = Self.errno { () throws(NetlinkError) in try netlink.add(NewLink("v0", NewLinkKind("ifb"))) }
      check(again == .fileExists, "made twice: \(String(describing: again))")

      // Flags that somebody else set stay.
      try shell("ip link set v0 arp off promisc on multicast off")
      let before = try link("v0")
      try netlink.change(linkIndex: near.index, LinkChange(isUp: true))
      var after = try link("v0")
      let administrative: LinkFlags = [.noARP, .promiscuous, .multicast, .up]
      check(
        after.flags.intersection(administrative) == before.flags.intersection(administrative).union(.up), "up"
      )
      try netlink.change(linkIndex: near.index, LinkChange(mtu: 1234))
      after.mtu = 1234
      // What an MTU brings about: the largest packet that is put together.
      var read = try link("v0")
      check(read.mtu == 1234 && read.flags == after.flags && read.macAddress == after.macAddress, "MTU")
      try netlink.change(linkIndex: near.index, LinkChange(master: .index(link("br0").index)))
      check(try link("v0").masterIndex == link("br0").index && link("v0").portKind == "bridge", "master")
      try netlink.change(
        linkIndex: near.index, LinkChange(isUp: false, master: LinkChange.Master.none, name: "w0"))
      read = try link("w0")
      check(
        read.index == near.index && read.masterIndex == nil && !read.isUp && read.flags.contains(.noARP),
        "name")
      try netlink.session.request(
        Link.alternativeName(.add, "the-uplink-of-the-node", linkIndex: near.index))
      check(try link("the-uplink-of-the-node").index == near.index, "alternative name")
      try netlink.session.request(
        Link.alternativeName(.delete, "the-uplink-of-the-node", linkIndex: near.index))
      check(try netlink.link(named: "the-uplink-of-the-node") == nil, "alternative name deleted")

      try netlink.add(NewLink("mv0", .macvlan(.private), lowerIndex: far.index))
      check(try link("mv0").details == .macvlan(MacvlanDetails(mode: .private)), "macvlan")
      check(try link("mv0").lowerIndex == far.index, "macvlan's parent")
      let vxlan = VXLANDetails(
        id: 42, lowerIndex: far.index, remote: .v4(IPv4Address(10, 1, 0, 2)),
        local: .v4(IPv4Address(10, 1, 0, 1)),
        learns: false)
      try netlink.add(NewLink("vx0", .vxlan(vxlan)))
      check(try link("vx0").details == .vxlan(vxlan), "vxlan")
      try netlink.deleteLink(index: link("vx0").index)
      check(try netlink.link(named: "vx0") == nil, "deleted")
      let missing = Self.errno { () throws(NetlinkError) in try netlink.deleteLink(index: 4711) }
      check(missing?.rawValue == 19, "deleted twice: \(String(describing: missing))")
      return findings
    }
    #expect(findings == [])
  }
}
