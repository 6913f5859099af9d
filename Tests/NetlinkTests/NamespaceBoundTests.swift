import Glibc
import TestSupport
import Testing

@testable import Netlink

/// What hangs on an interface, as the real kernel tells it, in network namespaces of their own.
@Suite("What is bound to an interface, in network namespaces")
struct NamespaceBoundTests {
  private static let link = """
    ip link set lo up
    ip link add eth0 type veth peer name p0
    ip link set eth0 up
    ip link set p0 up
    """

  @Test("Queueing disciplines and filters")
  func trafficControl() throws {
    let (disciplines, filters, missing) = try inNetworkNamespace {
      try shell(Self.link)
      try shell(
        """
        tc qdisc add dev eth0 clsact
        tc qdisc add dev eth0 root handle 1: htb
        tc filter add dev eth0 egress prio 3 u32 match u32 0 0 classid 1:1
        tc filter add dev eth0 parent 1: prio 4 u32 match u32 0 0 classid 1:1
        """)
      var netlink = try RouteNetlink()
      let index = try netlink.link(named: "eth0")?.index ?? 0
      let disciplines = try netlink.queueingDisciplines(linkIndex: index)
      var filters: [TrafficFilter] = []
      for parent in disciplines.filter({ !$0.isDefault }).flatMap(\.filterParents) {
        filters += try netlink.trafficFilters(linkIndex: index, parent: parent)
      }
      return (
        disciplines, filters, try netlink.trafficFilters(linkIndex: 4711, parent: TrafficFilter.arriving)
      )
    }
    #expect(Set(disciplines.filter { !$0.isDefault }.map(\.kind)) == ["clsact", "htb"])
    #expect(Set(filters.map(\.priority)) == [3, 4] && filters.allSatisfy { $0.kind == "u32" })
    #expect(missing.isEmpty)
  }

  @Test("Sockets")
  func sockets() throws {
    let (tcp, udp, packet) = try inNetworkNamespace {
      try shell(Self.link)
      var netlink = try RouteNetlink()
      let index = try netlink.link(named: "eth0")?.index ?? 0
      var open: [Int32] = []
      func bind(_ family: Int32, _ type: __socket_type, port: UInt16, to device: String?) {
        let socket = Glibc.socket(family, Int32(type.rawValue), 0)
        open.append(socket)
        if let device { setsockopt(socket, SOL_SOCKET, 25, device, socklen_t(device.utf8.count)) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        withUnsafePointer(to: &address) { pointer in
          pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            _ = Glibc.bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
          }
        }
        if type == SOCK_STREAM { listen(socket, 1) }
      }
      defer { open.forEach { close($0) } }
      bind(AF_INET, SOCK_STREAM, port: 80, to: "eth0")
      bind(AF_INET, SOCK_STREAM, port: 81, to: "p0")
      bind(AF_INET, SOCK_STREAM, port: 82, to: nil)
      bind(AF_INET, SOCK_DGRAM, port: 68, to: "eth0")
      bind(AF_INET, SOCK_DGRAM, port: 69, to: nil)
      let frames = Glibc.socket(AF_PACKET, Int32(SOCK_RAW.rawValue), Int32(UInt16(0x88cc).bigEndian))
      open.append(frames)
      // struct sockaddr_ll: family, Ethernet type, interface, and what is of no matter here.
      let address =
        little(UInt16(AF_PACKET)) + little(UInt16(0x88cc).bigEndian) + little(Int32(index))
        + [UInt8](repeating: 0, count: 12)
      address.withUnsafeBytes { bytes in
        guard let start = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return }
        _ = Glibc.bind(frames, start, socklen_t(bytes.count))
      }
      var diagnostics = try SocketDiagnostics()
      return (
        try diagnostics.sockets(.tcp, family: .ipv4, linkIndex: index),
        try diagnostics.sockets(.udp, family: .ipv4, linkIndex: index),
        try diagnostics.sockets(.packet, family: .ipv4, linkIndex: index)
      )
    }
    #expect(tcp.map(\.number) == [80] && udp.map(\.number) == [68] && packet.map(\.number) == [0x88cc])
    #expect((tcp + udp + packet).allSatisfy { $0.inode != 0 })
  }

  @Test("Rule sets of nft and of iptables")
  func ruleSets() throws {
    let (mentions, legacy, legacyIPv6) = try inNetworkNamespace {
      try shell(Self.link)
      try shell(
        """
        nft -f - <<END
        table ip a {
          chain c {
            type filter hook input priority 0
            iif eth0 accept
            iifname { "x", "eth0" } accept
            iifname . tcp dport { "eth0" . 22 } drop
            oifname "eth1" drop
          }
          chain d {
            iifname vmap { "eth0" : drop }
          }
        }
        table netdev b {
          chain e {
            type filter hook ingress devices = { eth0, p0 } priority 0
          }
        }
        END
        iptables-legacy -A INPUT -i eth0 -j ACCEPT
        iptables-legacy -A OUTPUT -o eth+ -j ACCEPT
        iptables-legacy -A INPUT -i eth01 -j ACCEPT
        ip6tables-legacy -A INPUT -i eth0 -j ACCEPT
        """)
      var netlink = try RouteNetlink()
      let eth0 = NFTInterface(name: "eth0", index: try netlink.link(named: "eth0")?.index ?? 0)
      var tables = try NFTables()
      return (
        try tables.mentions(of: eth0), try LegacyRules(.ipv4).count(naming: eth0, in: "filter"),
        try LegacyRules(.ipv6).count(naming: eth0, in: "filter")
      )
    }
    #expect(
      Set(mentions) == [
        NFTMention(family: "ip", table: "a", .rules(chain: "c", count: 3)),
        NFTMention(family: "ip", table: "a", .rules(chain: "d", count: 1)),
        NFTMention(family: "netdev", table: "b", .hook(chain: "e")),
      ])
    #expect(legacy == 2 && legacyIPv6 == 1)
  }

  /// Ten thousands of rules, as a node of a large cluster has them: what looking costs is printed.
  @Test("Many rules")
  func many() throws {
    let (mentions, took) = try inNetworkNamespace {
      try shell(Self.link)
      try shell(
        """
        {
          echo 'table ip t {'
          echo 'chain c {'
          for i in $(seq 1 30000); do echo "iifname \\"veth$i\\" ip saddr 10.0.$((i / 250)).$((i % 250)) tcp dport $i counter drop"; done
          echo 'iifname "eth0" drop'
          echo '}'
          echo '}'
        } | nft -f -
        """)
      var netlink = try RouteNetlink()
      let eth0 = NFTInterface(name: "eth0", index: try netlink.link(named: "eth0")?.index ?? 0)
      var tables = try NFTables()
      let began = ContinuousClock.now
      let mentions = try tables.mentions(of: eth0)
      return (mentions, ContinuousClock.now - began)
    }
    print("30,000 rules were looked through in \(took)")
    #expect(mentions == [NFTMention(family: "ip", table: "t", .rules(chain: "c", count: 1))])
  }
}
