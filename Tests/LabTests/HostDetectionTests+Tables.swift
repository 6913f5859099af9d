/// By policy: which table the host's packets look into, and routes that lead nowhere.
extension HostDetectionTests {
  static let byTable: [HostDetectionCase] = [
    .init(
      "a default in another table, for all packets", keep: "other-table", viaEth0, saying: ["table 100"],
      """
      card eth0 10.0.0.5/24
      card eth1 10.1.0.5/24
      ip route add default via 10.0.0.1 dev eth0 table 100
      ip rule add priority 100 lookup 100
      """),
    .init(
      "a gateway that is unreachable, on the subnet of another card",
      with: ["PHYSICAL_INTERFACE": "eth0", "VROUTER_GATEWAY": "10.1.0.9"],
      .undecided("conflict", naming: ["10.1.0.9", "eth1"]),
      """
      card eth0 10.0.0.5/24 10.0.0.1 100
      card eth1 10.1.0.5/24
      ip route add unreachable 10.1.0.9
      """),
    .init(
      "an IPv6 default of a dead card that lookups pass over",
      .undecided("down", naming: ["eth1 is up but has no carrier"]),
      """
      card eth0 10.0.0.5/24 10.0.0.1 100
      card eth1
      ip -6 address add 2001:db8::5/64 dev eth1 nodad
      ip -6 route add default via 2001:db8::1 dev eth1 metric 50
      echo 1 >/proc/sys/net/ipv6/conf/all/ignore_routes_with_linkdown
      ip link set eth1-far down
      operational eth1 lowerlayerdown
      """),
    .init(
      "a default in another table, for packets from this node's address", keep: "source-table",
      .chosen("eth0", rule: "default-route", address: "10.0.0.5/24", gateways: ["10.0.0.1"], warnings: 1),
      saying: ["table 100", "10.0.0.5"],
      """
      card eth0 10.0.0.5/24
      ip route add default via 10.0.0.1 dev eth0 table 100
      ip rule add from 10.0.0.5 lookup 100
      """),
    .init(
      "tables for each card's own packets beside a default for all", keep: "source-tables",
      .chosen("eth1", rule: "default-route", address: "10.1.0.5/24", gateways: ["10.1.0.1"]),
      """
      card eth0 10.0.0.5/24
      card eth1 10.1.0.5/24 10.1.0.1 100
      ip route add default via 10.0.0.1 dev eth0 table 100
      ip rule add from 10.0.0.5 lookup 100
      ip route add default via 10.1.0.1 dev eth1 table 101
      ip rule add from 10.1.0.5 lookup 101
      """),
    .init(
      "a default in another table, for marked packets alone", keep: "marked-table",
      .undecided(
        "nothing-fits",
        naming: ["no default route that the host's own packets take", "eth0's is in table 100"]),
      """
      card eth0 10.0.0.5/24
      ip route add default via 10.0.0.1 dev eth0 table 100
      ip rule add fwmark 7 lookup 100
      """),
    .init(
      "a default that no rule leads to",
      .undecided("nothing-fits", naming: ["no default route"]),
      "card eth0 10.0.0.5/24\nip route add default via 10.0.0.1 dev eth0 table 100"),
    .init(
      "another table comes before the main one", keep: "table-before-main",
      .chosen("eth1", rule: "default-route", address: "10.1.0.5/24", gateways: ["10.1.0.1"]),
      saying: ["table 100"],
      """
      card eth0 10.0.0.5/24 10.0.0.1 10
      card eth1 10.1.0.5/24
      ip route add default via 10.1.0.1 dev eth1 metric 900 table 100
      ip rule add priority 100 lookup 100
      """),
    .init(
      "a default of last resort that is unreachable", keep: "unreachable-default", viaEth0,
      "card eth0 10.0.0.5/24 10.0.0.1 100\nip route add unreachable default metric 4278198272"),
    .init(
      "a black hole before the default route", keep: "blackhole-default",
      .undecided("nothing-fits", naming: ["default route", "blackhole"]),
      "card eth0 10.0.0.5/24 10.0.0.1 100\nip route add blackhole default metric 10"),
  ]

  /// The kernel answers the question for a way with an error, and with a different one each.
  static let refused: [HostDetectionCase] = [
    ("unreachable", "VROUTER_GATEWAY", "VROUTER_GATEWAY 192.0.2.1"),
    ("prohibit", "VROUTER_GATEWAY", "VROUTER_GATEWAY 192.0.2.1"),
    ("blackhole", "VROUTER_GATEWAY", "VROUTER_GATEWAY 192.0.2.1"),
    ("unreachable", "CONTROL_NODES", "control node 192.0.2.1"),
    ("prohibit", "CONTROL_NODES", "control node 192.0.2.1"),
    ("blackhole", "CONTROL_NODES", "control node 192.0.2.1"),
  ].map { type, setting, name in
    .init(
      "\(setting) by a route that is \(type)",
      keep: setting == "CONTROL_NODES" ? "\(type)-control-node" : nil,
      with: [setting: "192.0.2.1"], .undecided("not-found", naming: [name]),
      two + "ip route add \(type) 192.0.2.0/24")
  }
}
