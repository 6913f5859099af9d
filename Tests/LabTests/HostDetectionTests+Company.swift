/// Beside what containers, bridges and tunnels bring along.
extension HostDetectionTests {
  static let inCompany: [HostDetectionCase] = [
    .init(
      "bridges, tunnels and veths of containers", keep: "container-company", viaEth0,
      reasons: [
        "docker0": "bridge", "cni0": "bridge", "virbr0": "bridge",
        "cali1": "veth pair that carries no default route", "vethbr": "it is a port of docker0",
        "vxlan.calico": "tunnel (vxlan)", "flannel.1": "tunnel (vxlan)", "tap7": "tunnel",
        "eth0-near": "veth",
      ],
      """
      card eth0 10.0.0.5/24 10.0.0.1
      number=17
      for bridge in docker0 cni0 virbr0; do
        ip link add $bridge type bridge
        ip link set $bridge up
        ip address add 172.$number.0.1/16 dev $bridge
        number=$((number + 1))
      done
      wire vethbr inside
      ip link set vethbr master docker0
      wire cali1 caliin
      ip address add 10.244.0.1/32 dev cali1
      ip link add vxlan.calico type vxlan id 4096 dstport 4789 dev eth0
      ip link set vxlan.calico up
      ip address add 10.244.7.0/32 dev vxlan.calico
      ip link add flannel.1 type vxlan id 1 dstport 8472 dev eth0 nolearning
      ip link set flannel.1 up
      ip address add 10.245.7.0/32 dev flannel.1
      ip tuntap add tap7 mode tap
      ip link set tap7 up
      """),
    .init(
      "a default over a tunnel is passed over", keep: "default-over-tunnel",
      .chosen("eth0", rule: "default-route", address: "10.0.0.5/24", gateways: ["10.0.0.1"], warnings: 1),
      """
      card eth0 10.0.0.5/24 10.0.0.1 100
      ip link add vx0 type vxlan id 7 dstport 4789 dev eth0
      ip link set vx0 up
      ip address add 10.9.0.5/24 dev vx0
      ip route add default via 10.9.0.1 dev vx0 metric 10
      """),
    .init(
      "the only default leaves by a bridge", keep: "default-over-bridge",
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
      "the card is a port of the bridge that has the address", keep: "bridge-port",
      .undecided("nothing-fits", naming: ["br0", "never chosen by itself"]),
      reasons: ["eth0": "it is a port of br0", "br0": "it is a bridge"], bridged),
    .init(
      "the card is a port of a bridge, and is named", with: ["PHYSICAL_INTERFACE": "eth0"],
      .undecided("no-address", naming: ["eth0 has no usable address"]),
      reasons: ["eth0": "it is a port of br0"],
      bridged),
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
      "the parent of a macvlan", keep: "macvlan-parent",
      .undecided("nothing-fits", naming: ["eth0", "never chosen by itself"]),
      reasons: ["eth0": "parent of the macvlan mv0, which has taken its receive handler"], macvlan),
    .init(
      "the parent of a macvlan, named", keep: "macvlan-parent-named", with: ["PHYSICAL_INTERFACE": "eth0"],
      .chosen(
        "eth0", rule: "physical-interface", address: "10.0.0.5/24", gateways: ["10.0.0.1"], warnings: 1),
      saying: ["parent of the macvlan mv0"], macvlan),
    .init(
      "two interfaces with one MAC", keep: "one-mac", viaEth0, oneMAC),
    .init(
      "two interfaces with one MAC, by which one is named",
      .undecided("ambiguous", naming: ["mac:", "eth0, eth1"]),
      oneMAC + #"\#nexport PHYSICAL_INTERFACE="mac:$(cat /sys/class/net/eth0/address)""#),
  ]

  /// Which of an interface's addresses is the node's.
  static let byNodeAddress: [HostDetectionCase] = [
    .init(
      "a virtual address of keepalived beside the node's own", keep: "virtual-address", viaEth0,
      """
      card eth0
      ip address add 10.0.0.99/32 dev eth0
      ip address add 10.0.0.5/24 dev eth0
      ip route add default via 10.0.0.1 dev eth0
      """),
    .init(
      "a virtual address of keepalived that the default route prefers", viaEth0,
      """
      card eth0
      ip address add 10.0.0.99/32 dev eth0
      ip address add 10.0.0.5/24 dev eth0
      ip route add default via 10.0.0.1 dev eth0 src 10.0.0.99
      """),
    .init(
      "an address that is deprecated", keep: "deprecated-address",
      .chosen("eth0", rule: "default-route", address: "2001:db8::6/64", gateways: ["fe80::1"]),
      """
      card eth0
      ip address add 2001:db8::5/64 dev eth0 nodad preferred_lft 0
      ip address add 2001:db8::6/64 dev eth0 nodad
      ip route add default via fe80::1 dev eth0
      """),
    .init(
      "no address but a deprecated one",
      .undecided("no-address", naming: ["eth0", "deprecated"]),
      """
      card eth0
      ip address add 2001:db8::5/64 dev eth0 nodad preferred_lft 0
      ip route add default via fe80::1 dev eth0
      """),
  ]

  private static let bridged = """
    wire eth0 far
    ip link add br0 type bridge
    ip link set br0 up
    ip link set eth0 master br0
    operational br0 up
    ip address add 10.0.0.5/24 dev br0
    ip route add default via 10.0.0.1 dev br0
    """

  private static let macvlan = """
    wire eth0 far
    ip address add 10.0.0.5/24 dev eth0
    ip route add default via 10.0.0.1 dev eth0
    ip link add link eth0 name mv0 type macvlan mode bridge
    ip link set mv0 up
    """

  private static let oneMAC = """
    card eth0 10.0.0.5/24 10.0.0.1
    card eth1 10.1.0.5/24
    ip link set eth1 address "$(cat /sys/class/net/eth0/address)"
    """
}
