/// By the default route.
extension HostDetectionTests {
  static let byDefaultRoute: [HostDetectionCase] = [
    .init("one card", keep: "one-card", viaEth0, "card eth0 10.0.0.5/24 10.0.0.1"),
    .init(
      "a node that is a container: the uplink is a veth", keep: "veth-uplink", viaEth0,
      """
      wire eth0 far
      ip address add 10.0.0.5/24 dev eth0
      ip route add default via 10.0.0.1 dev eth0
      """),
    .init(
      "IPv6 only", keep: "ipv6-only",
      .chosen("eth0", rule: "default-route", address: "2001:db8::5/64", gateways: ["fe80::1"]),
      """
      card eth0
      ip address add 2001:db8::5/64 dev eth0 nodad
      ip route add default via fe80::1 dev eth0
      """),
    .init(
      "two defaults of one metric", keep: "two-defaults-one-metric",
      .undecided("ambiguous", naming: ["eth0 and eth1", "metric (100)"]),
      "card eth0 10.0.0.5/24 10.0.0.1 100\ncard eth1 10.1.0.5/24 10.1.0.1 100"),
    .init(
      "two defaults, the lower metric wins", keep: "two-defaults",
      .chosen("eth1", rule: "default-route", address: "10.1.0.5/24", gateways: ["10.1.0.1"]),
      reasons: ["eth0": "metric 100, not the lowest"],
      "card eth0 10.0.0.5/24 10.0.0.1 100\ncard eth1 10.1.0.5/24 10.1.0.1 50"),
    .init(
      "a default with several next hops", keep: "multipath-default",
      .undecided("ambiguous", naming: ["eth0 and eth1", "L3MH_CIDR"]), multipath),
    .init(
      "a default with several next hops and multihoming", keep: "multipath-multihomed",
      with: ["L3MH_CIDR": "10.255.0.0/24", "CONTROL_NODES": "10.200.0.1"],
      .several(
        [.init("eth0", "10.0.0.5/24", ["10.0.0.1"]), .init("eth1", "10.1.0.5/24", ["10.1.0.1"])],
        rule: "route-to-control-node"),
      multipath),
    .init(
      "multihoming over interfaces of different MTU", keep: "multihomed-unequal-mtu",
      with: ["L3MH_CIDR": "10.255.0.0/24", "CONTROL_NODES": "10.200.0.1"],
      .undecided("unequal-mtu", naming: ["eth0 has 1500", "eth1 has 1400"]),
      multipath + "\nip link set eth1 mtu 1400"),
    .init(
      "a default over a group of next-hop objects", keep: "next-hop-group",
      .undecided("ambiguous", naming: ["eth0 and eth1"]),
      """
      card eth0 10.0.0.5/24
      card eth1 10.1.0.5/24
      ip nexthop add id 1 via 10.0.0.1 dev eth0
      ip nexthop add id 2 via 10.1.0.1 dev eth1
      ip nexthop add id 3 group 1/2
      ip route add default nhid 3
      """),
    .init(
      "a default over one next-hop object", keep: "next-hop-object", viaEth0,
      """
      card eth0 10.0.0.5/24
      card eth1 10.1.0.5/24
      ip nexthop add id 1 via 10.0.0.1 dev eth0
      ip route add default nhid 1
      """),
    .init(
      "several gateways of one interface", keep: "several-gateways",
      .chosen("eth0", rule: "default-route", address: "10.0.0.5/24", gateways: ["10.0.0.1", "10.0.0.2"]),
      """
      card eth0 10.0.0.5/24
      ip route add default nexthop via 10.0.0.1 dev eth0 nexthop via 10.0.0.2 dev eth0
      """),
    .init(
      "both families, each by its own card: IPv4 comes first", keep: "dual-stack",
      .chosen(
        "eth0", rule: "default-route", address: "10.0.0.5/24", gateways: ["10.0.0.1"], warnings: 1),
      reasons: ["eth1": "IPv6"], dualStack + "\nip route add default via 2001:db8::1 dev eth1 metric 100"),
    .init(
      "both families, each by its own card: the metric comes first", keep: "dual-stack-metric",
      .chosen(
        "eth1", rule: "default-route", address: "2001:db8::5/64", gateways: ["2001:db8::1"], warnings: 1),
      reasons: ["eth0": "metric 100, not the lowest"],
      dualStack + "\nip route add default via 2001:db8::1 dev eth1 metric 50"),
    .init(
      "an IPv4 default by an IPv6 next hop", keep: "ipv4-by-ipv6",
      .chosen(
        "eth0", rule: "default-route", address: "10.0.0.5/32", gateways: ["fe80::1"], warnings: 1),
      """
      card eth0 10.0.0.5/32
      ip -4 route add default via inet6 fe80::1 dev eth0
      """),
    .init(
      "a gateway outside of the only subnet, a /32", keep: "on-link-gateway",
      .chosen("eth0", rule: "default-route", address: "192.0.2.5/32", gateways: ["172.31.1.1"]),
      "card eth0 192.0.2.5/32\nip route add default via 172.31.1.1 dev eth0 onlink"),
    .init(
      "a gateway with a route of its own, and a /32",
      .chosen("eth0", rule: "default-route", address: "192.0.2.5/32", gateways: ["172.31.1.1"]),
      """
      card eth0 192.0.2.5/32
      ip route add 172.31.1.1 dev eth0
      ip route add default via 172.31.1.1 dev eth0
      """),
    .init(
      "of one metric and family, the gateway on the subnet comes first", keep: "gateway-on-subnet",
      .chosen("eth1", rule: "default-route", address: "10.1.0.5/24", gateways: ["10.1.0.1"]),
      reasons: ["eth0": "subnet"],
      """
      card eth0 10.0.0.5/24
      ip route append default via 172.31.1.1 dev eth0 onlink metric 100
      card eth1 10.1.0.5/24 10.1.0.1 100
      """),
    .init(
      "no default route", keep: "no-default",
      .undecided("nothing-fits", naming: ["no default route", "PHYSICAL_INTERFACE", "VROUTER_GATEWAY"]),
      "card eth0 10.0.0.5/24"),
    .init(
      "a default route without a gateway",
      .undecided("no-gateway", naming: ["eth0 has no gateway", "VROUTER_GATEWAY"]),
      "card eth0 10.0.0.5/24\nip route add default dev eth0"),
    .init("nothing but the loopback", .undecided("nothing-fits", naming: ["no default route"]), ":"),
  ]

  private static let multipath = """
    card eth0 10.0.0.5/24
    card eth1 10.1.0.5/24
    ip route add default nexthop via 10.0.0.1 dev eth0 nexthop via 10.1.0.1 dev eth1
    """

  private static let dualStack = """
    card eth0 10.0.0.5/24 10.0.0.1 100
    card eth1
    ip address add 2001:db8::5/64 dev eth1 nodad
    """
}
