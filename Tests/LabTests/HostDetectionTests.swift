import Testing

/// `detect` on links that the development machines' kernel can make: each host in a network namespace of its own.
@Suite(.timeLimit(.minutes(5)))
struct HostDetectionTests {
  /// Two cards with an address each; the default route leaves by the first.
  private static let two = """
    card eth0 10.0.0.5/24 10.0.0.1 100
    card eth1 10.1.0.5/24

    """

  private static let viaEth0: HostDetectionCase.Expected = .chosen(
    "eth0", rule: "default-route", address: "10.0.0.5/24", gateways: ["10.0.0.1"])

  static let cases: [HostDetectionCase] = [
    .init("one card", viaEth0, "card eth0 10.0.0.5/24 10.0.0.1"),
    .init(
      "a node that is a container: the uplink is a veth", viaEth0,
      """
      wire eth0 far
      ip address add 10.0.0.5/24 dev eth0
      ip route add default via 10.0.0.1 dev eth0
      """),
    .init(
      "IPv6 only",
      .chosen("eth0", rule: "default-route", address: "2001:db8::5/64", gateways: ["fe80::1"]),
      """
      card eth0
      ip address add 2001:db8::5/64 dev eth0 nodad
      ip route add default via fe80::1 dev eth0
      """),

    // By name.
    .init(
      "the interface is named", with: ["PHYSICAL_INTERFACE": "eth1"],
      .chosen("eth1", rule: "physical-interface", address: "10.1.0.5/24", gateways: []),
      reasons: ["eth0": "PHYSICAL_INTERFACE names eth1"], two),
    .init(
      "by an alternative name", with: ["PHYSICAL_INTERFACE": "enp0s7"],
      .chosen("eth1", rule: "physical-interface", address: "10.1.0.5/24", gateways: []),
      two + "ip link property add dev eth1 altname enp0s7"),
    .init(
      "an interface that isn't there", with: ["PHYSICAL_INTERFACE": "ens5"],
      .undecided("not-found", naming: ["ens5", "eth0", "eth1", "lo"]), two),
    .init(
      "a named interface that is down", with: ["PHYSICAL_INTERFACE": "eth1"],
      .undecided("down", naming: ["eth1 is down", "ip link set dev eth1 up"]),
      two + "ip link set eth1 down"),
    .init(
      "a named interface without carrier", with: ["PHYSICAL_INTERFACE": "eth1"],
      .undecided("down", naming: ["eth1 is up but has no carrier"]), reasons: ["eth1": "no carrier"],
      two + "ip link set eth1-far down\noperational eth1 lowerlayerdown"),
    .init(
      "a named interface without address", with: ["PHYSICAL_INTERFACE": "eth1"],
      .undecided("no-address", naming: ["eth1 has no usable address", "DHCP"]),
      reasons: ["eth1": "no usable address"],
      "card eth0 10.0.0.5/24 10.0.0.1\ncard eth1"),
    .init(
      "a named interface with a link-local address only", with: ["PHYSICAL_INTERFACE": "eth1"],
      .undecided("no-address", naming: ["169.254.7.7/16"]),
      "card eth0 10.0.0.5/24 10.0.0.1\ncard eth1\nip address add 169.254.7.7/16 dev eth1 scope link"),
    .init(
      "a bridge that is named", with: ["PHYSICAL_INTERFACE": "br0"],
      .chosen("br0", rule: "physical-interface", address: "10.0.0.5/24", gateways: ["10.0.0.1"], warnings: 1),
      reasons: ["eth0": "it is a port of br0"],
      """
      wire eth0 far
      ip link add br0 type bridge
      ip link set br0 up
      ip link set eth0 master br0
      ip address add 10.0.0.5/24 dev br0
      ip route add default via 10.0.0.1 dev br0
      """),

    // By the map of nodes.
    .init(
      "the owner of this node's address in the map",
      with: ["KUBERNETES_NODES_MAP": #"{"node7": "10.1.0.5", "node8": "10.1.0.6"}"#, "NODE_NAME": "node7"],
      .chosen("eth1", rule: "kubernetes-nodes-map", address: "10.1.0.5/24", gateways: []),
      reasons: ["eth0": "it does not own 10.1.0.5"], two),
    .init(
      "a map without this node", with: ["KUBERNETES_NODES_MAP": "node8=10.1.0.6", "NODE_NAME": "node7"],
      .chosen("eth0", rule: "default-route", address: "10.0.0.5/24", gateways: ["10.0.0.1"], warnings: 1), two
    ),
    .init(
      "a map whose address nobody has",
      with: ["KUBERNETES_NODES_MAP": "node7=10.9.0.5", "NODE_NAME": "node7"],
      .undecided("not-found", naming: ["node7", "10.9.0.5", "no interface"]), two),

    // By the gateway.
    .init(
      "towards the gateway", with: ["VROUTER_GATEWAY": "10.1.0.1"],
      .chosen("eth1", rule: "route-to-gateway", address: "10.1.0.5/24", gateways: ["10.1.0.1"]),
      reasons: ["eth0": "VROUTER_GATEWAY 10.1.0.1 is not reached by it"], two),
    .init(
      "a gateway without a way to it", with: ["VROUTER_GATEWAY": "192.0.2.1"],
      .undecided("not-found", naming: ["VROUTER_GATEWAY 192.0.2.1"]), "card eth0 10.0.0.5/24"),
    .init(
      "a gateway that the routes declare unreachable", with: ["VROUTER_GATEWAY": "192.0.2.1"],
      .undecided("not-found", naming: ["VROUTER_GATEWAY 192.0.2.1"]),
      two + "ip route add unreachable 192.0.2.0/24"),

    // By the control node.
    .init(
      "towards the control node", with: ["CONTROL_NODES": "10.1.0.77,10.1.0.78"],
      .chosen("eth1", rule: "route-to-control-node", address: "10.1.0.5/24", gateways: []),
      reasons: ["eth0": "the control node 10.1.0.77 is not reached by it"], two),
    .init(
      "a control node by way of the chain of defaults", with: ["CONTROLLER_NODES": "10.1.0.77"],
      .chosen("eth1", rule: "route-to-control-node", address: "10.1.0.5/24", gateways: []), two),
    .init(
      "all in one: the control node is this node", with: ["CONTROL_NODES": "10.1.0.5"],
      .chosen("eth1", rule: "route-to-control-node", address: "10.1.0.5/24", gateways: []), two),
    .init(
      "all in one, by name", with: ["CONTROL_NODES": "allinone.test"],
      .chosen("eth1", rule: "route-to-control-node", address: "10.1.0.5/24", gateways: []),
      two + "hosts 10.1.0.5 allinone.test"),
    .init(
      "all in one, and the name is a loopback address", with: ["CONTROL_NODES": "allinone.test"],
      .undecided("not-found", naming: ["127.0.1.1", "loopback", "PHYSICAL_INTERFACE"]),
      two + "hosts 127.0.1.1 allinone.test"),
    .init(
      "a control node whose name nobody knows", with: ["CONTROL_NODES": "nowhere.invalid"],
      .undecided("not-found", naming: ["nowhere.invalid", "could not be resolved"]),
      two + "hosts 10.1.0.5 allinone.test"),
    .init(
      "control nodes by different interfaces", with: ["CONTROL_NODES": "10.1.0.77,10.0.0.77"],
      .undecided("ambiguous", naming: ["10.1.0.77", "eth1", "10.0.0.77", "eth0"]), two),

    // By the default route.
    .init(
      "two defaults of one metric", .undecided("ambiguous", naming: ["eth0 and eth1", "metric (100)"]),
      "card eth0 10.0.0.5/24 10.0.0.1 100\ncard eth1 10.1.0.5/24 10.1.0.1 100"),
    .init(
      "two defaults, the lower metric wins",
      .chosen("eth1", rule: "default-route", address: "10.1.0.5/24", gateways: ["10.1.0.1"]),
      reasons: ["eth0": "metric 100, not the lowest"],
      "card eth0 10.0.0.5/24 10.0.0.1 100\ncard eth1 10.1.0.5/24 10.1.0.1 50"),
    .init(
      "a default with several next hops", .undecided("ambiguous", naming: ["eth0 and eth1"]),
      """
      card eth0 10.0.0.5/24
      card eth1 10.1.0.5/24
      ip route add default nexthop via 10.0.0.1 dev eth0 nexthop via 10.1.0.1 dev eth1
      """),
    .init(
      "a default over a group of next-hop objects", .undecided("ambiguous", naming: ["eth0 and eth1"]),
      """
      card eth0 10.0.0.5/24
      card eth1 10.1.0.5/24
      ip nexthop add id 1 via 10.0.0.1 dev eth0
      ip nexthop add id 2 via 10.1.0.1 dev eth1
      ip nexthop add id 3 group 1/2
      ip route add default nhid 3
      """),
    .init(
      "several gateways of one interface",
      .chosen("eth0", rule: "default-route", address: "10.0.0.5/24", gateways: ["10.0.0.1", "10.0.0.2"]),
      """
      card eth0 10.0.0.5/24
      ip route add default nexthop via 10.0.0.1 dev eth0 nexthop via 10.0.0.2 dev eth0
      """),
    .init(
      "several ways to the gateway", with: ["VROUTER_GATEWAY": "192.0.2.1"],
      .undecided("ambiguous", naming: ["VROUTER_GATEWAY 192.0.2.1", "eth0 and eth1"]),
      """
      card eth0 10.0.0.5/24
      card eth1 10.1.0.5/24
      ip route add 192.0.2.0/24 nexthop via 10.0.0.1 dev eth0 nexthop via 10.1.0.1 dev eth1
      """),
    .init(
      "no default route",
      .undecided("nothing-fits", naming: ["no default route", "PHYSICAL_INTERFACE", "VROUTER_GATEWAY"]),
      "card eth0 10.0.0.5/24"),
    .init(
      "a default route without a gateway",
      .undecided("no-gateway", naming: ["eth0 has no gateway", "VROUTER_GATEWAY"]),
      "card eth0 10.0.0.5/24\nip route add default dev eth0"),
    .init("nothing but the loopback", .undecided("nothing-fits", naming: ["no default route"]), ":"),

    // Beside what containers and tunnels bring along.
    .init(
      "bridges, tunnels and veths of containers", viaEth0,
      reasons: [
        "docker0": "bridge", "cali1": "veth pair that carries no default route",
        "vethbr": "it is a port of docker0",
        "vxlan.calico": "tunnel (vxlan)", "tap7": "tunnel", "eth0-near": "veth",
      ],
      """
      card eth0 10.0.0.5/24 10.0.0.1
      ip link add docker0 type bridge
      ip link set docker0 up
      ip address add 172.17.0.1/16 dev docker0
      wire vethbr inside
      ip link set vethbr master docker0
      wire cali1 caliin
      ip address add 10.244.0.1/32 dev cali1
      ip link add vxlan.calico type vxlan id 4096 dstport 4789 dev eth0
      ip link set vxlan.calico up
      ip address add 10.244.7.0/32 dev vxlan.calico
      ip tuntap add tap7 mode tap
      ip link set tap7 up
      """),
    .init(
      "a default over a tunnel is passed over", viaEth0,
      """
      card eth0 10.0.0.5/24 10.0.0.1 100
      ip link add vx0 type vxlan id 7 dstport 4789 dev eth0
      ip link set vx0 up
      ip address add 10.9.0.5/24 dev vx0
      ip route add default via 10.9.0.1 dev vx0 metric 10
      """),
    .init(
      "the only default leaves by a bridge",
      .undecided("nothing-fits", naming: ["but by docker0, never chosen by itself"]),
      """
      card eth0 10.0.0.5/24
      wire vethbr inside
      ip link add docker0 type bridge
      ip link set docker0 up
      ip link set vethbr master docker0
      ip address add 172.17.0.1/16 dev docker0
      ip route add default via 172.17.0.2 dev docker0
      """),
    .init(
      "the gateway lies behind a bridge", with: ["VROUTER_GATEWAY": "172.17.0.2"],
      .undecided("ineligible", naming: ["VROUTER_GATEWAY 172.17.0.2", "docker0", "bridge"]),
      """
      card eth0 10.0.0.5/24 10.0.0.1
      wire vethbr inside
      ip link add docker0 type bridge
      ip link set docker0 up
      ip link set vethbr master docker0
      ip address add 172.17.0.1/16 dev docker0
      """),
    .init(
      "a virtual address of keepalived beside the node's own", viaEth0,
      """
      card eth0
      ip address add 10.0.0.99/32 dev eth0
      ip address add 10.0.0.5/24 dev eth0
      ip route add default via 10.0.0.1 dev eth0
      """),
    .init(
      "two interfaces with one MAC", viaEth0,
      """
      card eth0 10.0.0.5/24 10.0.0.1
      card eth1 10.1.0.5/24
      ip link set eth1 address $(cat /sys/class/net/eth0/address)
      """),
  ]

  @Test(arguments: cases) func decides(on host: HostDetectionCase) async throws {
    try host.check(try await host.host.runInNamespace())
  }
}
