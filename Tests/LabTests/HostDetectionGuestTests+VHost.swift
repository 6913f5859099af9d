/// Beside a vhost0.
extension HostDetectionGuestTests {
  static let vhosts: [HostDetectionCase] = [
    .init(
      "a vhost0 that has taken over", keep: "vhost", behindVhost,
      reasons: ["vhost0": "the vRouter's own host interface, over eth0"], takenOver),
    .init(
      "a vhost0 that has taken over; the way to the control node leads by it",
      with: ["CONTROL_NODES": "10.99.0.1"], behindVhost, takenOver),
    .init(
      "a vhost0 that has taken over; the map names its address",
      with: ["KUBERNETES_NODES_MAP": "node1=10.0.2.15"], behindVhost, takenOver),
    .init(
      "a vhost0 that has taken over; the card is named", keep: "vhost-named",
      with: ["PHYSICAL_INTERFACE": "eth0"],
      .chosen(
        "eth0", rule: "physical-interface", address: "10.0.2.15/24", gateways: ["10.0.2.2"], holder: "vhost0"),
      takenOver),
    .init(
      "a vhost0 that has taken over; another card is named", keep: "vhost-elsewhere",
      with: ["PHYSICAL_INTERFACE": "eth1"],
      .undecided("conflict", naming: ["vhost0 stands on eth0", "PHYSICAL_INTERFACE names eth1"]),
      takenOver + "take eth1\nlab-net eth1 10.0.3.15/24"),
    .init(
      "a vhost0 that has taken over; another card has a default route now", keep: "vhost-rival", behindVhost,
      takenOver + "take eth1\nlab-net eth1 10.0.3.15/24\nip route append default via 10.0.3.2 dev eth1"),
    .init(
      "a vhost0 that is there and has taken nothing over", keep: "vhost-idle",
      .chosen("eth0", rule: "existing-vhost", address: "10.0.2.15/24", gateways: ["10.0.2.2"]),
      """
      take eth0
      lab-net eth0 10.0.2.15/24 10.0.2.2
      [ -e /sys/module/vrouter ] || modprobe vrouter
      ip link add vhost0 address \(mac) type vhost
      ip link set vhost0 up
      """),
    .init(
      "a vhost0 with nobody behind it", keep: "vhost-alone",
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
      "a vhost0 over a VLAN of a card with its MAC", keep: "vhost-vlan",
      .undecided("ambiguous", naming: ["vhost0", "eth0", "eth0.7", "PHYSICAL_INTERFACE"]),
      takenOver + vlanOfCard),
    .init(
      "a vhost0 over a VLAN of a card with its MAC and an address of its own", keep: "vhost-vlan-addressed",
      .chosen(
        "eth0.7", rule: "existing-vhost", address: "10.0.2.15/24", gateways: ["10.0.2.2"], holder: "vhost0"),
      takenOver + vlanOfCard + "\nip address add 192.0.2.9/24 dev eth0"),
    .init(
      "a vhost0 over a VLAN of a card with its MAC, the VLAN named", with: ["PHYSICAL_INTERFACE": "eth0.7"],
      .chosen(
        "eth0.7", rule: "physical-interface", address: "10.0.2.15/24", gateways: ["10.0.2.2"],
        holder: "vhost0"),
      takenOver + vlanOfCard),
    .init(
      "a vhost0 over a bond, whose ports have its MAC", keep: "vhost-bond",
      .chosen(
        "bond0", rule: "existing-vhost", address: "10.0.2.15/24", gateways: ["10.0.2.2"], holder: "vhost0"),
      reasons: ["eth0": "it is a port of bond0"],
      "take eth0 eth1\n" + bonded("active-backup", "eth0", "eth1") + """
        [ -e /sys/module/vrouter ] || modprobe vrouter
        ip link add vhost0 address "$(cat /sys/class/net/bond0/address)" type vhost
        ip link set vhost0 up
        ip address flush dev bond0
        ip address add 10.0.2.15/24 dev vhost0
        ip route add default via 10.0.2.2 dev vhost0
        """),
  ]

  private static let mac = "52:54:00:0a:00:02"

  private static let behindVhost: HostDetectionCase.Expected = .chosen(
    "eth0", rule: "existing-vhost", address: "10.0.2.15/24", gateways: ["10.0.2.2"], holder: "vhost0")

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

  private static let vlanOfCard = "ip link add link eth0 name eth0.7 type vlan id 7\nip link set eth0.7 up"
}
