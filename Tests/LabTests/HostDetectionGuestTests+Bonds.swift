/// Bonds and teams.
extension HostDetectionGuestTests {
  static let bonds: [HostDetectionCase] = [
    .init(
      "a bond", keep: "bond", viaBond,
      reasons: ["eth0": "it is a port of bond0: name that instead", "eth1": "it is a port of bond0"],
      "take eth0 eth1\n" + bonded("active-backup", "eth0", "eth1")),
    .init(
      "a bond all of whose ports are down", keep: "bond-without-port", with: ["PHYSICAL_INTERFACE": "bond0"],
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
      "take eth0\n" + bonded("active-backup", "eth0")),
    .init(
      "a bond of 802.3ad whose partner answers", keep: "bond-lacp", viaBond,
      reasons: ["eth0": "it is a port of bond0", "eth1": "it is a port of bond0"],
      lacp + "answer\nnegotiated"),
    .init(
      "a bond of 802.3ad whose partner has no LACP", keep: "bond-lacp-alone",
      .undecided("down", naming: ["bond0", "LACP"]), reasons: ["eth0": "it is a port of bond0"], lacp),
    .init(
      "a bond of 802.3ad whose partner is late",
      viaBond,
      lacp + """
        meanwhile() { answer; }
        outlast late detect --wait --brief
        [ "$(cat "$OUT/$CASE.late.code")" = 0 ]
        grep -q LACP "$OUT/$CASE.late.err"
        """),
    .init(
      "a team", keep: "team",
      .chosen("team0", rule: "default-route", address: "10.0.2.15/24", gateways: ["10.0.2.2"]),
      reasons: ["eth0": "it is a port of team0: name that instead"], team),
    .init(
      "a port of a team that is named", with: ["PHYSICAL_INTERFACE": "eth0"],
      .undecided("no-address", naming: ["eth0 has no usable address"]), team),
  ]

  static let viaBond: HostDetectionCase.Expected = .chosen(
    "bond0", rule: "default-route", address: "10.0.2.15/24", gateways: ["10.0.2.2"])

  /// bond0 with its ports, an address and the default route.
  static func bonded(_ mode: String, _ ports: String...) -> String {
    """
    ip link add bond0 type bond mode \(mode) miimon 100
    for port in \(ports.joined(separator: " ")); do
      ip link set $port down
      ip link set $port master bond0
    done
    ip link set bond0 up
    operational bond0 up
    ip address add 10.0.2.15/24 dev bond0
    ip route add default via 10.0.2.2 dev bond0

    """
  }

  /// A bond of 802.3ad on wires to another host; `answer` makes a bond of the other ends, `negotiated` waits for what
  /// comes of it.
  private static let lacp =
    """
    partner
    for number in 0 1; do
      ip link add eth$number type veth peer name port$number netns "$PARTNER"
      there ip link set port$number up
    done
    answer() {
      there ip link add bond0 type bond mode 802.3ad miimon 100 lacp_rate fast
      for number in 0 1; do
        there ip link set port$number down
        there ip link set port$number master bond0
      done
      there ip link set bond0 up
    }
    negotiated() {
      until ip -details link show bond0 | grep -q 'ad_num_ports 2'; do sleep 0.05; done
      until [ "$(ip -details link show master bond0 | grep -c 'in_sync,collecting,distributing> ad_partner')" = 2 ]; do
        sleep 0.05
      done
    }

    """ + bonded("802.3ad lacp_rate fast", "eth0", "eth1")

  private static let team = """
    take eth0
    ip link add team0 type team
    ip link set eth0 down
    ip link set eth0 master team0
    ip link set team0 up
    ip link set eth0 up
    operational team0 up
    ip address add 10.0.2.15/24 dev team0
    ip route add default via 10.0.2.2 dev team0
    """
}
