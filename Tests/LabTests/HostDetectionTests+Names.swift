/// By `PHYSICAL_INTERFACE`.
extension HostDetectionTests {
  static let named: [HostDetectionCase] = [
    .init(
      "the interface is named", keep: "named", with: ["PHYSICAL_INTERFACE": "eth1"],
      .chosen("eth1", rule: "physical-interface", address: "10.1.0.5/24", gateways: []),
      reasons: ["eth0": "PHYSICAL_INTERFACE names eth1"], two),
    .init(
      "by an alternative name", with: ["PHYSICAL_INTERFACE": "enp0s7"],
      .chosen("eth1", rule: "physical-interface", address: "10.1.0.5/24", gateways: []),
      two + "ip link property add dev eth1 altname enp0s7"),
    .init(
      "by an alternative name of more than 15 characters", keep: "long-alternative-name",
      with: ["PHYSICAL_INTERFACE": "enp129s0f1np1-of-the-fabric"],
      .chosen("eth1", rule: "physical-interface", address: "10.1.0.5/24", gateways: []),
      two + "ip link property add dev eth1 altname enp129s0f1np1-of-the-fabric"),
    .init(
      "an interface that isn't there", keep: "named-absent", with: ["PHYSICAL_INTERFACE": "ens5"],
      .undecided("not-found", naming: ["ens5", "eth0", "eth1", "lo"]), two),
    .init(
      "a named interface that is down", with: ["PHYSICAL_INTERFACE": "eth1"],
      .undecided("down", naming: ["eth1 is down", "ip link set dev eth1 up"]),
      two + "ip link set eth1 down"),
    .init(
      "a named interface without carrier", keep: "no-carrier", with: ["PHYSICAL_INTERFACE": "eth1"],
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
  ]

  static let selected: [HostDetectionCase] = [
    .init(
      "by its MAC address", keep: "selected-by-mac", eth1,
      two + #"export PHYSICAL_INTERFACE="mac:$(cat /sys/class/net/eth1/address)""#),
    .init(
      "by its address", keep: "selected-by-cidr", with: ["PHYSICAL_INTERFACE": "cidr:10.1.0.0/16"], eth1, two),
    .init(
      "by a pattern", keep: "selected-by-pattern", with: ["PHYSICAL_INTERFACE": "/^[a-z]{2,3}1$/"], eth1, two),
    .init(
      "several that are named, in this order", keep: "several-named",
      with: ["PHYSICAL_INTERFACE": "eth1, cidr:10.0.0.0/24"],
      .several(
        [.init("eth1", "10.1.0.5/24", []), .init("eth0", "10.0.0.5/24", ["10.0.0.1"])],
        rule: "physical-interface"), two),
    .init(
      "one that is named twice", with: ["PHYSICAL_INTERFACE": "eth1,cidr:10.1.0.0/16"],
      .undecided("conflict", naming: ["eth1 twice", "cidr:10.1.0.0/16"]), two),
    .init(
      "several that are named and differ in their MTU", with: ["PHYSICAL_INTERFACE": "eth1,eth0"],
      .undecided("unequal-mtu", naming: ["eth0 has 1500", "eth1 has 1400"]), two + "ip link set eth1 mtu 1400"
    ),
    .init(
      "a pattern that several fit", keep: "pattern-several", with: ["PHYSICAL_INTERFACE": "/^eth[01]$/"],
      .undecided("ambiguous", naming: ["/^eth[01]$/", "eth0, eth1"]), two),
    .init(
      "addresses that several have", with: ["PHYSICAL_INTERFACE": "cidr:10.0.0.0/8"],
      .undecided("ambiguous", naming: ["cidr:10.0.0.0/8", "eth0, eth1"]), two),
    .init(
      "a pattern that nothing fits", keep: "pattern-none", with: ["PHYSICAL_INTERFACE": "/^ens/"],
      .undecided("not-found", naming: ["/^ens/", "eth0", "eth1"]), two),
    .init(
      "a MAC address that nothing has", with: ["PHYSICAL_INTERFACE": "mac:02:00:00:00:00:01"],
      .undecided("not-found", naming: ["mac:02:00:00:00:00:01", "eth0 02:00:00:00:00:02"]),
      two + "ip link set eth0 address 02:00:00:00:00:02"),
    .init(
      "addresses that nothing has", with: ["PHYSICAL_INTERFACE": "cidr:192.0.2.0/24"],
      .undecided("not-found", naming: ["cidr:192.0.2.0/24", "eth0 10.0.0.5/24", "eth1 10.1.0.5/24"]), two),
    .init(
      "a driver, and no hardware", with: ["PHYSICAL_INTERFACE": "driver:mlx5_core"],
      .undecided("not-found", naming: ["driver:mlx5_core", "no interface"]), two),
    .init(
      "a place on the bus, and no hardware", with: ["PHYSICAL_INTERFACE": "pci:0000:3b:00.0"],
      .undecided("not-found", naming: ["pci:0000:3b:00.0", "no interface"]), two),
  ]

  private static let eth1: HostDetectionCase.Expected = .chosen(
    "eth1", rule: "physical-interface", address: "10.1.0.5/24", gateways: [])
}
