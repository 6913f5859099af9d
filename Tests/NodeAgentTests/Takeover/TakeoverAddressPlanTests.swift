import Netlink
import TestSupport
import Testing

@testable import NodeAgent

/// What vhost0 is given of addresses, with all that belongs to them.
@Suite struct TakeoverAddressPlanTests {
  typealias Case = TakeoverPlannerTests.Case

  private static let heedsAdvertisements = "/proc/sys/net/ipv6/conf/eth0/accept_ra"

  static let cases = [
    Case(
      "label, broadcast, metric, in the kernel's order", [.addAddresses, .dropAddresses],
      [
        "ip addr replace 10.0.0.5/24 dev vhost0 noprefixroute",
        "ip addr replace 10.0.0.6/24 dev vhost0 brd 10.0.0.255 label vhost0:1 metric 50 noprefixroute",
        // The one that another depends on goes last.
        "ip addr del 10.0.0.6/24 dev eth0",
        "ip addr del 10.0.0.5/24 dev eth0",
      ]
    ) {
      try $0.address("eth0", "10.0.0.6/24") {
        ($0.label, $0.routeMetric) = ("eth0:1", 50)
        $0.broadcast = IPAddress("10.0.0.255")
      }
    },
    Case(
      "a label that grows too long", [.addAddresses],
      [
        "ip addr replace 10.0.0.5/24 dev vhost0 noprefixroute",
        "ip addr replace 10.0.0.6/24 dev vhost0 label vhost0 noprefixroute",
      ]
    ) { try $0.address("eth0", "10.0.0.6/24") { $0.label = "eth0:a23456789" } },
    Case(
      "a peer", [.addAddresses],
      [
        "ip addr replace 10.0.0.5/24 dev vhost0 noprefixroute",
        "ip addr replace 10.3.0.1 peer 10.3.0.2/32 dev vhost0 noprefixroute",
      ]
    ) { try $0.address("eth0", "10.3.0.1/32") { $0.peer = IPAddress("10.3.0.2") } },
    Case(
      "scopes: the host's own stays", [.addAddresses],
      [
        "ip addr replace 10.0.0.5/24 dev vhost0 noprefixroute",
        "ip addr replace 169.254.3.1/16 dev vhost0 scope link noprefixroute",
      ]
    ) {
      try $0.address("eth0", "169.254.3.1/16") { $0.scope = .link }
      try $0.address("eth0", "192.0.2.1/32") { $0.scope = .host }
    },
    Case(
      "IPv6: the last of a scope is listed first, and gets its subnet back in the end",
      [.addAddresses, .settleAddresses],
      [
        "ip addr replace 10.0.0.5/24 dev vhost0 noprefixroute",
        "ip -6 addr replace fe80::1/64 dev vhost0 scope link nodad",
        "ip -6 addr replace 2001:db8::5/64 dev vhost0 nodad noprefixroute",
        "ip -6 addr replace 2001:db8::6/64 dev vhost0 nodad noprefixroute",
        "ip -6 addr replace 2001:db8::6/64 dev vhost0",
        "ip -6 addr replace 2001:db8::5/64 dev vhost0",
      ]
    ) {
      try $0.address("eth0", "fe80::1/64") { $0.scope = .link }
      try $0.address("eth0", "2001:db8::5/64")
      try $0.address("eth0", "2001:db8::6/64")
    },
    Case(
      "IPv6 by advertisements keeps its time, and is given twice in the end",
      [.addAddresses, .settleAddresses],
      [
        "ip addr replace 10.0.0.5/24 dev vhost0 noprefixroute",
        "ip -6 addr replace 2001:db8::5054:ff:fe00:1/64 dev vhost0 valid_lft 600 preferred_lft 300 nodad mngtmpaddr noprefixroute",
        "ip -6 addr replace 2001:db8::5054:ff:fe00:1/64 dev vhost0 valid_lft 600 preferred_lft 300 mngtmpaddr",
        "ip -6 addr replace 2001:db8::5054:ff:fe00:1/64 dev vhost0 valid_lft 600 preferred_lft 300 mngtmpaddr",
      ]
    ) {
      $0.contents.controls[heedsAdvertisements] = "2"
      try $0.address("eth0", "2001:db8::5054:ff:fe00:1/64") {
        ($0.validLifetime, $0.preferredLifetime) = (600, 300)
        $0.flags.insert(.managesTemporary)
      }
    },
    Case(
      "IPv4 by DHCP has no end on vhost0", [.addAddresses],
      [
        "ip addr replace 10.0.0.5/24 dev vhost0 noprefixroute",
        "ip addr replace 10.7.0.5/24 dev vhost0 noprefixroute",
      ]
    ) {
      try $0.address("eth0", "10.7.0.5/24") { ($0.validLifetime, $0.preferredLifetime) = (600, 300) }
    },
    Case(
      "those that another host has, or may have, are left", [.addAddresses, .dropAddresses],
      ["ip addr replace 10.0.0.5/24 dev vhost0 noprefixroute", "ip addr del 10.0.0.5/24 dev eth0"]
    ) { kernel in
      for (text, flag) in [("2001:db8::8/64", AddressFlags.duplicate), ("2001:db8::9/64", .tentative)] {
        try kernel.address("eth0", text)
        let place = try #require(kernel.contents.addresses.firstIndex { "\($0.prefix)" == text })
        kernel.contents.addresses[place].flags.insert(flag)
      }
    },
  ]

  @Test(arguments: cases) func equals(_ item: Case) throws { try TakeoverPlannerTests().equals(item) }
}
