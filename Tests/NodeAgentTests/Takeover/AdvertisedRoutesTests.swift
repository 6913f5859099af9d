import Netlink
import TestSupport
import Testing

@testable import NodeAgent

/// Which routes the kernel made itself of routers' advertisements.
@Suite struct AdvertisedRoutesTests {
  private static let any = "00000000000000000000000000000000"

  /// A line of /proc/net/ipv6_route (Linux 6.18).
  private static func line(
    _ gateway: String, metric: String = "00000400", flags: String, _ link: String
  ) -> String {
    "\(any) 00 \(any) 00 \(gateway) \(metric) 00000001 00000000 \(flags) \(link.padded)"
  }

  private static let text = [
    line("fe800000000000000000000000000001", flags: "00450003", "eth0"),
    line("fe800000000000000000000000000002", flags: "00000003", "eth1"),
    line("fe800000000000000000000000000003", flags: "00450003", "eth2"),
    // In another table.
    line("fe800000000000000000000000000003", flags: "00000003", "eth2"),
    line(any, metric: "ffffffff", flags: "00200200", "lo"), "of another format",
  ].joined(separator: "\n")

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var destination = "::/0"
    let gateway: String
    var metric: UInt32 = 1024
    let link: String
    let expected: Bool?
  }

  static let cases = [
    Case(testDescription: "the kernel's", gateway: "fe80::1", link: "eth0", expected: true),
    Case(testDescription: "somebody's copy", gateway: "fe80::2", link: "eth1", expected: false),
    Case(testDescription: "both", gateway: "fe80::3", link: "eth2", expected: nil),
    Case(testDescription: "another gateway", gateway: "fe80::4", link: "eth0", expected: nil),
    Case(testDescription: "another link", gateway: "fe80::1", link: "eth1", expected: nil),
    Case(testDescription: "another metric", gateway: "fe80::1", metric: 1, link: "eth0", expected: nil),
    Case(
      testDescription: "another destination", destination: "2001:db8::/48", gateway: "fe80::1", link: "eth0",
      expected: nil),
  ]

  @Test(arguments: cases) func isTold(_ item: Case) throws {
    var route = Route(to: try #require(IPPrefix(item.destination)))
    (route.gateway, route.metric) = (IPAddress(item.gateway), item.metric)
    #expect(AdvertisedRoutes(Self.text).contains(route, on: item.link) == item.expected)
  }

  /// One by hand, as a daemon copies what routers advertise, behind another interface's of the same key: as the kernel didn't
  /// make it, it can be replaced.
  @Test func isReadOfTheRunningKernel() throws {
    let state = try inNetworkNamespace {
      try shell(
        """
        ip link add eth0 type veth peer name eth1
        ip link set eth0 up; ip link set eth1 up
        ip -6 route add 2001:db8:7::/48 dev eth1 metric 1024
        ip -6 route append 2001:db8:7::/48 via fe80::1 dev eth0 proto ra metric 1024
        """)
      var netlink = try RouteNetlink()
      return try netlink.takeoverState(TakeoverSubject(cards: ["eth0"]))
    }
    #expect(state.shared.count == 1 && state.contested == [])
  }
}

extension String {
  /// As `%8s`.
  fileprivate var padded: String { String(repeating: " ", count: max(0, 8 - count)) + self }
}
