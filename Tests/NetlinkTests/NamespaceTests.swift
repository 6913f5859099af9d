import Glibc
import Netlink
import TestSupport
import Testing

/// The real kernel, in network namespaces of their own.
@Suite("Network namespaces")
struct NamespaceTests {
  /// A bridge with a veth port, a macvlan, a vxlan, a tap and a veth pair with one end in another namespace.
  static let topology = """
    echo 0 | tee /proc/sys/net/ipv6/conf/all/accept_dad >/proc/sys/net/ipv6/conf/default/accept_dad
    ip link set lo up
    ip link add br0 address 02:00:00:00:00:0b type bridge
    ip link add v0 address 02:00:00:00:00:a0 type veth peer name v1 address 02:00:00:00:00:a1
    ip link property add dev v0 altname an-uplink-with-a-long-name
    ip link property add dev v0 altname short
    ip link set v0 master br0
    ip link add mv0 link v1 mtu 1400 type macvlan mode bridge
    ip link add vx0 type vxlan id 42 dstport 4789 local 10.1.0.1 dev v1
    ip tuntap add tap0 mode tap
    ip link set br0 up
    ip link set v0 up
    ip link set v1 up
    ip link set mv0 up
    ip address add 10.1.2.3/24 broadcast + dev mv0 label mv0:one
    ip address add 10.9.0.1 peer 10.9.0.2/32 dev mv0
    ip address add 192.0.2.7/32 dev br0 scope link
    ip -6 address add 2001:db8::7/64 dev mv0 nodad
    ip -6 address add 2001:db8:1::1 peer 2001:db8:1::2/128 dev mv0 nodad noprefixroute
    ip -6 address add 2001:db8:2::1/64 dev br0 nodad valid_lft 7200 preferred_lft 0
    # Carriers come up a moment later.
    for link in br0 v0 v1 mv0; do until ip link show dev $link | grep -q 'state UP'; do :; done; done
    # So do the routes to IPv6 addresses, which a worker of the kernel adds.
    for address in 2001:db8::7 2001:db8:1::1 2001:db8:2::1; do
      until ip -6 route show table local | grep -q "^local $address "; do :; done
    done
    """

  @Test("Links are what iproute2 says")
  func links() throws {
    let (links, expected) = try inNetworkNamespace {
      try shell(Self.topology)
      var netlink = try RouteNetlink()
      return (try netlink.links(), try IPRoute.links())
    }
    #expect(links.map(\.index) == expected.map(\.ifindex))
    #expect(expected.count >= 7)
    let names = Dictionary(uniqueKeysWithValues: links.map { ($0.index, $0.name) })
    for (link, expected) in zip(links, expected) {
      #expect(link.name == expected.ifname)
      #expect(link.mtu == expected.mtu, "\(link.name)")
      #expect(link.operationalState.description == expected.operstate, "\(link.name)")
      #expect(link.isUp == expected.flags.contains("UP"), "\(link.name)")
      #expect(link.isLowerUp == expected.flags.contains("LOWER_UP"), "\(link.name)")
      #expect(link.isLoopback == expected.flags.contains("LOOPBACK"), "\(link.name)")
      #expect(link.kind == expected.linkinfo?.infoKind, "\(link.name)")
      #expect(link.portKind == expected.linkinfo?.infoSlaveKind, "\(link.name)")
      #expect(link.masterIndex.flatMap { names[$0] } == expected.master, "\(link.name)")
      #expect(link.alternativeNames == expected.altnames ?? [], "\(link.name)")
      #expect(link.permanentMACAddress?.description == expected.permaddr, "\(link.name)")
      #expect(link.lowerIndex.flatMap { names[$0] } == expected.link, "\(link.name)")
      if link.hardwareType == .ethernet {
        #expect(link.macAddress?.description == expected.address, "\(link.name)")
      }
    }
  }

  @Test("One link by name, by alternative name, by index; others don't exist")
  func oneLink() throws {
    let (list, found, byIndex, missing) = try inNetworkNamespace {
      try shell(Self.topology)
      var netlink = try RouteNetlink()
      let long = String(repeating: "x", count: 127)
      let strange = ["", "v", "v00", "nosuch", "no-such-name-that-is-long", long, long + "x", "v0\0"]
      let missing =
        try strange.map { try netlink.link(named: $0) }
        + [0, -1, 4711, Int(Int32.max), .max, .min].map { try netlink.link(index: $0) }
      let found = try ["v0", "short", "an-uplink-with-a-long-name"].map { try netlink.link(named: $0) }
      let list = try netlink.links()
      return (list, found, try list.map { try netlink.link(index: $0.index) }, missing)
    }
    let v0 = try #require(list.first { $0.name == "v0" })
    #expect(found == [v0, v0, v0])
    #expect(byIndex == list)
    #expect(missing.allSatisfy { $0 == nil })
  }

  @Test("What only some kinds of links have is what they were made with")
  func details() throws {
    let links = try inNetworkNamespace { () -> [Link] in
      try shell(Self.topology)
      try shell(
        """
        ip link set br0 type bridge stp_state 1 forward_delay 400
        ip link set v0 type bridge_slave priority 3 cost 77 hairpin on isolated on
        ip link set vx0 type vxlan local 10.1.0.9
        """)
      var netlink = try RouteNetlink()
      let links = try netlink.links()
      let missing = try netlink.virtualFunctions(linkIndex: 4711)
      let none = try netlink.virtualFunctions(linkIndex: links.first { $0.name == "v0" }?.index ?? 0)
      guard missing == nil, none == [] else { return [] }
      return links
    }
    let byName = Dictionary(links.map { ($0.name, $0) }) { first, _ in first }
    guard case .bridge(let bridge) = byName["br0"]?.details,
      case .bridge(let port) = byName["v0"]?.portDetails,
      case .macvlan(let macvlan) = byName["mv0"]?.details,
      case .vxlan(let vxlan) = byName["vx0"]?.details
    else {
      Issue.record("details are missing: \(links)")
      return
    }
    #expect(bridge.usesSpanningTree && bridge.forwardDelay == 400)
    #expect(port.priority == 3 && port.cost == 77 && port.isHairpin && port.isIsolated)
    #expect(macvlan.mode == .bridge)
    #expect(vxlan.id == 42 && vxlan.port == 4789 && vxlan.local == .v4(IPv4Address(10, 1, 0, 9)))
    #expect(vxlan.lowerIndex == byName["v1"]?.index && vxlan.remote == nil && !vxlan.isExternal)
    #expect(byName["v1"]?.details == nil && byName["lo"]?.details == nil)
  }

  @Test("A veth whose other end is in another namespace")
  func otherNamespace() throws {
    let (link, far) = try inNetworkNamespace {
      let output = try shell(
        """
        pid=$(unshare -n sh -c 'sleep 60 >/dev/null 2>&1 & echo $!')
        echo $pid
        ip link add near type veth peer name far
        ip link set far netns $pid
        nsenter -t $pid -n ip -o link show far
        """)
      let lines = output.split(separator: "\n")
      // Both ends go with the other namespace, which goes with its process.
      defer { if let pid = lines.first.flatMap({ pid_t($0) }) { kill(pid, SIGKILL) } }
      var netlink = try RouteNetlink()
      return (try netlink.link(named: "near"), lines.last?.split(separator: ":").first.flatMap { Int($0) })
    }
    let near = try #require(link)
    #expect(near.lowerIndex == far && far != nil && near.lowerNamespaceID == 0)
  }

  @Test("Addresses are what iproute2 says")
  func addresses() throws {
    let (addresses, expected) = try inNetworkNamespace {
      try shell(Self.topology)
      var netlink = try RouteNetlink()
      return (try netlink.addresses(), try IPRoute.addresses())
    }
    var seen = 0
    for link in expected {
      let own = addresses.filter { $0.linkIndex == link.ifindex }
      #expect(own.count == link.addrInfo.count)
      for (address, expected) in zip(own, link.addrInfo) {
        seen += 1
        #expect(address.prefix.description == "\(expected.local)/\(expected.prefixlen)")
        #expect((address.family == .ipv4) == (expected.family == "inet"))
        #expect(address.peer?.description == expected.address)
        #expect(address.broadcast?.description == expected.broadcast)
        #expect(address.label == expected.label)
        #expect(address.scope.description == expected.scope)
        #expect(address.flags.contains(.tentative) == (expected.tentative ?? false))
        #expect(address.flags.contains(.deprecated) == (expected.deprecated ?? false))
        // A second may pass between the two readings.
        for (own, other) in [
          (address.validLifetime, expected.validLifeTime),
          (address.preferredLifetime, expected.preferredLifeTime),
        ] {
          #expect(other == .max ? own == nil : (own ?? 0) >= other && (own ?? 0) <= other + 2)
        }
      }
    }
    #expect(seen == addresses.count && seen >= 8)
  }

  @Test("Addresses of one family, of one interface, of none")
  func addressFilters() throws {
    let (all, v4, ofLink, v6OfLink, ofNone) = try inNetworkNamespace {
      try shell(Self.topology)
      var netlink = try RouteNetlink()
      let index = try netlink.link(named: "mv0")?.index
      return (
        try netlink.addresses(), try netlink.addresses(family: .ipv4),
        try netlink.addresses(linkIndex: index),
        try netlink.addresses(family: .ipv6, linkIndex: index), try netlink.addresses(linkIndex: 4711)
      )
    }
    let index = try #require(ofLink.first?.linkIndex)
    #expect(v4 == all.filter { $0.family == .ipv4 } && !v4.isEmpty)
    #expect(Set(ofLink) == Set(all.filter { $0.linkIndex == index }) && ofLink.count >= 4)
    #expect(v6OfLink == ofLink.filter { $0.family == .ipv6 } && v6OfLink.count >= 2)
    #expect(ofNone.isEmpty)
  }

  @Test("A thousand veths are listed fully, also twice from two sockets at once")
  func manyLinks() throws {
    let (first, second, onlyEven) = try inNetworkNamespace {
      try shell(
        """
        i=0; while [ $i -lt 500 ]; do echo link add a$i type veth peer name b$i; i=$((i+1)); done | ip -batch -
        """)
      var one = try RouteNetlink()
      var two = try RouteNetlink()
      let first = try one.links()
      let second = try two.links()
      try shell(
        "i=0; while [ $i -lt 500 ]; do echo link del a$i; i=$((i+2)); done | ip -batch -")
      return (first, second, try one.links())
    }
    let names = Set((0..<500).flatMap { ["a\($0)", "b\($0)"] })
    #expect(Set(first.map(\.name)).isSuperset(of: names))
    #expect(Set(first.map(\.index)).count == first.count)
    #expect(first == second)
    #expect(first.count - onlyEven.count == 500)
    for link in first where names.contains(link.name) {
      let peer = first.first { $0.index == link.lowerIndex }
      #expect(peer?.name.dropFirst() == link.name.dropFirst() && peer?.name != link.name)
    }
  }

  @Test("Dumps that churn interrupts are made again and are whole", .timeLimit(.minutes(2)))
  func churn() throws {
    let (wrong, whole, repeated, errors) = try inNetworkNamespace {
      let pid = try shell(
        """
        i=0; while [ $i -lt 60 ]; do echo link add s$i type veth peer name t$i; i=$((i+1)); done | ip -batch -
        setsid sh -c 'while :; do echo link add c type veth peer name d; echo link del c; done | ip -batch -' \
          >/dev/null 2>&1 &
        echo $!
        """)
      defer { if let pid = pid_t(pid.dropLast()) { kill(-pid, SIGKILL) } }
      let steady = Set((0..<60).flatMap { ["s\($0)", "t\($0)"] })
      var netlink = try RouteNetlink()
      var wrong: [[String]] = []
      var errors: [NetlinkError] = []
      var whole = 0
      // Until enough dumps were interrupted and enough succeeded; the test's time limit bounds it.
      while netlink.session.repeatedDumps < 5 || whole < 5 {
        do throws(NetlinkError) {
          let links = try netlink.links()
          whole += 1
          let names = links.map(\.name)
          let isRight = steady.isSubset(of: names) && Set(links.map(\.index)).count == links.count
          if !isRight { wrong.append(names) }
        } catch {
          errors.append(error)
        }
      }
      return (wrong, whole, netlink.session.repeatedDumps, errors)
    }
    #expect(wrong.isEmpty)
    #expect(whole >= 5 && repeated >= 5)
    #expect(errors.allSatisfy { $0.cause == .inconsistent(attempts: 10) })
  }
}
