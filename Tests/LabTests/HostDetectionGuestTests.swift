import Testing

/// `detect` on links that take a kernel with modules: bonds, VLANs, VRFs, a vhost0. The cards are the guest's own.
@Suite(.timeLimit(.minutes(10)))
struct HostDetectionGuestTests {
  private static let mac = "52:54:00:0a:00:02"

  /// vhost0 has taken over eth0's address and routes, as the vRouter leaves it.
  private static let takenOver = """
    take eth0
    ip link set eth0 up
    [ -e /sys/module/vrouter ] || modprobe vrouter
    ip link add vhost0 address \(mac) type vhost
    ip link set vhost0 up
    ip address add 10.0.2.15/24 dev vhost0
    ip route add default via 10.0.2.2 dev vhost0

    """

  static let cases: [HostDetectionCase] = [
    .init(
      "a bond",
      .chosen("bond0", rule: "default-route", address: "10.0.2.15/24", gateways: ["10.0.2.2"]),
      reasons: ["eth0": "it is a port of bond0: name that instead", "eth1": "it is a port of bond0"],
      """
      take eth0 eth1
      ip link add bond0 type bond mode active-backup miimon 100
      ip link set eth0 master bond0
      ip link set eth1 master bond0
      ip link set bond0 up
      operational bond0 up
      ip address add 10.0.2.15/24 dev bond0
      ip route add default via 10.0.2.2 dev bond0
      """),
    .init(
      "a bond all of whose ports are down", with: ["PHYSICAL_INTERFACE": "bond0"],
      .undecided("down", naming: ["bond0 is up but has no carrier", "ports of a bond"]),
      """
      take eth0
      ip link add bond0 type bond mode active-backup
      ip link set bond0 up
      operational bond0 down
      ip address add 10.0.2.15/24 dev bond0
      """),
    .init(
      "a port of a bond that is named", with: ["PHYSICAL_INTERFACE": "eth0"],
      .undecided("no-address", naming: ["eth0 has no usable address"]),
      """
      take eth0
      ip link add bond0 type bond mode active-backup miimon 100
      ip link set eth0 master bond0
      ip link set bond0 up
      operational bond0 up
      ip address add 10.0.2.15/24 dev bond0
      """),
    .init(
      "a VLAN",
      .chosen("eth0.7", rule: "default-route", address: "10.7.0.5/24", gateways: ["10.7.0.1"]),
      reasons: ["eth0": "no default route leaves by it"],
      """
      take eth0
      ip link set eth0 up
      ip link add link eth0 name eth0.7 type vlan id 7
      ip link set eth0.7 up
      ip address add 10.7.0.5/24 dev eth0.7
      ip route add default via 10.7.0.1 dev eth0.7
      """),
    .init(
      "a VLAN on a bond, towards the control node", with: ["CONTROL_NODES": "10.7.0.77"],
      .chosen("bond0.7", rule: "route-to-control-node", address: "10.7.0.5/24", gateways: ["10.7.0.1"]),
      reasons: [
        "bond0": "the control node 10.7.0.77 is not reached by it", "eth0": "it is a port of bond0",
        "eth1": "it is a port of bond0",
      ],
      """
      take eth0 eth1
      ip link add bond0 type bond mode active-backup miimon 100
      ip link set eth0 master bond0
      ip link set eth1 master bond0
      ip link set bond0 up
      ip link add link bond0 name bond0.7 type vlan id 7
      ip link set bond0.7 up
      operational bond0.7 up
      ip address add 10.7.0.5/24 dev bond0.7
      ip route add default via 10.7.0.1 dev bond0.7
      """),
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
      "a multipath default over two VLANs", .undecided("ambiguous", naming: ["eth0.7 and eth0.8"]),
      """
      take eth0
      ip link set eth0 up
      for id in 7 8; do
        ip link add link eth0 name eth0.$id type vlan id $id
        ip link set eth0.$id up
        ip address add 10.$id.0.5/24 dev eth0.$id
      done
      ip route add default nexthop via 10.7.0.1 dev eth0.7 nexthop via 10.8.0.1 dev eth0.8
      """),
    .init(
      "tunnels, VRFs and dummies beside a card",
      .chosen("eth0", rule: "default-route", address: "10.0.2.15/24", gateways: ["10.0.2.2"]),
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
    .init(
      "all in one whose name is 127.0.1.1", with: ["CONTROLLER_NODES": "node1"],
      .undecided(
        "not-found",
        naming: ["127.0.1.1", "a host name that resolves to a loopback address is a common cause"]),
      "take eth0\nlab-net eth0 10.0.2.15/24 10.0.2.2"),
    .init(
      "a name of 127.0.1.1 that no setting mentions",
      .chosen("eth0", rule: "default-route", address: "10.0.2.15/24", gateways: ["10.0.2.2"]),
      "take eth0\nlab-net eth0 10.0.2.15/24 10.0.2.2"),
    .init(
      "a vhost0 that has taken over",
      .chosen(
        "eth0", rule: "existing-vhost", address: "10.0.2.15/24", gateways: ["10.0.2.2"], holder: "vhost0"),
      reasons: ["vhost0": "the vRouter's own host interface, over eth0"], takenOver),
    .init(
      "a vhost0 that has taken over; the way to the control node leads by it",
      with: ["CONTROL_NODES": "10.99.0.1"],
      .chosen(
        "eth0", rule: "existing-vhost", address: "10.0.2.15/24", gateways: ["10.0.2.2"],
        holder: "vhost0"),
      takenOver),
    .init(
      "a vhost0 that has taken over; the map names its address",
      with: ["KUBERNETES_NODES_MAP": "node1=10.0.2.15"],
      .chosen(
        "eth0", rule: "existing-vhost", address: "10.0.2.15/24", gateways: ["10.0.2.2"],
        holder: "vhost0"),
      takenOver),
    .init(
      "a vhost0 that has taken over; the card is named", with: ["PHYSICAL_INTERFACE": "eth0"],
      .chosen(
        "eth0", rule: "physical-interface", address: "10.0.2.15/24", gateways: ["10.0.2.2"], holder: "vhost0"),
      takenOver),
    .init(
      "a vhost0 that is there and has taken nothing over",
      .chosen("eth0", rule: "existing-vhost", address: "10.0.2.15/24", gateways: ["10.0.2.2"]),
      """
      take eth0
      lab-net eth0 10.0.2.15/24 10.0.2.2
      [ -e /sys/module/vrouter ] || modprobe vrouter
      ip link add vhost0 address \(mac) type vhost
      ip link set vhost0 up
      """),
    .init(
      "a vhost0 with nobody behind it",
      .undecided(
        "not-found", naming: ["vhost0 (52:54:00:ff:00:01)", "no interface behind it", "PHYSICAL_INTERFACE"]),
      """
      take eth0
      ip link set eth0 up
      [ -e /sys/module/vrouter ] || modprobe vrouter
      ip link add vhost0 address 52:54:00:ff:00:01 type vhost
      ip link set vhost0 up
      ip address add 10.0.2.15/24 dev vhost0
      ip route add default via 10.0.2.2 dev vhost0
      """),
    .init(
      "a vhost0 over a VLAN of a card with its MAC",
      .undecided("ambiguous", naming: ["vhost0", "eth0", "eth0.7", "PHYSICAL_INTERFACE"]),
      takenOver + "ip link add link eth0 name eth0.7 type vlan id 7\nip link set eth0.7 up"),
    .init(
      "a vhost0 over a VLAN of a card with its MAC, the VLAN named", with: ["PHYSICAL_INTERFACE": "eth0.7"],
      .chosen(
        "eth0.7", rule: "physical-interface", address: "10.0.2.15/24", gateways: ["10.0.2.2"],
        holder: "vhost0"),
      takenOver + "ip link add link eth0 name eth0.7 type vlan id 7\nip link set eth0.7 up"),
  ]

  private static let run = HostGuestRun(
    cases.map(\.host), in: Guest(nics: [.peer, .peer], timeout: .seconds(500)))

  @Test(arguments: cases) func decides(on host: HostDetectionCase) async throws {
    try host.check(try await Self.run.answers(host.host))
  }
}
