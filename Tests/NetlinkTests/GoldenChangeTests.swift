import Testing

@testable import Netlink

/// What changes send is, byte for byte, what `ip` sends for the same change.
@Suite("Recorded changes")
struct GoldenChangeTests {
  private typealias Table = [String: NetlinkRequest]

  private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }
  private func prefix(_ text: String) throws -> IPPrefix { try #require(IPPrefix(text)) }
  private func mac(_ text: String) throws -> MACAddress { try #require(MACAddress(text)) }

  /// Compares what would be sent with what was.
  private func compare(_ table: Table, _ captured: [String: [UInt8]]) throws {
    #expect(Set(table.keys).symmetricDifference(captured.keys).sorted() == [])
    for (command, request) in table {
      let sent = try request.encoded(adding: [.request, .acknowledge], sequence: 0)
      #expect(sent == captured[command], "\(command)")
    }
  }

  @Test("Changes that the development kernel knows")
  func changes() throws {
    let table = try addresses().merging(routes()) { first, _ in first }.merging(rules()) { first, _ in first }
      .merging(neighbours()) { first, _ in first }.merging(links()) { first, _ in first }
    try compare(table, Golden.changes)
  }

  @Test("Changes that only the guest knows")
  func guestChanges() throws {
    var bond = BondDetails()
    bond.mode = .lacp
    bond.carrierInterval = 100
    bond.hashPolicy = .layer34
    bond.minimumPorts = 1
    bond.hasFastLACP = true
    let service = VLANDetails(id: 200, tag: .service, flags: [.reordersHeader, .gvrp])
    let table: Table = [
      "ip link add bond7 type bond mode 802.3ad miimon 100 xmit_hash_policy layer3+4 min_links 1 lacp_rate fast":
        NewLink("bond7", .bond(bond)).request,
      "ip link add vl7 link v0 type vlan id 100":
        NewLink("vl7", .vlan(VLANDetails(id: 100)), lowerIndex: 3).request,
      "ip link add vl8 link v0 type vlan id 200 protocol 802.1ad gvrp on":
        NewLink("vl8", .vlan(service), lowerIndex: 3).request,
      "ip link add vrf7 type vrf table 77": NewLink("vrf7", .vrf(RouteTable(rawValue: 77))).request,
      "ip link add d7 type dummy": NewLink("d7", .dummy).request,
      "ip link add iv7 link v0 type ipvlan mode l3":
        NewLink("iv7", .ipvlan(IPVLANDetails(mode: .layer3)), lowerIndex: 3).request,
      "ip link add tm7 type team": NewLink("tm7", NewLinkKind("team")).request,
      "ip link set v1 master bond7": LinkChange(master: .index(4)).request(linkIndex: 2),
      "ip link set d7 master vrf7": LinkChange(master: .index(7)).request(linkIndex: 8),
    ]
    try compare(table, Golden.guestChanges)
  }

  private func addresses() throws -> Table {
    var labelled = Address(linkIndex: 4, prefix: try prefix("10.1.2.3/24"))
    labelled.broadcast = try address("10.1.2.255")
    labelled.label = "v0:one"
    var peer = Address(linkIndex: 4, prefix: try prefix("10.9.0.1/32"))
    peer.peer = try address("10.9.0.2")
    // What the kernel alone sets isn't sent.
    let own: AddressFlags = [.permanent, .tentative, .secondary, .deprecated, .duplicate]
    let narrow = Address(linkIndex: 4, prefix: try prefix("192.0.2.7/32"), scope: .link, flags: own)
    let ipv6 = Address(
      linkIndex: 4, prefix: try prefix("2001:db8::7/64"), flags: own.union(.noDuplicateDetection))
    var limited = Address(
      linkIndex: 4, prefix: try prefix("2001:db8:2::1/64"), flags: .noDuplicateDetection)
    limited.validLifetime = 7200
    limited.preferredLifetime = 3600
    var replaced = Address(
      linkIndex: 4, prefix: try prefix("10.1.2.3/24"), flags: [.permanent, .noPrefixRoute])
    replaced.routeMetric = 50
    return [
      "ip address add 10.1.2.3/24 broadcast 10.1.2.255 label v0:one dev v0": labelled.request(.add),
      "ip address add 10.9.0.1 peer 10.9.0.2/32 dev v0": peer.request(.add),
      "ip address add 192.0.2.7/32 dev v0 scope link": narrow.request(.add),
      "ip -6 address add 2001:db8::7/64 dev v0 nodad": ipv6.request(.add),
      "ip -6 address add 2001:db8:2::1/64 dev v0 nodad valid_lft 7200 preferred_lft 3600": limited.request(
        .add),
      "ip address replace 10.1.2.3/24 dev v0 noprefixroute metric 50": replaced.request(.replace),
      "ip address del 10.1.2.3/24 dev v0": replaced.request(.delete),
    ]
  }

  private func routes() throws -> Table {
    var route = Route(to: try prefix("198.51.100.0/24"), table: RouteTable(rawValue: 1000))
    route.routeProtocol = .static
    route.gateway = try address("10.1.2.1")
    route.outputIndex = 4
    route.metric = 100
    route.preferredSource = try address("10.1.2.3")
    var byDefault = Route(to: .all(.ipv4))
    byDefault.gateway = try address("10.1.2.1")
    byDefault.outputIndex = 4
    var replaced = byDefault
    replaced.gateway = try address("10.1.2.2")
    var onLink = Route(to: try prefix("198.51.101.0/24"), flags: .onLink)
    onLink.gateway = try address("203.0.113.9")
    onLink.outputIndex = 4
    onLink.metrics[.mtu] = 1400
    onLink.metrics[.advertisedMSS] = 1200
    onLink.metrics[.locks] = 1 << UInt32(RouteMetric.mtu.rawValue)
    // Host bits aren't sent, and what the kernel says of a path isn't either.
    var attached = Route(to: try prefix("198.51.102.77/24"), scope: .link, flags: [.linkDown, .offloaded])
    attached.outputIndex = 4
    var multipath = Route(to: try prefix("172.16.0.0/12"))
    multipath.metric = 7
    multipath.nextHops = [
      NextHop(outputIndex: 4, gateway: try address("10.1.2.1"), weight: 3),
      NextHop(outputIndex: 3, gateway: try address("203.0.113.9"), flags: [.onLink, .dead]),
    ]
    var via = Route(to: try prefix("198.51.103.0/24"))
    via.gateway = try address("fe80::1")
    via.outputIndex = 4
    var object = Route(to: try prefix("198.18.0.0/15"))
    object.nextHopID = 17
    // As the kernel tells it: the object's path isn't the route's own.
    object.gateway = try address("10.1.2.9")
    object.outputIndex = 4
    let blackhole = Route(to: try prefix("100.64.0.0/10"), type: .blackhole)
    var ipv6 = Route(to: try prefix("2001:db8:ff::/48"))
    ipv6.gateway = try address("2001:db8::1")
    ipv6.outputIndex = 4
    ipv6.metric = 50
    ipv6.preference = 1
    var multipath6 = Route(to: try prefix("2001:db8:fe::/48"))
    multipath6.nextHops = [
      NextHop(outputIndex: 4, gateway: try address("2001:db8::1"), weight: 2),
      NextHop(outputIndex: 3, gateway: try address("fe80::2")),
    ]
    return [
      "ip route add 198.51.100.0/24 via 10.1.2.1 dev v0 metric 100 table 1000 proto static src 10.1.2.3":
        route.request(.add),
      "ip route del unicast 198.51.100.0/24 via 10.1.2.1 dev v0 metric 100 table 1000 proto static src 10.1.2.3":
        route.request(.delete),
      "ip route add default via 10.1.2.1 dev v0": byDefault.request(.add),
      "ip route replace default via 10.1.2.2 dev v0": replaced.request(.replace),
      "ip route add 198.51.101.0/24 via 203.0.113.9 dev v0 onlink mtu lock 1400 advmss 1200":
        onLink.request(.add),
      "ip route add 198.51.102.0/24 dev v0": attached.request(.add),
      "ip route add 172.16.0.0/12 metric 7 nexthop via 10.1.2.1 dev v0 weight 3 nexthop via 203.0.113.9 dev v1 weight 1 onlink":
        multipath.request(.add),
      "ip route del unicast 172.16.0.0/12 metric 7 proto boot nexthop via 10.1.2.1 dev v0 weight 3 nexthop via 203.0.113.9 dev v1 weight 1 onlink":
        multipath.request(.delete),
      "ip route add 198.51.103.0/24 via inet6 fe80::1 dev v0": via.request(.add),
      "ip route add 198.18.0.0/15 nhid 17": object.request(.add),
      "ip route add blackhole 100.64.0.0/10": blackhole.request(.add),
      "ip route del blackhole 100.64.0.0/10 proto boot": blackhole.request(.delete),
      "ip -6 route add 2001:db8:ff::/48 via 2001:db8::1 dev v0 metric 50 pref high": ipv6.request(.add),
      "ip -6 route add 2001:db8:fe::/48 nexthop via 2001:db8::1 dev v0 weight 2 nexthop via fe80::2 dev v1":
        multipath6.request(.add),
    ]
  }

  private func rules() throws -> Table {
    func rule(
      _ priority: UInt32, _ action: RuleAction = .lookUp, table: UInt32 = 0, flags: RuleFlags = [],
      _ body: (inout RoutingRule) throws -> Void
    ) throws -> RoutingRule {
      var rule = RoutingRule(
        .ipv4, priority: priority, action: action, table: table == 0 ? nil : RouteTable(rawValue: table),
        flags: flags)
      try body(&rule)
      return rule
    }
    let selecting = try rule(100, table: 1000) {
      $0.source = try prefix("10.9.0.0/16")
      $0.destination = try prefix("192.0.2.0/24")
      $0.inputInterface = "v0"
      $0.typeOfService = 0x10
      $0.mark = 5
      $0.markMask = 0xff
      $0.ruleProtocol = .static
    }
    let inverted = try rule(110, table: 200, flags: [.inverted, .outputInterfaceMissing]) {
      $0.outputInterface = "nosuch"
      $0.suppressedPrefixLength = 8
    }
    let ports = try rule(120, .prohibit) {
      $0.ipProtocol = 6
      $0.sourcePorts = 1000...2000
      $0.destinationPorts = 443...444
      $0.userIDs = 100...200
    }
    let goTo = try rule(130, .goTo) { $0.goToPriority = 32766 }
    let ofVRF = try rule(140) {
      $0.usesVRFTable = true
      $0.ruleProtocol = .kernel
    }
    let marked = try rule(150, .none) {
      $0.mark = 0
      $0.markMask = 0xf0
      $0.tunnelID = 66
    }
    let realms = try rule(160, table: 77) {
      $0.destination = try prefix("198.51.100.0/24")
      $0.suppressedGroup = 6
      $0.realms = 3 << 16 | 4
    }
    var ipv6 = RoutingRule(.ipv6, priority: 101, table: RouteTable(rawValue: 300))
    ipv6.source = try prefix("2001:db8:1::/48")
    return [
      "ip rule add from 10.9.0.0/16 to 192.0.2.0/24 iif v0 tos 0x10 fwmark 0x5/0xff table 1000 priority 100 protocol static":
        selecting.request(.add),
      "ip rule add not oif nosuch table 200 suppress_prefixlength 8 priority 110": inverted.request(.add),
      "ip rule add ipproto tcp sport 1000-2000 dport 443-444 uidrange 100-200 priority 120 prohibit":
        ports.request(.add),
      "ip rule add priority 130 goto 32766": goTo.request(.add),
      "ip rule del priority 130 goto 32766": goTo.request(.delete),
      "ip rule add priority 140 l3mdev protocol kernel": ofVRF.request(.add),
      "ip rule add fwmark 0/0xf0 tun_id 66 priority 150 nop": marked.request(.add),
      "ip rule add to 198.51.100.0/24 table 77 suppress_ifgroup 6 priority 160 realms 3/4": realms.request(
        .add),
      "ip -6 rule add from 2001:db8:1::/48 table 300 priority 101": ipv6.request(.add),
    ]
  }

  private func neighbours() throws -> Table {
    let plain = Neighbour(
      try address("10.1.2.1"), linkIndex: 4, macAddress: try mac("02:00:00:00:00:01"), flags: .offloaded)
    var router = Neighbour(
      try address("10.1.2.1"), linkIndex: 4, macAddress: try mac("02:00:00:00:00:02"), state: .stale,
      flags: .router)
    router.neighbourProtocol = .static
    let ipv6 = Neighbour(
      try address("2001:db8::1"), linkIndex: 4, macAddress: try mac("02:00:00:00:00:06"))
    return [
      "ip neighbour add 10.1.2.1 lladdr 02:00:00:00:00:01 dev v0": plain.request(.add),
      "ip neighbour del 10.1.2.1 dev v0": plain.request(.delete),
      "ip neighbour replace 10.1.2.1 lladdr 02:00:00:00:00:02 dev v0 nud stale router protocol static":
        router.request(.replace),
      "ip neighbour add 2001:db8::1 lladdr 02:00:00:00:00:06 dev v0": ipv6.request(.add),
    ]
  }

  private func links() throws -> Table {
    func change(_ change: LinkChange) -> NetlinkRequest { change.request(linkIndex: 3) }
    var withoutARP = LinkChange()
    withoutARP.setFlags = .noARP
    let several = LinkChange(isUp: true, mtu: 1300, macAddress: try mac("02:00:00:00:00:ab"))
    let macOfE0 = LinkChange(mtu: 1400, macAddress: try mac("02:00:00:00:00:e0"))
    let macOfE1 = LinkChange(macAddress: try mac("02:00:00:00:00:e1"))
    let vxlan = VXLANDetails(id: 42, lowerIndex: 4, local: try address("10.1.2.4"))
    let vxlan6 = VXLANDetails(
      id: 43, lowerIndex: 4, remote: try address("2001:db8::9"), local: try address("2001:db8::8"))
    return [
      "ip link set v1 up": change(LinkChange(isUp: true)),
      "ip link set v1 down": change(LinkChange(isUp: false)),
      "ip link set v1 mtu 1400": change(LinkChange(mtu: 1400)),
      "ip link set v1 master br0": change(LinkChange(master: .index(2))),
      "ip link set v1 nomaster": change(LinkChange(master: LinkChange.Master.none)),
      "ip link set v1 address 02:00:00:00:00:aa":
        change(LinkChange(macAddress: try mac("02:00:00:00:00:aa"))),
      "ip link set v1 name w1": change(LinkChange(name: "w1")),
      "ip link set w1 arp off": change(withoutARP),
      "ip link set w1 up address 02:00:00:00:00:ab mtu 1300": change(several),
      "ip link property add dev w1 altname uplink": Link.alternativeName(.add, "uplink", linkIndex: 3),
      "ip link property del dev w1 altname uplink": Link.alternativeName(.delete, "uplink", linkIndex: 3),
      "ip link add br7 type bridge": NewLink("br7", .bridge).request,
      "ip link add e0 address 02:00:00:00:00:e0 mtu 1400 type veth peer name e1 address 02:00:00:00:00:e1":
        NewLink("e0", .veth(peer: "e1", settings: macOfE1), settings: macOfE0).request,
      "ip link add mv7 link v0 type macvlan mode bridge":
        NewLink("mv7", .macvlan(.bridge), lowerIndex: 4).request,
      "ip link add vx7 type vxlan id 42 dstport 4789 local 10.1.2.4 dev v0":
        NewLink("vx7", .vxlan(vxlan)).request,
      "ip link add vx8 type vxlan id 43 dstport 4789 local 2001:db8::8 remote 2001:db8::9 dev v0":
        NewLink("vx8", .vxlan(vxlan6)).request,
      "ip link add ifb7 type ifb": NewLink("ifb7", NewLinkKind("ifb")).request,
      "ip link del br7": Link.deletion(index: 5),
    ]
  }
}
