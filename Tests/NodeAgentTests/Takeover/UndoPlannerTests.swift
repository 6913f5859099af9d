import Netlink
import TestSupport
import Testing

@testable import NodeAgent

/// How what was done is taken back, as the commands that that equals.
@Suite struct UndoPlannerTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Before the takeover.
    let make: @Sendable (FakeTakeoverKernel) throws -> Void
    /// After it.
    var change: @Sendable (FakeTakeoverKernel) throws -> Void = { _ in }
    var isRollback = false
    var isJournalKnown = true
    /// Of these steps; nil: of all.
    var kinds: Set<UndoPlan.Kind>?
    let expected: [String]
  }

  static let cases = [
    Case(
      testDescription: "all of the simplest", make: { _ in },
      expected: [
        "ip addr replace 10.0.0.5/24 dev eth0",
        "ip route replace default via 10.0.0.1 dev eth0 proto boot metric 100",
        "ip route del 10.0.0.0/24 dev vhost0 proto kernel scope link src 10.0.0.5",
        "vif --delete eth0",
        "arping -U -c 1 -I eth0 10.0.0.5",
        "vif --delete vhost0",
        "ip link del dev vhost0",
      ]),
    Case(
      testDescription: "without a journal", make: { _ in }, isJournalKnown: false,
      kinds: [.returnAddresses, .returnConnectedRoutes, .returnRoutes, .dropRoutes],
      expected: [
        "ip addr replace 10.0.0.5/24 dev eth0",
        "ip route replace default via 10.0.0.1 dev eth0 proto boot metric 100",
        "ip route del 10.0.0.0/24 dev vhost0 proto kernel scope link src 10.0.0.5",
      ]),
    Case(
      testDescription: "without a journal, where NetworkManager had made the subnets' routes",
      make: { kernel in
        try kernel.address("eth0", "10.7.0.5/24") { $0.flags.insert(.noPrefixRoute) }
        try kernel.subnet("10.7.0.0/24", source: "10.7.0.5") { $0.metric = 100 }
        try kernel.address("eth0", "2001:db8::5/64") { $0.flags.insert(.noPrefixRoute) }
        try kernel.route("2001:db8::/64", by: "eth0", metric: 100) { $0.routeProtocol = .kernel }
      }, isJournalKnown: false,
      kinds: [.returnAddresses, .returnConnectedRoutes, .dropRoutes, .settleAddresses],
      expected: [
        "ip addr replace 10.0.0.5/24 dev eth0",
        "ip addr replace 10.7.0.5/24 dev eth0 noprefixroute",
        "ip -6 addr replace 2001:db8::5/64 dev eth0 nodad noprefixroute",
        "ip route replace 10.7.0.0/24 dev eth0 proto kernel scope link src 10.7.0.5 metric 100",
        "ip -6 route replace 2001:db8::/64 dev eth0 proto kernel metric 100",
        "ip route del 10.0.0.0/24 dev vhost0 proto kernel scope link src 10.0.0.5",
        "ip -6 addr replace 2001:db8::5/64 dev eth0 noprefixroute",
      ]),
    Case(
      testDescription: "a label, and a subnet without a route",
      make: {
        try $0.address("eth0", "10.0.0.6/24") { $0.label = "eth0:1" }
        try $0.address("eth0", "10.7.0.5/24") { $0.flags.insert(.noPrefixRoute) }
      }, kinds: [.returnAddresses],
      expected: [
        "ip addr replace 10.0.0.5/24 dev eth0",
        "ip addr replace 10.0.0.6/24 dev eth0 label eth0:1",
        "ip addr replace 10.7.0.5/24 dev eth0 noprefixroute",
      ]),
    Case(
      testDescription: "an address that vhost0 got since goes to the interface",
      make: { _ in }, change: { try $0.address("vhost0", "10.7.0.5/24") }, kinds: [.returnAddresses],
      expected: ["ip addr replace 10.0.0.5/24 dev eth0", "ip addr replace 10.7.0.5/24 dev eth0"]),
    Case(
      testDescription: "one that it lost since stays away",
      make: { try $0.address("eth0", "10.7.0.5/24") },
      change: { kernel in
        let lost = try #require(kernel.contents.addresses.first { "\($0.prefix)" == "10.7.0.5/24" })
        _ = kernel.apply(.address(.delete, lost, on: "vhost0"))
      }, kinds: [.returnAddresses], expected: ["ip addr replace 10.0.0.5/24 dev eth0"]),
    Case(
      testDescription: "but is back where a takeover failed",
      make: { try $0.address("eth0", "10.7.0.5/24") },
      change: { kernel in
        let lost = try #require(kernel.contents.addresses.first { "\($0.prefix)" == "10.7.0.5/24" })
        _ = kernel.apply(.address(.delete, lost, on: "vhost0"))
      }, isRollback: true, kinds: [.returnAddresses],
      expected: ["ip addr replace 10.0.0.5/24 dev eth0", "ip addr replace 10.7.0.5/24 dev eth0"]),
    Case(
      testDescription: "a route that came since goes to the interface", make: { _ in },
      change: { try $0.route("10.77.0.0/16", by: "vhost0", via: "10.0.0.9") },
      kinds: [.returnRoutes],
      expected: [
        "ip route replace default via 10.0.0.1 dev eth0 proto boot metric 100",
        "ip route replace 10.77.0.0/16 via 10.0.0.9 dev eth0 proto boot",
      ]),
    Case(
      testDescription: "but goes altogether where a takeover failed", make: { _ in },
      change: { try $0.route("10.77.0.0/16", by: "vhost0", via: "10.0.0.9") }, isRollback: true,
      kinds: [.returnRoutes, .dropRoutes],
      expected: [
        "ip route replace default via 10.0.0.1 dev eth0 proto boot metric 100",
        "ip route del 10.0.0.0/24 dev vhost0 proto kernel scope link src 10.0.0.5",
        "ip route del 10.77.0.0/16 via 10.0.0.9 dev vhost0 proto boot",
      ]),
    Case(
      testDescription: "rules, neighbours, and what is answered for",
      make: {
        try $0.rule(100) { $0.inputInterface = "eth0" }
        try $0.neighbour("eth0", "10.0.0.1", .reachable)
        try $0.neighbour("eth0", "10.0.0.7")
        try $0.neighbour("eth0", "10.0.0.200", flags: .proxy)
      }, kinds: [.returnNeighbours, .returnRules, .dropRules],
      expected: [
        "ip neigh replace 10.0.0.7 lladdr 52:54:00:00:00:99 dev eth0 nud permanent",
        "ip neigh replace proxy 10.0.0.200 dev eth0",
        "ip rule add from all iif eth0 priority 100 lookup 100",
        "ip rule del from all iif vhost0 priority 100 lookup 100",
      ]),
    Case(
      testDescription: "a strict filter is loose meanwhile",
      make: { $0.contents.controls[InterfaceControls.reversePath("eth0")] = "1" },
      kinds: [.loosenControls, .restoreControls],
      expected: [
        "echo 2 >/proc/sys/net/ipv4/conf/vhost0/rp_filter",
        "echo 2 >/proc/sys/net/ipv4/conf/eth0/rp_filter",
        "echo 1 >/proc/sys/net/ipv4/conf/eth0/rp_filter",
      ]),
    Case(
      testDescription: "nexthop objects",
      make: {
        try $0.object(1, by: "eth0", via: "10.0.0.1")
        try $0.object(2, by: "eth0")
      }, kinds: [.returnNextHops],
      expected: [
        "ip nexthop replace id 2 dev eth0", "ip nexthop replace id 1 via 10.0.0.1 dev eth0",
      ]),
    Case(
      testDescription: "another interface's route with the same key isn't hit",
      make: {
        $0.card("eth9", mac: "52:54:00:00:00:09")
        try $0.address("eth9", "10.8.0.5/24")
        try $0.route("10.60.0.0/16", by: "eth9", via: "10.8.0.1")
        try $0.route("10.60.0.0/16", by: "eth0", via: "10.0.0.1")
      }, kinds: [.returnRoutes, .dropRoutes],
      expected: [
        "ip route replace default via 10.0.0.1 dev eth0 proto boot metric 100",
        "ip route append 10.60.0.0/16 via 10.0.0.1 dev eth0 proto boot",
        "ip route del 10.0.0.0/24 dev vhost0 proto kernel scope link src 10.0.0.5",
        "ip route del 10.60.0.0/16 via 10.0.0.1 dev vhost0 proto boot",
      ]),
  ]

  @Test(arguments: cases) func equals(_ item: Case) throws {
    try withTemporaryRoot { root, _ in
      let kernel = try FakeTakeoverKernel.plain()
      try item.make(kernel)
      let takeover = try FakeTakeover(kernel, root)
      let before = try kernel.observe(takeover.subject)
      try takeover.takeOver()
      try item.change(kernel)
      let plan = UndoPlan(
        try kernel.observe(takeover.subject), before: item.isJournalKnown ? before : nil,
        isRollback: item.isRollback)
      let steps = plan.steps.filter { item.kinds?.contains($0.kind) ?? true }
      #expect(steps.flatMap(\.operations).map { "\($0)" } == item.expected)
      #expect(plan.warnings == [])
    }
  }

  /// Nothing tells which had what: said, where there is something to tell.
  @Test func ofTwoCardsWithoutAJournalIsWarned() throws {
    try withTemporaryRoot { root, _ in
      let kernel = try FakeTakeoverKernel.plain()
      kernel.card("eth1", mac: "52:54:00:00:00:02")
      var takeover = try FakeTakeover(kernel, root)
      takeover.cards = ["eth0", "eth1"]
      try takeover.takeOver()
      // Of somebody's own doing: a takeover leaves each its own.
      try kernel.address("vhost0", "10.5.0.5/24")
      let plan = UndoPlan(try kernel.observe(takeover.subject), before: nil, isRollback: false)
      #expect(plan.warnings.count == 1 && plan.warnings[0].contains("eth0, eth1"))
    }
  }
}
