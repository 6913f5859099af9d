import Netlink
import TestSupport
import Testing

@testable import NodeAgent

/// Plans, as the commands that they equal.
@Suite struct TakeoverPlannerTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Of these steps.
    let kinds: [TakeoverStep.Kind]
    let make: @Sendable (FakeTakeoverKernel) throws -> Void
    let expected: [String]

    init(
      _ name: String, _ kinds: [TakeoverStep.Kind], _ expected: [String],
      _ make: @escaping @Sendable (FakeTakeoverKernel) throws -> Void = { _ in }
    ) {
      (testDescription, self.kinds, self.make, self.expected) = (name, kinds, make, expected)
    }
  }

  static let cases = [
    Case(
      "all of the simplest", TakeoverStep.Kind.allCases,
      [
        "ip link add name vhost0 index 3 mtu 1500 address 52:54:00:00:00:01 type vhost",
        "echo 0 >/proc/sys/net/ipv6/conf/vhost0/accept_dad",
        "ip link set dev vhost0 up",
        "ip addr replace 10.0.0.5/24 dev vhost0 noprefixroute",
        "vif --add eth0 --mac 52:54:00:00:00:01 --vrf 0 --vhost-phys --type physical",
        "vif --add vhost0 --mac 52:54:00:00:00:01 --vrf 0 --type vhost --xconnect eth0",
        "ip route replace 10.0.0.0/24 dev vhost0 proto kernel scope link src 10.0.0.5",
        "ip route replace default via 10.0.0.1 dev vhost0 proto boot metric 100",
        "arping -U -c 1 -I vhost0 10.0.0.5",
        "ip addr del 10.0.0.5/24 dev eth0",
        "echo 1 >/proc/sys/net/ipv6/conf/vhost0/accept_dad",
      ]),
    Case(
      "a strict filter is loose meanwhile", [.setControls, .restoreControls],
      [
        "echo 2 >/proc/sys/net/ipv4/conf/vhost0/rp_filter",
        "echo 2 >/proc/sys/net/ipv4/conf/eth0/rp_filter",
        "echo 0 >/proc/sys/net/ipv6/conf/vhost0/accept_dad",
        "echo 1 >/proc/sys/net/ipv4/conf/vhost0/rp_filter",
        "echo 1 >/proc/sys/net/ipv6/conf/vhost0/accept_dad",
        "echo 1 >/proc/sys/net/ipv4/conf/eth0/rp_filter",
      ]
    ) { $0.contents.controls[InterfaceControls.reversePath("eth0")] = "1" },
    Case(
      "a filter that is strict for all", [.setControls],
      [
        "echo 2 >/proc/sys/net/ipv4/conf/vhost0/rp_filter",
        "echo 2 >/proc/sys/net/ipv4/conf/eth0/rp_filter",
        "echo 0 >/proc/sys/net/ipv6/conf/vhost0/accept_dad",
      ]
    ) { $0.contents.controls[InterfaceControls.reversePathOfAll] = "1" },
    Case(
      "a vhost0 with another MAC address is made anew, with its index", [.makeVhost],
      [
        "ip link del dev vhost0",
        "ip link add name vhost0 index 3 mtu 1500 address 52:54:00:00:00:01 type vhost",
      ]
    ) { $0.card("vhost0", mac: "52:54:00:00:00:77", kind: "vhost") },
    Case("one with the right one stays", [.makeVhost, .raiseVhost], []) { $0.card("vhost0", kind: "vhost") },
    Case("and is switched on", [.makeVhost, .raiseVhost], ["ip link set dev vhost0 up"]) {
      $0.card("vhost0", kind: "vhost")
      $0.contents.links[1].isUp = false
    },
    Case(
      "rules are copied, and go at the end", [.addRules, .dropRules],
      [
        "ip rule add from all iif vhost0 priority 100 lookup 100",
        "ip rule add from all oif vhost0 priority 110 lookup 100",
        "ip rule del from all iif eth0 priority 100 lookup 100",
        "ip rule del from all oif eth0 priority 110 lookup 100",
      ]
    ) {
      try $0.rule(100) { $0.inputInterface = "eth0" }
      try $0.rule(110) { $0.outputInterface = "eth0" }
      try $0.rule(120) { $0.source = IPPrefix("10.0.0.5/32") }
    },
    Case(
      "neighbours: those set for good go, those learned are asked again", [.addNeighbours, .dropNeighbours],
      [
        "ip neigh replace 10.0.0.1 lladdr 52:54:00:00:00:99 dev vhost0 nud stale",
        "ip neigh replace 10.0.0.7 lladdr 52:54:00:00:00:99 dev vhost0 nud permanent",
        "ip neigh del 10.0.0.7 lladdr 52:54:00:00:00:99 dev eth0 nud permanent",
      ]
    ) {
      try $0.neighbour("eth0", "10.0.0.1", .reachable)
      try $0.neighbour("eth0", "10.0.0.7")
      try $0.neighbour("eth0", "10.0.0.8", .failed)
    },
    Case(
      "one set for good takes the place of one that vhost0 learned", [.addNeighbours],
      ["ip neigh replace 10.0.0.7 lladdr 52:54:00:00:00:99 dev vhost0 nud permanent"]
    ) {
      $0.card("vhost0", kind: "vhost")
      try $0.neighbour("eth0", "10.0.0.7")
      try $0.neighbour("vhost0", "10.0.0.7", .reachable)
    },
  ]

  @Test(arguments: cases) func equals(_ item: Case) throws {
    try withTemporaryRoot { root, _ in
      let kernel = try FakeTakeoverKernel.plain()
      try item.make(kernel)
      let plan = try FakeTakeover(kernel, root).plan()
      let texts = plan.steps.filter { item.kinds.contains($0.kind) }.flatMap(\.operations).map { "\($0)" }
      #expect(texts == item.expected)
    }
  }

  /// Unless something already leads to it.
  @Test(arguments: [nil, "10.44.0.0/16"] as [String?])
  func podRoutesAreAdded(_ there: String?) throws {
    try withTemporaryRoot { root, _ in
      let kernel = try FakeTakeoverKernel.plain()
      if let there { try kernel.route(there, by: "eth0", via: "10.0.0.9") }
      var takeover = try FakeTakeover(kernel, root)
      takeover.routes = [
        .init(
          destination: try #require(IPPrefix("10.44.0.0/16")), gateway: IPAddress("10.0.0.1"))
      ]
      let texts = try takeover.plan().operations.map { "\($0)" }.filter { $0.contains("10.44.0.0/16") }
      #expect(
        texts == [
          there == nil
            ? "ip route add 10.44.0.0/16 via 10.0.0.1 dev vhost0 proto static"
            : "ip route replace 10.44.0.0/16 via 10.0.0.9 dev vhost0 proto boot"
        ])
      #expect(try takeover.plan().added.count == (there == nil ? 1 : 0))
    }
  }

  @Test func nothingDestructiveSharesADatagram() throws {
    for network in TakeoverNetwork.all {
      try withTemporaryRoot { root, _ in
        var takeover = try FakeTakeover(try network.kernel(), root)
        takeover.cards = network.cards
        for datagram in try takeover.plan().steps.flatMap(\.datagrams) {
          #expect(datagram.count <= 64)
          #expect(Set(datagram.map(\.isDestructive)).count == 1, "\(network): \(datagram)")
        }
      }
    }
  }
}
