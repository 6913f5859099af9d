/// VLANs, VRFs, and what else lies on a card.
extension HostDetectionGuestTests {
  static let stacked: [HostDetectionCase] = [
    .init(
      "a VLAN", keep: "vlan",
      .chosen("eth0.7", rule: "default-route", address: "10.7.0.5/24", gateways: ["10.7.0.1"]),
      reasons: ["eth0": "no default route leaves by it"],
      "take eth0\nip link set eth0 up\n" + vlan("eth0", 7) + "ip route add default via 10.7.0.1 dev eth0.7"),
    .init(
      "a VLAN on a bond, towards the control node", keep: "vlan-on-bond",
      with: ["CONTROL_NODES": "10.7.0.77"],
      .chosen("bond0.7", rule: "route-to-control-node", address: "10.7.0.5/24", gateways: []),
      reasons: [
        "bond0": "the control node 10.7.0.77 is not reached by it", "eth0": "it is a port of bond0",
        "eth1": "it is a port of bond0",
      ],
      "take eth0 eth1\n" + bonded("active-backup", "eth0", "eth1") + vlan("bond0", 7)),
    .init(
      "two defaults of one metric, on cards",
      .undecided("ambiguous", naming: ["eth0 and eth1", "metric (100)"]),
      """
      take eth0 eth1
      lab-net eth0 10.0.2.15/24
      lab-net eth1 10.0.3.15/24
      ip route add default via 10.0.2.2 dev eth0 metric 100
      ip route append default via 10.0.3.2 dev eth1 metric 100
      """),
    .init(
      "a multipath default over two VLANs", keep: "multipath-vlans",
      .undecided("ambiguous", naming: ["eth0.7 and eth0.8"]), vlans),
    .init(
      "a multipath default over two VLANs, and multihoming", keep: "multipath-vlans-multihomed",
      with: ["L3MH_CIDR": "10.255.0.0/24", "CONTROL_NODES": "10.200.0.1"],
      .several(
        [.init("eth0.7", "10.7.0.5/24", ["10.7.0.1"]), .init("eth0.8", "10.8.0.5/24", ["10.8.0.1"])],
        rule: "route-to-control-node"),
      vlans),
    .init(
      "a card in a VRF", keep: "vrf",
      .undecided("nothing-fits", naming: ["no default route"]), reasons: ["eth0": "it is in the VRF vrf0"],
      vrf),
    .init(
      "a card in a VRF beside one that isn't", keep: "vrf-beside",
      .chosen("eth1", rule: "default-route", address: "10.0.3.15/24", gateways: ["10.0.3.2"]),
      reasons: ["eth0": "it is in the VRF vrf0", "vrf0": "it is a VRF"],
      vrf + "\ntake eth1\nlab-net eth1 10.0.3.15/24 10.0.3.2 500"),
    .init(
      "a card in a VRF that is named", keep: "vrf-named", with: ["PHYSICAL_INTERFACE": "eth0"],
      .chosen(
        "eth0", rule: "physical-interface", address: "10.0.2.15/24", gateways: ["10.0.2.2"], warnings: 1),
      saying: ["it is in the VRF vrf0"], vrf),
    .init(
      "the parent of an ipvlan", keep: "ipvlan-parent",
      .undecided("nothing-fits", naming: ["eth0", "never chosen by itself"]),
      reasons: ["eth0": "parent of the ipvlan ipv0, which has taken its receive handler"], ipvlan),
    .init(
      "the parent of an ipvlan, named", keep: "ipvlan-parent-named", with: ["PHYSICAL_INTERFACE": "eth0"],
      .chosen(
        "eth0", rule: "physical-interface", address: "10.0.2.15/24", gateways: ["10.0.2.2"], warnings: 1),
      saying: ["parent of the ipvlan ipv0"], ipvlan),
    .init(
      "a port of Open vSwitch", keep: "open-vswitch",
      .undecided("nothing-fits", naming: ["br-ex", "never chosen by itself"]),
      reasons: [
        "eth0": "it is a port of Open vSwitch (ovs-system): its bridge br-ex has the address",
        "br-ex": "it is a bridge of Open vSwitch",
      ],
      """
      take eth0
      ip link set eth0 up
      modprobe openvswitch
      open-vswitch ovs-system br-ex eth0
      ip link set br-ex up
      ip address add 10.0.2.15/24 dev br-ex
      ip route add default via 10.0.2.2 dev br-ex
      """),
    .init(
      "tunnels, VRFs and dummies beside a card", keep: "software-company",
      .chosen("eth0", rule: "default-route", address: "10.0.2.15/24", gateways: ["10.0.2.2"], warnings: 1),
      reasons: [
        "wg0": "tunnel (wireguard)", "gre1": "tunnel (gre)", "gnv0": "tunnel (geneve)", "vrf0": "it is a VRF",
        "dummy0": "no default route leaves by it", "br0": "bridge",
      ],
      """
      take eth0
      lab-net eth0 10.0.2.15/24 10.0.2.2 100
      ip link add wg0 type wireguard
      ip link set wg0 up
      ip address add 10.9.0.1/24 dev wg0
      ip route add default dev wg0 metric 10
      ip link add gre1 type gre local 10.0.2.15 remote 10.0.2.2
      ip link add gnv0 type geneve id 5 remote 10.0.2.2
      ip link add vrf0 type vrf table 10
      ip link add br0 type bridge
      ip link add dummy0 type dummy
      ip link set dummy0 up
      ip address add 10.244.0.1/32 dev dummy0
      """),
  ]

  static let viaCard: HostDetectionCase.Expected = .chosen(
    "eth0", rule: "default-route", address: "10.0.2.15/24", gateways: ["10.0.2.2"])

  private static func vlan(_ lower: String, _ id: Int) -> String {
    """
    ip link add link \(lower) name \(lower).\(id) type vlan id \(id)
    ip link set \(lower).\(id) up
    operational \(lower).\(id) up
    ip address add 10.\(id).0.5/24 dev \(lower).\(id)

    """
  }

  private static let vlans =
    "take eth0\nip link set eth0 up\n" + vlan("eth0", 7) + vlan("eth0", 8)
    + "ip route add default nexthop via 10.7.0.1 dev eth0.7 nexthop via 10.8.0.1 dev eth0.8"

  private static let vrf = """
    take eth0
    ip link add vrf0 type vrf table 10
    ip link set vrf0 up
    ip link set eth0 master vrf0
    lab-net eth0 10.0.2.15/24
    ip route add default via 10.0.2.2 dev eth0 table 10
    """

  private static let ipvlan = """
    take eth0
    lab-net eth0 10.0.2.15/24 10.0.2.2
    ip link add link eth0 name ipv0 type ipvlan mode l2
    ip link set ipv0 up
    """
}
