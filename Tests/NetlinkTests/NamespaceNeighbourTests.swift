import FoundationEssentials
import Netlink
import TestSupport
import Testing

/// Neighbours and nexthop objects of the real kernel, in network namespaces of their own.
@Suite("Neighbours in network namespaces")
struct NamespaceNeighbourTests {
  private struct NeighbourInfo: Decodable {
    let dst: String
    let dev: String
    let lladdr: String?
    let state: [String]
  }

  @Test("Neighbours are what iproute2 says")
  func neighbours() throws {
    let (neighbours, ofLink, names, text) = try inNetworkNamespace {
      try shell(NamespaceTests.topology)
      try shell(
        """
        ip neighbour add 10.1.2.1 lladdr 02:00:00:00:00:01 dev mv0
        ip neighbour add 10.1.2.9 dev mv0 nud failed
        ip neighbour add 2001:db8::9 lladdr 02:00:00:00:00:02 dev mv0 nud permanent router
        ip neighbour add 192.0.2.9 lladdr 02:00:00:00:00:03 dev br0 nud permanent
        """)
      var netlink = try RouteNetlink()
      let names = Dictionary(uniqueKeysWithValues: try netlink.links().map { ($0.index, $0.name) })
      let bridge = try netlink.link(named: "br0")?.index
      return (
        try netlink.neighbours(), try netlink.neighbours(linkIndex: bridge), names,
        try shell("ip -j neighbour show nud permanent nud failed")
      )
    }
    let expected = try JSONDecoder().decode([NeighbourInfo].self, from: Data(text.utf8))
    let own = neighbours.filter { $0.state == .permanent || $0.state == .failed }
    #expect(own.count == expected.count && own.count == 4)
    for (neighbour, expected) in zip(own, expected) {
      #expect(neighbour.address.description == expected.dst)
      #expect(names[neighbour.linkIndex] == expected.dev)
      #expect(neighbour.macAddress?.description == expected.lladdr)
      #expect([neighbour.state.description] == expected.state)
    }
    #expect(ofLink.filter { $0.state == .permanent }.map(\.address.description) == ["192.0.2.9"])
    #expect(ofLink.allSatisfy { names[$0.linkIndex] == "br0" })
  }

  @Test("Routes by nexthop objects have the same paths, whether the kernel tells them or only the number")
  func compatibility() throws {
    let (told, resolved, filtered, entries, defaults) = try inNetworkNamespace {
      try shell(NamespaceTests.topology)
      try shell(
        """
        ip nexthop add id 1 via 10.1.2.1 dev mv0
        ip nexthop add id 2 dev br0
        ip nexthop add id 3 via 2001:db8::1 dev mv0
        ip nexthop add id 10 group 1/2,2
        ip nexthop add id 12 via fe80::9 dev mv0
        ip route add 198.18.0.0/15 nhid 1
        ip route add 198.20.0.0/15 nhid 10
        ip route add 198.22.0.0/15 nhid 2
        ip route add 198.24.0.0/15 nhid 12
        ip route add default nhid 10
        ip -6 route add 2001:db8:ff::/48 nhid 3
        """)
      var netlink = try RouteNetlink()
      let filter = RouteFilter(outputIndex: try netlink.link(named: "br0")?.index)
      func byObjects(_ routes: [Route]) -> [Route] { routes.filter { $0.nextHopID != nil } }
      let addresses = ["198.18.0.1", "198.20.0.1", "2001:db8:ff::1"].compactMap { IPAddress($0) }
      let told = byObjects(try netlink.routes())
      var entries = try addresses.map { try netlink.entry(to: $0).paths }
      try shell("echo 0 >/proc/sys/net/ipv4/nexthop_compat_mode")
      entries += try addresses.map { try netlink.entry(to: $0).paths }
      let defaults = try netlink.defaultRoutes(family: .ipv4)
      return (
        told, byObjects(try netlink.routes()), byObjects(try netlink.routes(matching: filter)), entries,
        defaults
      )
    }
    #expect(told.count == 6 && told.allSatisfy { !$0.isUnresolved })
    #expect(resolved.map(\.paths) == told.map(\.paths))
    #expect(filtered.map(\.destination.description) == ["0.0.0.0/0", "198.20.0.0/15", "198.22.0.0/15"])
    #expect(defaults == filtered.filter(\.isDefault) && defaults.map(\.paths.count) == [2])
    #expect(Array(entries.prefix(3)) == Array(entries.suffix(3)) && entries[1].map(\.weight) == [1, 2])
  }
}
