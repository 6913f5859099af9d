import HostFiles
import Netlink
import TestSupport
import Testing

@testable import NodeAgent

/// Layer-3 multihoming: vhost0 over several interfaces, each of which keeps its addresses, routes and ARP.
@Suite struct TakeoverMultihomingTests {
  private func with(
    _ make: (FakeTakeoverKernel) throws -> Void = { _ in },
    routes: [TakeoverWish.Wanted] = [], _ body: (FakeTakeover, FakeTakeoverKernel) throws -> Void
  ) throws {
    try withTemporaryRoot { root, _ in
      let kernel = try FakeTakeoverKernel.plain()
      kernel.card("eth1", mac: "52:54:00:00:00:02")
      try kernel.address("eth1", "10.1.0.5/24")
      try kernel.route("0.0.0.0/0", by: "eth1", via: "10.1.0.1", metric: 200)
      try kernel.rule(100) { $0.inputInterface = "eth1" }
      try kernel.neighbour("eth0", "10.0.0.7")
      try kernel.neighbour("eth0", "10.0.0.200", flags: .proxy)
      kernel.contents.controls["/proc/sys/net/ipv6/conf/default/accept_ra"] = "1"
      try make(kernel)
      var takeover = try FakeTakeover(kernel, root)
      (takeover.cards, takeover.mac, takeover.routes) = (["eth0", "eth1"], FakeTakeover.commonMAC, routes)
      try body(takeover, kernel)
    }
  }

  /// What is the interfaces' stays theirs: nothing but vhost0 and the module's interfaces comes.
  @Test func nothingMoves() throws {
    try with { takeover, kernel in
      let before = try kernel.observe(takeover.subject)
      let plan = try takeover.plan()
      #expect(
        plan.operations.map { "\($0)" } == [
          "ip link add name vhost0 index 4 mtu 1500 address 00:00:5e:00:01:00 type vhost",
          "echo 0 >/proc/sys/net/ipv6/conf/vhost0/accept_ra",
          "ip link set dev vhost0 up",
          "vif --add eth0 --mac 52:54:00:00:00:01 --vrf 0 --vhost-phys --type physical",
          "vif --add eth1 --mac 52:54:00:00:00:02 --vrf 0 --vhost-phys --type physical",
          "vif --add vhost0 --mac 00:00:5e:00:01:00 --vrf 0 --type vhost --xconnect eth0,eth1",
        ])
      try takeover.takeOver()
      let after = try kernel.observe(takeover.subject)
      #expect(after.difference(from: before).others == [])
      #expect(after.addresses.filter { !$0.address.isLinkLocal } == before.addresses)
      #expect(after.routes == before.routes && after.rules == before.rules)
      #expect(after.neighbours == before.neighbours && after.proxies == before.proxies)
      #expect(try takeover.takeOver() == nil)
    }
  }

  /// What arrives on vhost0 is answered by the interfaces' own routes: loose for good where a filter would be strict.
  @Test(arguments: [
    ("all", "1", true), ("default", "1", true), ("eth0", "1", false), ("all", "2", false),
    ("all", "0", false),
  ])
  func aStrictFilterWouldDropAll(_ name: String, _ value: String, isLoosened: Bool) throws {
    try with({ kernel in
      kernel.contents.controls[InterfaceControls.reversePathOfAll] = "0"
      kernel.contents.controls[InterfaceControls.reversePath("default")] = "0"
      kernel.contents.controls[InterfaceControls.reversePath(name)] = value
    }) { takeover, kernel in
      let before = kernel.contents.controls
      try takeover.takeOver()
      let filter = InterfaceControls.reversePath("vhost0")
      #expect((kernel.contents.controls[filter] == "2") == isLoosened)
      for name in ["all", "default", "eth0", "eth1"] {
        let path = InterfaceControls.reversePath(name)
        #expect(kernel.contents.controls[path] == before[path])
      }
    }
  }

  /// As today's scripts have it: by the module, which chooses an interface.
  @Test func podsAreReachedByVhost0() throws {
    let pods = TakeoverWish.Wanted(destination: try #require(IPPrefix("10.44.0.0/16")))
    try with(routes: [pods]) { takeover, kernel in
      let texts = try takeover.plan().operations.map { "\($0)" }.filter { $0.contains("10.44") }
      #expect(texts == ["ip route add 10.44.0.0/16 dev vhost0 proto static scope link"])
    }
    try with({ try $0.route("10.44.0.0/16", by: "eth1", via: "10.1.0.9") }, routes: [pods]) { takeover, _ in
      let texts = try takeover.plan().operations.map { "\($0)" }
      #expect(!texts.contains { $0.contains("10.44") })
    }
  }

  /// With the journal, without it, and when it is undone: the interfaces are as before, and nothing of vhost0's is theirs.
  @Test(arguments: ["journal", "no journal", "undone"])
  func nothingComesBack(_ way: String) throws {
    let pods = TakeoverWish.Wanted(destination: try #require(IPPrefix("10.44.0.0/16")))
    try with(routes: [pods]) { takeover, kernel in
      var takeover = takeover
      let before = kernel.contents
      if way == "undone" {
        takeover.verifier = DeafVerifier()
        #expect(throws: CommandFailure.self) { try takeover.takeOver() }
      } else {
        try takeover.takeOver()
        // As the vRouter agent adds them.
        try kernel.route("169.254.0.3/32", by: "vhost0")
        try kernel.rule(200) { $0.inputInterface = "vhost0" }
        try kernel.neighbour("vhost0", "10.44.0.9")
        if way == "no journal" { try takeover.root.remove(TakeoverJournal.path) }
        try takeover.cleanUp()
      }
      #expect(kernel.contents.changes(since: before) == [])
    }
  }
}
