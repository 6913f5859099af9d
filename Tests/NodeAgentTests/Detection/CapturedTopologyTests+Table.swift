@testable import NodeAgent

extension CapturedTopologyTests {
  static let all = routes + tables + settings + company + links + cards

  private static let viaEth0: DetectionCase.Expected = .chosen(
    "eth0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"])

  /// By the default route.
  private static let routes: [Topology] = [
    .init("one-card", viaEth0, "because it carries the default route of lowest metric (0)"),
    .init("veth-uplink", viaEth0, "veth  up     10.0.0.5/24"),
    .init(
      "ipv6-only", .chosen("eth0", rule: "default-route", address: "2001:db8::5/64", gateway: ["fe80::1"]),
      "because the IPv6 default route over eth0 (metric 1024) has it"),
    .init(
      "two-defaults", .chosen("eth1", rule: "default-route", address: "10.1.0.5/24", gateway: ["10.1.0.1"]),
      "its IPv4 default route has metric 100, not the lowest"),
    .init(
      "two-defaults-one-metric", .fails(.ambiguous, naming: ["eth0 and eth1"]), "of lowest metric (100)"),
    .init("multipath-default", .fails(.ambiguous, naming: ["eth0 and eth1"]), "set L3MH_CIDR"),
    .init(
      "multipath-multihomed",
      .several(
        ["eth0 10.0.0.5/24 10.0.0.1", "eth1 10.1.0.5/24 10.1.0.1"], rule: "route-to-control-node"),
      "leads to the control node 10.200.0.1"),
    .init(
      "multihomed-unequal-mtu", .fails(.unequalMTU, naming: ["eth0 has 1500, eth1 has 1400"]),
      "the interfaces of one vhost0 must have one MTU"),
    .init("next-hop-group", .fails(.ambiguous, naming: ["eth0 and eth1"]), "set L3MH_CIDR"),
    .init("next-hop-object", viaEth0, "because the IPv4 default route over eth0 (metric 0) has it"),
    .init(
      "several-gateways",
      .chosen("eth0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1", "10.0.0.2"]),
      "10.0.0.1, 10.0.0.2"),
    .init(
      "dual-stack",
      .chosen("eth0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"], warnings: 1),
      "the IPv6 default route leaves by eth1, the IPv4 one by eth0"),
    .init(
      "dual-stack-metric",
      .chosen(
        "eth1", rule: "default-route", address: "2001:db8::5/64", gateway: ["2001:db8::1"], warnings: 1),
      "its IPv4 default route has metric 100, not the lowest"),
    .init(
      "ipv4-by-ipv6",
      .chosen("eth0", rule: "default-route", address: "10.0.0.5/32", gateway: ["fe80::1"], warnings: 1),
      "because the IPv4 default route over eth0 (metric 0) has it"),
    .init(
      "on-link-gateway",
      .chosen("eth0", rule: "default-route", address: "192.0.2.5/32", gateway: ["172.31.1.1"]),
      "because the IPv4 default route over eth0 (metric 0) has it"),
    .init(
      "gateway-on-subnet",
      .chosen("eth1", rule: "default-route", address: "10.1.0.5/24", gateway: ["10.1.0.1"]),
      "subnet"),
    .init(
      "no-default", .fails(.nothingFits, naming: ["no default route"], awaits: "a default route"),
      "PHYSICAL_INTERFACE"),
  ]

  /// By policy.
  private static let tables: [Topology] = [
    .init("other-table", viaEth0, "(0, table 100)"),
    .init(
      "source-table",
      .chosen("eth0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"], warnings: 1),
      "which packets from 10.0.0.5/32 take"),
    .init(
      "source-tables", .chosen("eth1", rule: "default-route", address: "10.1.0.5/24", gateway: ["10.1.0.1"]),
      "because it carries the default route of lowest metric (100)"),
    .init(
      "marked-table", .fails(.nothingFits, naming: ["no default route"]),
      "table 100"),
    .init(
      "table-before-main",
      .chosen("eth1", rule: "default-route", address: "10.1.0.5/24", gateway: ["10.1.0.1"]),
      "(900, table 100)"),
    .init("unreachable-default", viaEth0, "because it carries the default route of lowest metric (100)"),
    .init("blackhole-default", .fails(.nothingFits, naming: ["default route"]), "blackhole"),
    .init(
      "unreachable-control-node", .fails(.notFound, naming: ["192.0.2.1"]), "unreachable"
    ),
    .init("prohibit-control-node", .fails(.notFound, naming: ["192.0.2.1"]), "prohibit"),
    .init(
      "blackhole-control-node", .fails(.notFound, naming: ["192.0.2.1"]), "blackhole"),
  ]

  /// By what settings name.
  private static let settings: [Topology] = [
    .init("named", namedEth1, "PHYSICAL_INTERFACE names it"),
    .init("long-alternative-name", namedEth1, "PHYSICAL_INTERFACE names it"),
    .init(
      "named-absent", .fails(.notFound, naming: ["ens5", "eth0"], awaits: "ens5"),
      "this host has no such interface"),
    .init("no-carrier", .fails(.down, naming: ["eth1"], awaits: "the carrier of eth1"), "no carrier"),
    .init("selected-by-mac", namedEth1, "PHYSICAL_INTERFACE names it (mac:"),
    .init("selected-by-cidr", namedEth1, "PHYSICAL_INTERFACE names it (cidr:10.1.0.0/16)"),
    .init("selected-by-pattern", namedEth1, "PHYSICAL_INTERFACE names it (/^[a-z]{2,3}1$/)"),
    .init(
      "several-named",
      .several(["eth1 10.1.0.5/24", "eth0 10.0.0.5/24 10.0.0.1"], rule: "physical-interface"),
      "PHYSICAL_INTERFACE names it"),
    .init("pattern-several", .fails(.ambiguous, naming: ["eth0, eth1"]), "2 interfaces fit"),
    .init("pattern-none", .fails(.notFound, naming: ["/^ens/"], awaits: "/^ens/"), "no such interface"),
    .init(
      "nodes-map",
      .chosen("eth1", rule: "kubernetes-nodes-map", address: "10.1.0.5/24", gateway: []),
      "it owns 10.1.0.5, the address of node7 in KUBERNETES_NODES_MAP"),
    .init(
      "gateway", .chosen("eth1", rule: "route-to-gateway", address: "10.1.0.5/24", gateway: ["10.1.0.1"]),
      "it leads to VROUTER_GATEWAY 10.1.0.1"),
    .init(
      "multipath-gateway", .fails(.ambiguous, naming: ["VROUTER_GATEWAY 192.0.2.1", "eth0 and eth1"]),
      "L3MH_CIDR"),
    .init(
      "gateways-multihomed",
      .several(["eth0 10.0.0.5/24 10.0.0.1", "eth1 10.1.0.5/24 10.1.0.1"], rule: "route-to-gateway"),
      "it leads to VROUTER_GATEWAY 10.0.0.1"),
    .init("control-node", towardsControlNode, "it leads to the control node 10.1.0.77"),
    .init("all-in-one", towardsControlNode, "it leads to the control node 10.1.0.5"),
    .init("all-in-one-by-name", towardsControlNode, "it leads to the control node allinone.test (10.1.0.5)"),
    .init(
      "all-in-one-loopback", .fails(.notFound, naming: ["127.0.1.1", "loopback"]),
      "a host name that resolves to a loopback address is a common cause"),
    .init(
      "dead-name", .fails(.notFound, naming: ["nowhere.invalid"]),
      "could not be resolved"),
    .init(
      "dead-names-server", .fails(.notFound, naming: ["control.test"], awaits: "control.test"),
      "VROUTER_RESOLVE_TIMEOUT"),
    .init(
      "control-nodes-apart",
      .fails(.ambiguous, naming: ["10.1.0.77", "eth1", "10.0.0.77", "eth0"]), "control nodes"),
  ]

  private static let namedEth1: DetectionCase.Expected = .chosen(
    "eth1", rule: "physical-interface", address: "10.1.0.5/24", gateway: [])

  private static let towardsControlNode: DetectionCase.Expected = .chosen(
    "eth1", rule: "route-to-control-node", address: "10.1.0.5/24", gateway: [])

  /// Beside other interfaces and addresses.
  private static let company: [Topology] = [
    .init("container-company", viaEth0, "it is a tunnel (vxlan)"),
    .init(
      "default-over-tunnel",
      .chosen("eth0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"], warnings: 1),
      "lowest metric among those by interfaces that may be chosen (100)"),
    .init(
      "default-over-bridge", .fails(.nothingFits, naming: ["docker0"]),
      "never chosen by itself"),
    .init(
      "bridge-port", .fails(.nothingFits, naming: ["br0"]),
      "it is a port of br0, a bridge, and the vRouter can't attach to that either: take it out of br0"),
    .init(
      "macvlan-parent", .fails(.nothingFits, naming: ["eth0"]),
      "has taken its receive handler"),
    .init(
      "macvlan-parent-named",
      .chosen(
        "eth0", rule: "physical-interface", address: "10.0.0.5/24", gateway: ["10.0.0.1"], warnings: 1),
      "the parent of the macvlan mv0"),
    .init("one-mac", viaEth0, "no default route leaves by it"),
    .init("virtual-address", viaEth0, "node address        10.0.0.5/24  on eth0"),
    .init(
      "deprecated-address",
      .chosen("eth0", rule: "default-route", address: "2001:db8::6/64", gateway: ["fe80::1"]),
      "node address        2001:db8::6/64  on eth0"),
  ]

  /// On links that take a kernel with modules.
  private static let links: [Topology] = [
    .init("bond", viaBond, "it is a port of bond0: name that instead"),
    .init(
      "bond-without-port", .fails(.down, naming: ["bond0"], awaits: "a port of bond0"), "ports of a bond"),
    .init("bond-lacp", viaBond, "it is a port of bond0: name that instead"),
    .init("bond-lacp-alone", .fails(.down, naming: ["bond0", "LACP"], awaits: "LACP"), "LACP"),
    .init(
      "team", .chosen("team0", rule: "default-route", address: "10.0.2.15/24", gateway: ["10.0.2.2"]),
      "it is a port of team0: name that instead"),
    .init(
      "vlan", .chosen("eth0.7", rule: "default-route", address: "10.7.0.5/24", gateway: ["10.7.0.1"]),
      "vlan  up     10.7.0.5/24"),
    .init(
      "vlan-on-bond",
      .chosen("bond0.7", rule: "route-to-control-node", address: "10.7.0.5/24", gateway: []),
      "it leads to the control node 10.7.0.77"),
    .init("multipath-vlans", .fails(.ambiguous, naming: ["eth0.7 and eth0.8"]), "set L3MH_CIDR"),
    .init(
      "multipath-vlans-multihomed",
      .several(
        ["eth0.7 10.7.0.5/24 10.7.0.1", "eth0.8 10.8.0.5/24 10.8.0.1"], rule: "route-to-control-node"),
      "it leads to the control node 10.200.0.1"),
    .init(
      "vrf", .fails(.nothingFits, naming: ["no default route"]),
      "it is in the VRF vrf0"),
    .init(
      "vrf-beside", .chosen("eth1", rule: "default-route", address: "10.0.3.15/24", gateway: ["10.0.3.2"]),
      "it is in the VRF vrf0"),
    .init(
      "vrf-named",
      .chosen(
        "eth0", rule: "physical-interface", address: "10.0.2.15/24", gateway: ["10.0.2.2"], warnings: 1),
      "though it is in the VRF vrf0"),
    .init(
      "ipvlan-parent", .fails(.nothingFits, naming: ["eth0"]),
      "the parent of the ipvlan ipv0"),
    .init(
      "ipvlan-parent-named",
      .chosen(
        "eth0", rule: "physical-interface", address: "10.0.2.15/24", gateway: ["10.0.2.2"], warnings: 1),
      "the parent of the ipvlan ipv0"),
    .init(
      "open-vswitch", .fails(.nothingFits, naming: ["br-ex"]),
      "it is a port of Open vSwitch (ovs-system): its bridge br-ex has the address"),
    .init(
      "software-company",
      .chosen(
        "eth0", rule: "default-route", address: "10.0.2.15/24", gateway: ["10.0.2.2"], warnings: 1),
      "wg0 is never chosen by itself, as it is a tunnel (wireguard)"),
  ]

  private static let viaBond: DetectionCase.Expected = .chosen(
    "bond0", rule: "default-route", address: "10.0.2.15/24", gateway: ["10.0.2.2"])

  /// On hardware, and on what a vhost0 stands on.
  private static let cards: [Topology] = [
    .init("vhost", behindVhost, "it is the vRouter's own host interface, over eth0"),
    .init(
      "vhost-named",
      .chosen("eth0", rule: "physical-interface", address: "10.0.2.15/24", gateway: ["10.0.2.2"]),
      "node address        10.0.2.15/24  on vhost0"),
    .init(
      "vhost-elsewhere",
      .fails(.conflict, naming: ["vhost0 stands on eth0", "PHYSICAL_INTERFACE names eth1"]),
      "take vhost0 down first"),
    .init("vhost-rival", behindVhost, "because vhost0 stands on it"),
    .init(
      "vhost-idle", .chosen("eth0", rule: "existing-vhost", address: "10.0.2.15/24", gateway: ["10.0.2.2"]),
      "node address        10.0.2.15/24  on eth0"),
    .init("vhost-alone", .fails(.notFound, naming: ["vhost0 (52:54:00:ff:00:01)"]), "no interface behind it"),
    .init(
      "vhost-vlan", .fails(.ambiguous, naming: ["eth0, eth0.7"]), "several interfaces have its MAC address"),
    .init(
      "vhost-vlan-addressed",
      .chosen("eth0.7", rule: "existing-vhost", address: "10.0.2.15/24", gateway: ["10.0.2.2"]),
      "because vhost0 stands on it"),
    .init(
      "vhost-vlan-remembered",
      .chosen("eth0.7", rule: "existing-vhost", address: "10.7.0.5/24", gateway: ["10.7.0.1"]),
      "because vhost0 stands on it"),
    .init(
      "vhost-bond", .chosen("bond0", rule: "existing-vhost", address: "10.0.2.15/24", gateway: ["10.0.2.2"]),
      "it is a port of bond0: name that instead"),
    .init(
      "selected-by-driver",
      .chosen("eth0", rule: "physical-interface", address: "10.0.2.15/24", gateway: ["10.0.2.2"]),
      "PHYSICAL_INTERFACE names it (driver:virtio_net)"),
    .init("driver-several", .fails(.ambiguous, naming: ["eth0, eth1"]), "2 interfaces fit"),
    .init(
      "driver-none", .fails(.notFound, naming: ["driver:mlx5_core"], awaits: "driver:mlx5_core"),
      "it has eth0 virtio_net, eth1 virtio_net"),
    .init("selected-by-pci", selectedEth1, "PHYSICAL_INTERFACE names it (pci:0000:"),
    .init(
      "pci-none", .fails(.notFound, naming: ["pci:0000:3b:00.0"], awaits: "pci:0000:3b:00.0"),
      "it has eth0 0000:"),
    .init(
      "selected-by-permanent-mac", selectedEth1, "PHYSICAL_INTERFACE names it (mac:52:54:00:0a:00:03)"),
    .init(
      "renamed",
      .chosen("ens4f0np0", rule: "remembered", address: "10.0.2.15/24", gateway: ["10.0.2.2"]),
      "was eth0, now ens4f0np0"),
    .init(
      "renamed-other-settings",
      .chosen("eth1", rule: "route-to-control-node", address: "10.0.3.15/24", gateway: ["10.0.3.2"]),
      "it leads to the control node 10.0.3.77"),
    .init(
      "renamed-named", .fails(.notFound, naming: ["eth0"], awaits: "eth0"),
      "what was eth0 at the last successful run is now ens4f0np0"),
  ]

  private static let behindVhost: DetectionCase.Expected = .chosen(
    "eth0", rule: "existing-vhost", address: "10.0.2.15/24", gateway: ["10.0.2.2"])

  private static let selectedEth1: DetectionCase.Expected = .chosen(
    "eth1", rule: "physical-interface", address: "10.0.3.15/24", gateway: [])
}
