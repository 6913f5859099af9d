import Netlink
import SystemPackage
import TestSupport
import Testing

/// Routes and lookups of the real kernel, in network namespaces of their own.
@Suite("Routes in network namespaces")
struct NamespaceRouteTests {
  static let topology =
    NamespaceTests.topology + """

      ip route add default via 10.1.2.1 metric 100 mtu 1350
      ip route add default via 10.1.2.2 dev mv0 metric 200 proto dhcp src 10.1.2.3
      ip route add 172.16.0.0/12 metric 7 nexthop via 10.1.2.1 dev mv0 weight 3 \
        nexthop via 203.0.113.9 dev br0 weight 1 onlink
      ip route add 198.51.100.0/24 via inet6 fe80::1 dev mv0 table 1000
      ip nexthop add id 17 via 10.1.2.9 dev mv0
      ip route add 198.18.0.0/15 nhid 17
      ip route add blackhole 100.64.0.0/10
      ip route add unreachable 100.64.1.0/24
      ip route add prohibit 100.64.2.0/24
      ip route add throw 100.64.3.0/24 table 100
      ip route add 10.77.0.0/16 via 10.1.2.7 table 200
      ip -6 route add default via 2001:db8::1 dev mv0 metric 50 pref high src 2001:db8::7
      ip -6 route add 2001:db8:ff::/48 nexthop via 2001:db8::1 dev mv0 weight 2 nexthop via fe80::2 dev br0
      ip -6 route add unreachable 2001:db8:fe::/48
      ip -6 route add prohibit 2001:db8:fd::/48
      ip -6 route add blackhole 2001:db8:fc::/48
      """

  @Test("Routes of all tables are what iproute2 says", arguments: AddressFamily.allCases)
  func routes(family: AddressFamily) throws {
    let (routes, names, expected) = try inNetworkNamespace {
      try shell(Self.topology)
      var netlink = try RouteNetlink()
      let names = Dictionary(uniqueKeysWithValues: try netlink.links().map { ($0.index, $0.name) })
      // Addresses that are still tentative add and remove routes meanwhile.
      var routes = try netlink.routes(family: family, table: nil)
      var expected = try IPRoute.routes(family == .ipv4 ? "-4" : "-6")
      while true {
        let again = try netlink.routes(family: family, table: nil)
        if again == routes { break }
        routes = again
        expected = try IPRoute.routes(family == .ipv4 ? "-4" : "-6")
      }
      return (routes, names, expected)
    }
    #expect(routes.count == expected.count && routes.count >= 12)
    func line(_ route: Route) -> String {
      let destination =
        route.isDefault
        ? "default" : route.destination.isHost ? "\(route.destination.address)" : "\(route.destination)"
      let hops = route.nextHops.map {
        "\($0.gateway?.description ?? "-")@\(names[$0.outputIndex ?? 0] ?? "-")*\($0.weight)"
      }
      return [
        "\(route.type)", destination, "\(route.table)", "\(route.routeProtocol)", "\(route.metric)",
        route.gateway?.description ?? "-", route.outputIndex.flatMap { names[$0] } ?? "-",
        route.preferredSource?.description ?? "-", "\(route.nextHopID ?? 0)", hops.joined(separator: "+"),
      ].joined(separator: " ")
    }
    func line(_ route: IPRoute.Route) -> String {
      let hops = (route.nexthops ?? []).map { "\($0.gateway ?? $0.via?.host ?? "-")@\($0.dev)*\($0.weight)" }
      return [
        route.type ?? "-", route.dst, route.table ?? "main", route.protocol, "\(route.metric ?? 0)",
        route.gateway ?? route.via?.host ?? "-", route.dev ?? "-", route.prefsrc ?? "-",
        "\(route.nhid ?? 0)", hops.joined(separator: "+"),
      ].joined(separator: " ")
    }
    for (route, expected) in zip(routes.map(line), expected.map(line)) { #expect(route == expected) }
  }

  @Test("Filters of the kernel and of the library agree")
  func filters() throws {
    let (all, results) = try inNetworkNamespace {
      try shell(Self.topology)
      var netlink = try RouteNetlink()
      let bridge = try netlink.link(named: "br0")?.index
      let filters = [
        RouteFilter(table: .main), RouteFilter(table: .local), RouteFilter(table: RouteTable(rawValue: 1000)),
        RouteFilter(table: RouteTable(rawValue: 77)), RouteFilter(outputIndex: bridge),
        RouteFilter(family: .ipv4, type: .blackhole), RouteFilter(routeProtocol: .dhcp),
        RouteFilter(family: .ipv6, table: .main, outputIndex: bridge), RouteFilter(outputIndex: 4711),
      ]
      var all = try netlink.routes(table: nil)
      var results = try filters.map { ($0, try netlink.routes(matching: $0)) }
      while try netlink.routes(table: nil) != all {
        all = try netlink.routes(table: nil)
        results = try filters.map { ($0, try netlink.routes(matching: $0)) }
      }
      return (all, results)
    }
    for (filter, routes) in results {
      #expect(Set(routes) == Set(all.filter(filter.matches)), "\(filter)")
      #expect(routes.count == all.filter(filter.matches).count, "\(filter)")
    }
    #expect(results.map { $0.1.isEmpty } == [false, false, false, true, false, false, false, false, true])
  }

  /// What a lookup came to, as text.
  private static func outcome(_ body: () throws(NetlinkError) -> RouteReply) -> String {
    do throws(NetlinkError) {
      let reply = try body()
      let gateway = reply.gateway?.description ?? "-"
      return "\(reply.type) \(gateway) \(reply.outputIndex ?? 0) \(reply.preferredSource?.description ?? "-")"
    } catch {
      return error.noRoute.map { "\($0)" } ?? "\(error)"
    }
  }

  @Test(
    "Lookups",
    arguments: [
      ("8.8.8.8", "unicast 10.1.2.1 mv0 10.1.2.3"), ("10.1.2.77", "unicast - mv0 10.1.2.3"),
      ("10.1.2.3", "local - lo 10.1.2.3"), ("127.0.0.1", "local - lo 127.0.0.1"),
      ("10.1.2.255", "broadcast - mv0 10.1.2.3"), ("10.9.0.2", "unicast - mv0 10.9.0.1"),
      ("198.18.0.1", "unicast 10.1.2.9 mv0 10.1.2.3"),
      ("100.64.9.9", "a route or rule of type blackhole leads there"),
      ("100.64.1.1", "a route of type unreachable leads there"),
      ("100.64.2.1", "a route or rule of type prohibit leads there"),
      ("2001:4860::8", "unicast 2001:db8::1 mv0 2001:db8::7"), ("2001:db8::7", "local - lo 2001:db8::7"),
      ("2001:db8:fe::1", "a route of type unreachable leads there"),
      ("2001:db8:fd::1", "a route or rule of type prohibit leads there"),
      ("2001:db8:fc::1", "a route or rule of type blackhole leads there"),
    ])
  func lookups(destination: String, expected: String) throws {
    let address = try #require(IPAddress(destination))
    let found = try inNetworkNamespace {
      try shell(Self.topology)
      var netlink = try RouteNetlink()
      var outcome = Self.outcome { () throws(NetlinkError) in try netlink.route(to: address) }
      for link in try netlink.links() {
        outcome = outcome.replacing(" \(link.index) ", with: " \(link.name) ")
      }
      return outcome
    }
    #expect(found == expected)
  }

  @Test("Without a route there is none, and rules can say so as well")
  func noRoute() throws {
    let outcomes = try inNetworkNamespace {
      var netlink = try RouteNetlink()
      let addresses = ["9.9.9.9", "2001:4860::8"].compactMap { IPAddress($0) }
      var outcomes = addresses.map { address in
        Self.outcome { () throws(NetlinkError) in try netlink.route(to: address) }
      }
      try shell("ip link set lo up; ip rule add prohibit; ip -6 rule add prohibit")
      outcomes += addresses.map { address in
        Self.outcome { () throws(NetlinkError) in try netlink.route(to: address) }
      }
      return outcomes
    }
    let none = "there is no route"
    let prohibited = "a route or rule of type prohibit leads there"
    #expect(outcomes == [none, none, prohibited, prohibited])
  }

  @Test("Lookups from an address and by an interface")
  func lookupConditions() throws {
    let (source, output, main) = try inNetworkNamespace {
      try shell(Self.topology)
      try shell("ip rule add from 10.9.0.1 lookup 200")
      var netlink = try RouteNetlink()
      let bridge = try netlink.link(named: "br0")?.index
      let destination = IPAddress.v4(IPv4Address(10, 77, 0, 1))
      return (
        try netlink.route(to: destination, from: .v4(IPv4Address(10, 9, 0, 1))),
        try netlink.route(to: destination, outputIndex: bridge), try netlink.route(to: destination)
      )
    }
    #expect(source.gateway == .v4(IPv4Address(10, 1, 2, 7)) && source.table?.rawValue == 200)
    #expect(output.gateway == nil && output.outputIndex != main.outputIndex)
    #expect(main.gateway == .v4(IPv4Address(10, 1, 2, 1)) && main.table == .main)
  }

  @Test("A hundred thousand routes are listed fully")
  func manyRoutes() throws {
    let (count, distinct, filtered) = try inNetworkNamespace {
      try shell(
        """
        ip link set lo up
        ip link add v0 type veth peer name v1
        ip link set v0 up
        ip address add 10.1.0.1/24 dev v0
        awk 'BEGIN { for (i = 0; i < 100000; i++) \
          printf "route add 20.%d.%d.%d/32 via 10.1.0.2\\n", i / 65536, i / 256 % 256, i % 256 }' | ip -batch -
        ip route add default via 10.1.0.2 table 500
        """)
      var netlink = try RouteNetlink()
      let routes = try netlink.routes(family: .ipv4).filter { $0.destination.isHost }
      let filtered = try netlink.routes(table: RouteTable(rawValue: 500))
      return (routes.count, Set(routes.map(\.destination)).count, filtered)
    }
    #expect(count == 100_000 && distinct == 100_000)
    #expect(filtered.count == 1 && filtered.first?.isDefault == true)
  }
}
