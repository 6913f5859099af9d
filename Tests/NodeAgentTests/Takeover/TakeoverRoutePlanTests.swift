import Netlink
import TestSupport
import Testing

@testable import NodeAgent

/// In which order routes are moved, and how each.
@Suite struct TakeoverRoutePlanTests {
  typealias Case = TakeoverPlannerTests.Case

  private static let kinds: [TakeoverStep.Kind] = [
    .moveConnectedRoutes, .moveNextHops, .moveRoutes, .dropRoutes,
  ]

  private static let subnet =
    "ip route replace 10.0.0.0/24 dev vhost0 proto kernel scope link src 10.0.0.5"
  private static let way = "ip route replace default via 10.0.0.1 dev vhost0 proto boot metric 100"

  static let cases = [
    Case(
      "those without a gateway first, whatever their table", kinds,
      [
        subnet,
        "ip route replace 10.9.0.0/24 dev vhost0 table 100 proto boot scope link",
        way,
        "ip route replace 10.50.0.0/16 via 10.0.0.9 dev vhost0 proto static",
        "ip route replace default via 10.9.0.1 dev vhost0 table 100 proto boot src 10.0.0.5",
      ]
    ) {
      try $0.route("10.50.0.0/16", by: "eth0", via: "10.0.0.9") { $0.routeProtocol = .static }
      try $0.route("10.9.0.0/24", by: "eth0") { $0.table = RouteTable(rawValue: 100) }
      try $0.route("0.0.0.0/0", by: "eth0", via: "10.9.0.1") {
        $0.table = RouteTable(rawValue: 100)
        $0.preferredSource = IPAddress("10.0.0.5")
      }
    },
    Case(
      "with all that belongs to them", kinds,
      [
        subnet, way,
        "ip route replace 198.51.100.0/24 tos 0x10 via 203.0.113.1 dev vhost0 onlink proto boot mtu lock 1400",
      ]
    ) {
      try $0.route("198.51.100.0/24", by: "eth0", via: "203.0.113.1") {
        $0.flags.insert(.onLink)
        $0.typeOfService = 16
        $0.metrics[.mtu] = 1400
        $0.metrics[.locks] = 1 << RouteMetric.mtu.rawValue
      }
    },
    Case(
      "several hops: another interface's stay", kinds,
      [
        subnet, way,
        "ip route replace 10.70.0.0/16 proto boot nexthop via 10.0.0.2 dev vhost0 weight 2 nexthop via 10.8.0.1 dev index 3 weight 1",
      ]
    ) { kernel in
      kernel.card("eth9", mac: "52:54:00:00:00:09")
      try kernel.address("eth9", "10.8.0.5/24")
      let hops = [
        NextHop(outputIndex: try kernel.index("eth0"), gateway: IPAddress("10.0.0.2"), weight: 2),
        NextHop(outputIndex: try kernel.index("eth9"), gateway: IPAddress("10.8.0.1")),
      ]
      try kernel.route("10.70.0.0/16", by: "eth0") {
        ($0.outputIndex, $0.nextHops, $0.scope) = (nil, hops, .universe)
      }
    },
    Case(
      "where another interface's would be hit, the new one is put behind, and the old one goes", kinds,
      [
        subnet, way,
        "ip route append 10.60.0.0/16 via 10.0.0.1 dev vhost0 proto boot",
        "ip route del 10.60.0.0/16 via 10.0.0.1 dev eth0 proto boot",
      ]
    ) {
      $0.card("eth9", mac: "52:54:00:00:00:09")
      try $0.address("eth9", "10.8.0.5/24")
      try $0.route("10.60.0.0/16", by: "eth9", via: "10.8.0.1")
      try $0.route("10.60.0.0/16", by: "eth0", via: "10.0.0.1")
    },
    Case(
      "where another interface's comes later, it is replaced in its place", kinds,
      [subnet, way, "ip route replace 10.60.0.0/16 via 10.0.0.1 dev vhost0 proto boot"]
    ) {
      $0.card("eth9", mac: "52:54:00:00:00:09")
      try $0.address("eth9", "10.8.0.5/24")
      try $0.route("10.60.0.0/16", by: "eth0", via: "10.0.0.1")
      try $0.route("10.60.0.0/16", by: "eth9", via: "10.8.0.1")
    },
    Case(
      "of several with one key the first is replaced", kinds,
      [
        subnet, way,
        "ip route replace 10.50.0.0/16 via 10.0.0.1 dev vhost0 proto boot",
        "ip route append 10.50.0.0/16 via 10.0.0.2 dev vhost0 proto boot",
        "ip route del 10.50.0.0/16 via 10.0.0.2 dev eth0 proto boot",
      ]
    ) {
      try $0.route("10.50.0.0/16", by: "eth0", via: "10.0.0.1")
      try $0.route("10.50.0.0/16", by: "eth0", via: "10.0.0.2")
    },
    Case(
      "one that vhost0 has already isn't hit", kinds,
      [
        subnet, way,
        "ip route append 10.50.0.0/16 via 10.0.0.1 dev vhost0 proto boot",
        "ip route del 10.50.0.0/16 via 10.0.0.1 dev eth0 proto boot",
      ]
    ) {
      $0.card("vhost0", kind: "vhost")
      try $0.route("10.50.0.0/16", by: "vhost0")
      try $0.route("10.50.0.0/16", by: "eth0", via: "10.0.0.1")
    },
    Case(
      "nexthop objects: those without a gateway first; routes follow them", kinds,
      [
        subnet,
        "ip nexthop replace id 2 dev vhost0",
        "ip nexthop replace id 1 via 10.0.0.1 dev vhost0",
        way,
      ]
    ) {
      try $0.object(1, by: "eth0", via: "10.0.0.1")
      try $0.object(2, by: "eth0")
      try $0.route("10.80.0.0/16", by: "eth0") { ($0.nextHopID, $0.scope) = (1, .universe) }
    },
  ]

  @Test(arguments: cases) func equals(_ item: Case) throws { try TakeoverPlannerTests().equals(item) }
}
