import Netlink
import TestSupport
import Testing

@testable import NodeAgent

/// What is said of what names an interface and won't follow vhost0.
@Suite struct BoundTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// The kinds of what is said, in order.
    let kinds: [BoundToInterface.Kind]
    /// What is said has to name.
    let words: [String]
    let change: @Sendable (inout BoundFacts) -> Void

    init(
      _ name: String, _ kinds: [BoundToInterface.Kind], naming words: [String] = [],
      _ change: @escaping @Sendable (inout BoundFacts) -> Void
    ) {
      (testDescription, self.kinds, self.words, self.change) = (name, kinds, words, change)
    }
  }

  static let rows = [
    Row("nothing", []) { _ in },
    Row("a VLAN, which goes on", []) { $0.links = [.init(name: "eth0.5", kind: "vlan", number: 5)] },
    Row("tunnels", [.tunnel], naming: ["vx0: vxlan", "gre1: gre", "without a device"]) {
      $0.links = [.init(name: "vx0", kind: "vxlan"), .init(name: "gre1", kind: "gre")]
    },
    Row("another kind of link", [.stacked], naming: ["hsr0: hsr"]) {
      $0.links = [.init(name: "hsr0", kind: "hsr")]
    },
    Row("XDP", [.xdp], naming: ["ip link set dev eth0 xdp off"]) { $0.hasXDPProgram = true },
    Row("tc on what arrives", [.tc], naming: ["bpf cil_from_netdev of priority 1"]) {
      $0.disciplines = [
        .init(linkIndex: 2, handle: 0xffff_0000, parent: QueueingDiscipline.ingress, kind: "clsact")
      ]
      $0.filters = [
        .init(
          linkIndex: 2, parent: TrafficFilter.arriving, kind: "bpf", priority: 1,
          programName: "cil_from_netdev")
      ]
    },
    Row("tc on what leaves", [.tc], naming: ["root htb", "u32 of priority 4"]) {
      $0.disciplines = [.init(linkIndex: 2, handle: 0x1_0000, parent: QueueingDiscipline.root, kind: "htb")]
      $0.filters = [.init(linkIndex: 2, parent: 0x1_0000, kind: "u32", priority: 4)]
    },
    Row("a clsact without filters", []) {
      $0.disciplines = [
        .init(linkIndex: 2, handle: 0xffff_0000, parent: QueueingDiscipline.ingress, kind: "clsact")
      ]
    },
    Row(
      "rules and hooks of nf_tables", [.nftables, .nftables],
      naming: ["netdev b e", "2 in inet t c", "name vhost0"]
    ) {
      $0.rules = [
        .init(family: "netdev", table: "b", .hook(chain: "e")),
        .init(family: "inet", table: "t", .rules(chain: "c", count: 2)),
      ]
    },
    Row("iptables", [.iptables], naming: ["3 in table nat (IPv4)", "-i vhost0"]) {
      $0.legacyRules = [.init(family: .ipv4, table: "nat", count: 3)]
    },
    Row(
      "sockets", [.socket], naming: ["UDP port 68, IPv4", "packets of type 0x88cc", "packets of every type"]
    ) {
      $0.sockets = [
        .init(.udp, family: .ipv4, linkIndex: 2, number: 68, inode: 1),
        .init(.packet, family: nil, linkIndex: 2, number: 0x88cc, inode: 2),
        .init(.packet, family: nil, linkIndex: 2, number: 3, inode: 3),
      ]
    },
    Row("what can't be looked at", [.notKnown], naming: ["raw sockets (no such file)"]) {
      $0.unknown = ["raw sockets (no such file)"]
    },
    Row("a hundred sockets", [.socket], naming: ["and 90 more"]) {
      $0.sockets = (0..<100).map { .init(.tcp, family: .ipv4, linkIndex: 2, number: $0, inode: 1) }
    },
  ]

  @Test(arguments: rows) func says(_ row: Row) {
    var facts = BoundFacts(interface: "eth0")
    row.change(&facts)
    let all = BoundToInterface.all(facts)
    #expect(all.map(\.kind) == row.kinds)
    let text = all.map(\.text).joined(separator: "\n")
    for word in row.words { #expect(text.contains(word), "\(text)") }
    #expect(all.allSatisfy { !$0.consequence.isEmpty && !$0.remedy.isEmpty && !$0.text.contains("\n") })
    #expect(BoundToInterface.refusal(facts) == nil)
  }

  @Test(arguments: ["macvlan", "macvtap", "ipvlan", "ipvtap"])
  func whoTakesTheFramesAlready(_ kind: String) throws {
    var facts = BoundFacts(interface: "eth0")
    facts.links = [.init(name: "up0", kind: kind)]
    let refusal = try #require(BoundToInterface.refusal(facts))
    #expect(refusal.contains("up0 (\(kind)) on eth0") && refusal.contains("remove it"))
    #expect(BoundToInterface.all(facts).isEmpty)
  }

  @Test func linksAbove() {
    func link(_ name: String, _ index: Int, _ kind: String, _ change: (inout Link) -> Void) -> Link {
      var link = Link(index: index, name: name)
      link.kind = kind
      change(&link)
      return link
    }
    let links = [
      Link(index: 2, name: "eth0"),
      link("eth0.5", 3, "vlan") {
        $0.lowerIndex = 2
        $0.details = .vlan(VLANDetails(id: 5))
      },
      link("vx0", 4, "vxlan") { $0.details = .vxlan(VXLANDetails(id: 1, lowerIndex: 2)) },
      link("vx1", 5, "vxlan") { $0.details = .vxlan(VXLANDetails(id: 1, lowerIndex: 9)) },
      link("gre1", 6, "gre") { $0.lowerIndex = 2 },
      link("veth0", 7, "veth") { $0.lowerIndex = 2 },
      // In another namespace 2 is another interface.
      link("away", 8, "macvlan") {
        $0.lowerIndex = 2
        $0.lowerNamespaceID = 1
      },
      link("vhost0", 9, "vhost") { $0.lowerIndex = 2 },
    ]
    #expect(
      BoundFacts.upperLinks(of: 2, among: links) == [
        .init(name: "eth0.5", kind: "vlan", number: 5), .init(name: "vx0", kind: "vxlan"),
        .init(name: "gre1", kind: "gre"),
      ])
  }

  /// The real kernel, in a namespace of its own.
  @Test func isSeen() throws {
    let facts = try inNetworkNamespace {
      try shell(
        """
        ip link set lo up
        ip link add eth0 type veth peer name p0
        ip link add vx0 type vxlan id 7 dstport 4789 remote 10.0.0.2 dev eth0
        ip link add mac0 link eth0 type macvlan
        tc qdisc add dev eth0 clsact
        tc filter add dev eth0 ingress prio 9 u32 match u32 0 0 classid 1:1
        printf 'table ip t {\\nchain c {\\noifname "eth0" drop\\n}\\n}\\n' | nft -f -
        iptables-legacy -t filter -A INPUT -i eth0 -j DROP
        """)
      var netlink = try RouteNetlink()
      let links = try netlink.links(keepingUnread: false)
      guard let nic = links.first(where: { $0.name == "eth0" }) else { return BoundFacts(interface: "none") }
      return BoundFacts.observe(nic, among: links)
    }
    #expect(Set(facts.links) == [.init(name: "vx0", kind: "vxlan"), .init(name: "mac0", kind: "macvlan")])
    #expect(facts.filters.map(\.kind) == ["u32"] && facts.filters.map(\.priority) == [9])
    #expect(facts.rules == [.init(family: "ip", table: "t", .rules(chain: "c", count: 1))])
    #expect(facts.legacyRules == [.init(family: .ipv4, table: "filter", count: 1)])
    #expect(facts.sockets.isEmpty && !facts.hasXDPProgram)
    // A kernel may be without diagnostics of raw sockets; nothing else is unknown.
    #expect(facts.unknown.allSatisfy { $0.hasPrefix("raw sockets") }, "\(facts.unknown)")
  }
}
