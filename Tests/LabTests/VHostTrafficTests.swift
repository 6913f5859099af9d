import Testing

/// The stand-in carries a host's frames between vhost0 and NICs of each kind, without any agent.
@Suite(.withGuests)
struct VHostTrafficTests {
  /// A NIC, how it is made, its name, and the name of its peer.
  struct NIC: Sendable {
    let name: String
    let make: String
    let link: String
    let peer: String
  }

  static let nics = [
    NIC(name: "virtio", make: "ip link set eth1 netns peer", link: "eth0", peer: "eth1"),
    NIC(
      name: "VLAN",
      make: """
        ip link add link eth0 name eth0.7 type vlan id 7
        ip -n peer link add link eth1 name eth1.7 type vlan id 7
        """, link: "eth0.7", peer: "eth1.7"),
    NIC(name: "veth", make: "pair v0 v1", link: "v0", peer: "v1"),
    NIC(
      name: "large frames",
      make: "pair j0 j1; ip link set j0 mtu 9000; ip -n peer link set j1 mtu 9000", link: "j0", peer: "j1"),
    NIC(
      name: "bond",
      make: """
        pair b0 p0; pair b1 p1
        ip -n peer link add bridge0 type bridge
        ip link add bond0 type bond mode active-backup
        for number in 0 1; do
          ip -n peer link set p$number master bridge0
          ip link set b$number down; ip link set b$number master bond0
        done
        """, link: "bond0", peer: "bridge0"),
    NIC(
      name: "VLAN on a bond",
      make: """
        ip link add link bond0 name bond0.9 type vlan id 9
        ip -n peer link add link bridge0 name bridge0.9 type vlan id 9
        """, link: "bond0.9", peer: "bridge0.9"),
  ]

  /// Ping and TCP, IPv4 and IPv6, from each side; then the NIC has everything back.
  @Test func everyKindOfNICIsTakenOverAndGivenBack() async throws {
    let cases = Self.nics.map { nic in
      """
      bare
      \(nic.make)
      dress \(nic.peer) 2
      dress \(nic.link) 1
      echo "\(nic.name)"
      answers 1 10.9.0.2 fd09::2; echo before
      makevhost \(nic.link)
      dress vhost0 1
      vrouter-vif add-physical \(nic.link) && vrouter-vif add-host vhost0 \(nic.link)
      ip address flush dev \(nic.link)
      answers 1 10.9.0.2 fd09::2; answers 2 10.9.0.1 fd09::1; fetches
      room=$(($(cat /sys/class/net/vhost0/mtu) - 28))
      ping -c 1 -w 1 -s $room 10.9.0.2 | grep -c "bytes from"
      vrouter-vif list | awk '$5 == "\(nic.link)" || $5 == "vhost0" { if ($6 > 100 && $7 > 100) print "busy" }'
      dress \(nic.link) 1
      vrouter-vif delete \(nic.link) && vrouter-vif delete vhost0 && ip link delete vhost0
      answers 1 10.9.0.2 fd09::2; answers 2 10.9.0.1 fd09::1; echo after
      cat $parameters/standin_danger_count
      ip address flush dev \(nic.link); peer ip address flush dev \(nic.peer)
      """
    }
    let result = try await Guest(nics: [.wire, .wire], programs: [], timeout: .seconds(300)).run(
      VHostTraffic.prelude + cases.joined(separator: "\n"))
    #expect(result.errors == "")
    let expected = Self.nics.map { nic in
      """
      \(nic.name)
      3 3 before
      0
      0
      3 3 3 3 whole whole 1
      busy
      busy
      0
      0
      3 3 3 3 after
      0

      """
    }
    #expect(result.output == expected.joined())
  }

  /// A VLAN link of the NIC has its frames before the module does.
  @Test func linksOnTheNICKeepTheirFrames() async throws {
    let result = try await Guest(programs: [], timeout: .seconds(300)).run(
      VHostTraffic.twoNetworks + """
        joined
        ip link add link v0 name v0.5 type vlan id 5
        ip -n peer link add link v1 name v1.5 type vlan id 5
        dress v1.5 2; ip -n peer address delete 10.9.0.2/24 dev v1
        ip address flush dev v0; dress v0.5 1
        answers 1 10.9.0.2 fd09::2; answers 2 10.9.0.1 fd09::1; echo VLAN
        ping -c 3 -i 0.1 -w 1 -I vhost0 10.8.0.2 | grep -c 'bytes from'
        """)
    #expect(result.output == "3 3 3 3 VLAN\n3\n")
    #expect(result.errors == "")
  }

  /// What vhost0 sends leaves by the first NIC of its list; what any of them receives arrives on it, but for ARP.
  @Test func severalNICs() async throws {
    let result = try await Guest(programs: [], timeout: .seconds(300)).run(
      VHostTraffic.prelude + """
        bare
        # Nothing is said by itself: frames are counted.
        for on in '' peer; do
          $on sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6; echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6'
        done
        for number in 0 1; do
          pair n$number p$number
          ip address add 10.1.$number.1/24 dev n$number
          ip -n peer address add 10.1.$number.2/24 dev p$number
        done
        ip link add vhost0 address 00:00:5e:00:01:00 type vhost
        ip link set vhost0 up; ip address add 192.0.2.1/32 dev vhost0
        vrouter-vif add-physical n0; vrouter-vif add-physical n1
        vrouter-vif add-host vhost0 n1,n0
        frames() { vrouter-vif list | awk -v name=$1 -v field=$2 '$5 == name { print $field }'; }
        for number in 0 1; do
          peer ip route replace 192.0.2.1 via 10.1.$number.1 dev p$number
          before=$(frames vhost0 7)
          answers 2 192.0.2.1; echo "by n$number: $(($(frames vhost0 7) - before)) to vhost0"
        done
        ip -o neighbour show dev n0 | grep -c lladdr
        first=$(frames n0 7) second=$(frames n1 7)
        ping -c 3 -i 0.1 -w 1 -I vhost0 192.0.2.7 >/dev/null 2>&1
        echo $(($(frames n0 7) - first)) $(($(frames n1 7) > second))
        cat $parameters/standin_danger_count
        """)
    #expect(
      result.output == """
        0
        0
        0
        3 by n0: 3 to vhost0
        3 by n1: 3 to vhost0
        1
        0 1
        0

        """)
    #expect(result.errors == "")
  }
}
