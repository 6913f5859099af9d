import Netlink
import Testing

@testable import NodeAgent

/// Which routes the kernel would take in the place of others.
@Suite struct RouteOrderTests {
  private static func route(_ destination: String, by index: Int, via gateway: String?) throws -> Route {
    var route = Route(to: try #require(IPPrefix(destination)))
    (route.outputIndex, route.gateway) = (index, gateway.flatMap { IPAddress($0) })
    return route
  }

  /// By interface, as they are asked for, they come in another order than the table's.
  @Test func isTheTables() throws {
    let first = try Self.route("0.0.0.0/0", by: 3, via: "10.1.0.1")
    let second = try Self.route("0.0.0.0/0", by: 2, via: "10.0.0.1")
    let unseen = try Self.route("10.50.0.0/16", by: 2, via: "10.0.0.1")
    var order = RouteOrder([unseen, second, first], by: [2, 3])
    order.read([first, second])
    #expect(order.routes == [first, second, unseen])
    #expect(order.contested.isEmpty)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let destination: String
    /// Of a table's routes, in its order; nil: without one.
    let gateways: [String?]
    /// The interfaces of these; 2 is the one that is taken over.
    let table: [Int]
    /// Which of them routers advertised.
    var advertised: Set<Int> = []
    /// Which of them the kernel made of that; nil: that isn't known.
    var made: Set<Int>? = []
    let isContested: Bool
  }

  static let cases = [
    Case(
      testDescription: "alone", destination: "10.50.0.0/16", gateways: ["10.0.0.1"], table: [2],
      isContested: false),
    Case(
      testDescription: "IPv4, another's first", destination: "10.50.0.0/16",
      gateways: ["10.8.0.1", "10.0.0.1"],
      table: [9, 2], isContested: true),
    Case(
      testDescription: "IPv4, another's behind", destination: "10.50.0.0/16",
      gateways: ["10.0.0.1", "10.8.0.1"], table: [2, 9], isContested: false),
    Case(
      testDescription: "IPv6, another's first", destination: "2001:db8::/32",
      gateways: ["fe80::9", "fe80::1"],
      table: [9, 2], isContested: true),
    Case(
      testDescription: "IPv6, another's behind", destination: "2001:db8::/32",
      gateways: ["fe80::1", "fe80::9"], table: [2, 9], isContested: false),
    Case(
      testDescription: "IPv6, connected, another's first", destination: "2001:db8::/64",
      gateways: [nil, nil], table: [9, 2], isContested: true),
    Case(
      testDescription: "IPv6, connected, another's behind", destination: "2001:db8::/64",
      gateways: [nil, nil], table: [2, 9], isContested: false),
    Case(
      testDescription: "IPv6, connected, behind another's gateway", destination: "2001:db8::/64",
      gateways: ["fe80::9", nil], table: [9, 2], isContested: false),
    Case(
      testDescription: "IPv6, both of advertisements", destination: "::/0",
      gateways: ["fe80::1", "fe80::9"], table: [2, 9], advertised: [2, 9], made: [2, 9],
      isContested: false),
    Case(
      testDescription: "IPv6, both of advertisements, another's first", destination: "::/0",
      gateways: ["fe80::9", "fe80::1"], table: [9, 2], advertised: [2, 9], made: [2, 9], isContested: true),
    Case(
      testDescription: "IPv6, a copy before another's advertisement", destination: "::/0",
      gateways: ["fe80::1", "fe80::9"], table: [2, 9], advertised: [2, 9], made: [9], isContested: false),
    Case(
      testDescription: "IPv6, a copy behind another's advertisement", destination: "::/0",
      gateways: ["fe80::9", "fe80::1"], table: [9, 2], advertised: [2, 9], made: [9], isContested: false),
    Case(
      testDescription: "IPv6, of an advertisement, and another's copy would be hit", destination: "::/0",
      gateways: ["fe80::1", "fe80::9"], table: [2, 9], advertised: [2, 9], made: [2], isContested: true),
    Case(
      testDescription: "IPv6, of an advertisement, and another's static one would be hit",
      destination: "::/0", gateways: ["fe80::1", "fe80::9"], table: [2, 9], advertised: [2], made: [2],
      isContested: true),
    Case(
      testDescription: "IPv6, of advertisements, and who made them isn't known", destination: "::/0",
      gateways: ["fe80::1", "fe80::9"], table: [2, 9], advertised: [2, 9], made: nil, isContested: true),
  ]

  @Test(arguments: cases) func isContested(_ item: Case) throws {
    let table = try zip(item.table, item.gateways).map { index, gateway in
      var route = try Self.route(item.destination, by: index, via: gateway)
      if item.advertised.contains(index) { route.routeProtocol = .routerAdvertisement }
      return route
    }
    var order = RouteOrder(table.filter { $0.outputIndex == 2 }, by: [2])
    // Of another key.
    var other = try #require(table.first)
    (other.outputIndex, other.metric) = (9, 5)
    order.read([other] + table) { route in item.made.map { $0.contains(route.outputIndex ?? 0) } }
    #expect(order.contested == (item.isContested ? Set(table.map(RouteKey.init)) : []))
    #expect(order.shared.map(\.links) == (item.table.count > 1 ? [item.table.map { [$0] }] : []))
  }
}
