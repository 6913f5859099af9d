import Netlink
import TestSupport
import Testing

@testable import NodeAgent

/// What is planned where vhost0 has taken over and a part isn't so any more: that part, and nothing else.
@Suite struct TakeoverRestTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let expected: [String]
    let change: @Sendable (FakeTakeoverKernel) throws -> Void

    init(
      _ name: String, _ expected: [String],
      _ change: @escaping @Sendable (FakeTakeoverKernel) throws -> Void
    ) {
      (testDescription, self.expected, self.change) = (name, expected, change)
    }
  }

  static let cases = [
    Case("nothing", []) { _ in },
    Case("a manager put the address back", ["ip addr del 10.0.0.5/24 dev eth0"]) {
      try $0.address("eth0", "10.0.0.5/24") { $0.flags.insert(.noPrefixRoute) }
    },
    Case(
      "with the route of its subnet",
      [
        "ip route del 10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.5",
        "ip addr del 10.0.0.5/24 dev eth0",
      ]
    ) { try $0.address("eth0", "10.0.0.5/24") },
    Case(
      "an address that the interface got since",
      [
        "ip addr replace 10.7.0.5/24 dev vhost0 noprefixroute",
        "arping -U -c 1 -I vhost0 10.7.0.5; arping -U -c 1 -I vhost0 10.0.0.5",
        "ip addr del 10.7.0.5/24 dev eth0",
      ]
    ) { try $0.address("eth0", "10.7.0.5/24") { $0.flags.insert(.noPrefixRoute) } },
    Case("a route", ["ip route replace 10.50.0.0/16 via 10.0.0.9 dev vhost0 onlink proto static"]) {
      try $0.route("10.50.0.0/16", by: "eth0", via: "10.0.0.9") {
        $0.routeProtocol = .static
        // The subnet's route is vhost0's by now.
        $0.flags.insert(.onLink)
      }
    },
    Case(
      "a rule",
      [
        "ip rule add from all iif vhost0 priority 100 lookup 100",
        "ip rule del from all iif eth0 priority 100 lookup 100",
      ]
    ) { try $0.rule(100) { $0.inputInterface = "eth0" } },
    Case("vhost0 is down", ["ip link set dev vhost0 up"]) {
      $0.contents.links[1].isUp = false
    },
    Case(
      "the module lost the physical interface",
      [
        "vif --delete vhost0",
        "vif --add eth0 --mac 52:54:00:00:00:01 --vrf 0 --vhost-phys --type physical",
        "vif --add vhost0 --mac 52:54:00:00:00:01 --vrf 0 --type vhost --xconnect eth0",
        "arping -U -c 1 -I vhost0 10.0.0.5",
      ]
    ) { $0.contents.vifs.removeAll { $0.name == "eth0" } },
  ]

  @Test(arguments: cases) func isAllThatIsPlanned(_ item: Case) throws {
    try withTemporaryRoot { root, _ in
      let kernel = try FakeTakeoverKernel.plain()
      let takeover = try FakeTakeover(kernel, root)
      try takeover.takeOver()
      try item.change(kernel)
      let beginning = try #require(try TakeoverJournal.read(from: root)).head.beginning
      let plan = try takeover.plan(originals: beginning)
      #expect(plan.operations.map { "\($0)" } == item.expected)
      try takeover.takeOver()
      #expect(try takeover.plan(originals: beginning).isEmpty)
    }
  }
}
