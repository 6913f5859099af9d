/// By what only hardware has, and by what was remembered of it.
extension HostDetectionGuestTests {
  static let cards: [HostDetectionCase] = [
    .init(
      "all in one whose name is 127.0.1.1", with: ["CONTROLLER_NODES": "node1"],
      .undecided(
        "not-found",
        naming: ["127.0.1.1", "a host name that resolves to a loopback address is a common cause"]),
      "take eth0\nlab-net eth0 10.0.2.15/24 10.0.2.2"),
    .init(
      "a name of 127.0.1.1 that no setting mentions", viaCard, "take eth0\nlab-net eth0 10.0.2.15/24 10.0.2.2"
    ),
    .init(
      "by its driver", keep: "selected-by-driver", with: ["PHYSICAL_INTERFACE": "driver:virtio_net"],
      .chosen("eth0", rule: "physical-interface", address: "10.0.2.15/24", gateways: ["10.0.2.2"]),
      """
      take eth0
      lab-net eth0 10.0.2.15/24 10.0.2.2
      ip link add dummy0 type dummy
      ip link set dummy0 up
      ip address add 10.9.0.1/24 dev dummy0
      """),
    .init(
      "a driver that several have", keep: "driver-several", with: ["PHYSICAL_INTERFACE": "driver:virtio_net"],
      .undecided("ambiguous", naming: ["driver:virtio_net", "eth0, eth1"]), two),
    .init(
      "a driver that nothing has", keep: "driver-none", with: ["PHYSICAL_INTERFACE": "driver:mlx5_core"],
      .undecided("not-found", naming: ["driver:mlx5_core", "eth0 virtio_net", "eth1 virtio_net"]), two),
    .init(
      "by its place on the bus", keep: "selected-by-pci", eth1,
      two + #"""
        export PHYSICAL_INTERFACE="pci:$(basename "$(readlink -f /sys/class/net/eth1/device/..)")"
        """#),
    .init(
      "a place on the bus where nothing is", keep: "pci-none",
      with: ["PHYSICAL_INTERFACE": "pci:0000:3b:00.0"],
      .undecided("not-found", naming: ["pci:0000:3b:00.0", "eth0 0000:", "eth1 0000:"]), two),
    .init(
      "by the MAC address that it came with", keep: "selected-by-permanent-mac",
      with: ["PHYSICAL_INTERFACE": "mac:52:54:00:0a:00:03"], eth1,
      two + """
        ip link set eth1 address 02:00:00:00:00:03
        # The next case looks for the address that it has always had.
        trap 'ip link set eth1 address 52:54:00:0a:00:03' EXIT
        """),
  ]

  /// A card that was prepared under one name has another one later, beside a card with a better default route.
  static let renames: [HostDetectionCase] = [
    .init(
      "renamed since the last run", keep: "renamed",
      .chosen("ens4f0np0", rule: "remembered", address: "10.0.2.15/24", gateways: ["10.0.2.2"]),
      saying: ["was eth0, now ens4f0np0"], renamed),
    .init(
      "renamed since the last run, and the settings are others", keep: "renamed-other-settings",
      .chosen("eth1", rule: "route-to-control-node", address: "10.0.3.15/24", gateways: ["10.0.3.2"]),
      renamed + "\nexport CONTROL_NODES=10.0.3.77"),
    .init(
      "renamed since the last run, and named by its old name", keep: "renamed-named",
      with: ["PHYSICAL_INTERFACE": "eth0"],
      .undecided("not-found", naming: ["what was eth0 at the last successful run is now ens4f0np0"]), renamed),
    .init(
      "a vhost0 over the VLAN that the last run chose, of a card with its MAC", keep: "vhost-vlan-remembered",
      .chosen(
        "eth0.7", rule: "existing-vhost", address: "10.7.0.5/24", gateways: ["10.7.0.1"], holder: "vhost0"),
      """
      fresh
      take eth0
      ip link set eth0 up
      ip link add link eth0 name eth0.7 type vlan id 7
      lab-net eth0.7 10.7.0.5/24 10.7.0.1
      ask prepare prepare
      ip address flush dev eth0.7
      ip link add vhost0 address "$(cat /sys/class/net/eth0.7/address)" type vhost
      ip link set vhost0 up
      ip address add 10.7.0.5/24 dev vhost0
      ip route add default via 10.7.0.1 dev vhost0
      """),
  ]

  private static let eth1: HostDetectionCase.Expected = .chosen(
    "eth1", rule: "physical-interface", address: "10.0.3.15/24", gateways: [])

  private static let two = """
    take eth0 eth1
    lab-net eth0 10.0.2.15/24 10.0.2.2
    lab-net eth1 10.0.3.15/24

    """

  private static let renamed = """
    fresh
    take eth0
    lab-net eth0 10.0.2.15/24 10.0.2.2
    ask prepare prepare
    ip link set eth0 down
    ip link set eth0 name ens4f0np0
    # The next case looks for it under the name that it has always had.
    trap 'ip link set ens4f0np0 down; ip link set ens4f0np0 name eth0' EXIT
    ip link set ens4f0np0 up
    operational ens4f0np0 up
    ip route add default via 10.0.2.2 dev ens4f0np0 metric 100
    take eth1
    lab-net eth1 10.0.3.15/24 10.0.3.2
    """
}
