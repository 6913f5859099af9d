import Netlink

@testable import NodeAgent

extension TopologyTests {
  /// Policy routing.
  static let tables: [DetectionCase] = [
    .init(
      "a default in another table only, for every packet",
      .chosen("eth1", rule: "default-route", address: "10.1.0.5/24", gateway: ["10.1.0.1"])
    ) {
      bothIn(&$0, table: 100)
      $0.rule(100, table: 100)
    },
    .init(
      "a default in another table only, for packets from one address",
      .chosen("eth1", rule: "default-route", address: "10.1.0.5/24", gateway: ["10.1.0.1"], warnings: 1)
    ) {
      bothIn(&$0, table: 100)
      $0.rule(100, table: 100, from: "10.1.0.5/32")
    },
    .init(
      "defaults in tables by source, of two cards",
      .fails(.ambiguous, naming: ["eth0 (table 101)", "eth1 (table 100)"])
    ) {
      bothIn(&$0, table: 100)
      $0.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1", table: RouteTable(rawValue: 101))
      $0.rule(100, table: 101, from: "10.0.0.5/32")
      $0.rule(101, table: 100, from: "10.1.0.5/32")
    },
    .init("a default in a table that no rule names", .fails(.nothingFits, naming: ["eth1's is in table 100"]))
    {
      bothIn(&$0, table: 100)
    },
    .init("a default in a table for marked packets, beside main's", eth0) {
      bothIn(&$0, table: 100)
      $0.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1", metric: 500)
      $0.rule(100, table: 100) { $0.mark = 7 }
    },
    .init("an earlier table wins over main's lower metric", eth1) {
      bothIn(&$0, table: 100)
      $0.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1", metric: 0)
      $0.rule(100, table: 100)
    },
    .init(
      "WireGuard's rule for unmarked packets leads into the tunnel",
      .fails(.nothingFits, naming: ["but by wg0, never chosen by itself", "eth0's is in table main"])
    ) {
      plain(&$0)
      $0.link("wg0", kind: "wireguard", mac: nil, type: .none)
      $0.address("wg0", "10.9.0.1/24")
      $0.route("0.0.0.0/0", by: "wg0", table: RouteTable(rawValue: 51820))
      $0.rule(32764, table: 254) { $0.suppressedPrefixLength = 0 }
      $0.rule(32765, table: 51820) { ($0.mark, $0.flags) = (0xca6c, .inverted) }
    },
    .init(
      "a blackhole default of lower metric ends the lookup",
      .fails(.nothingFits, naming: ["eth0's comes after one of type blackhole, metric 1"])
    ) {
      plain(&$0)
      $0.route("0.0.0.0/0", by: "lo", metric: 1, type: .blackhole)
    },
    .init("a blackhole default of higher metric does nothing", eth0) {
      plain(&$0)
      $0.route("0.0.0.0/0", by: "lo", metric: 4_294_967_295, type: .blackhole)
    },
    .init(
      "a blackhole default in an earlier table keeps the lookup from main",
      .fails(.nothingFits, naming: ["eth0's is in table main"])
    ) {
      plain(&$0)
      $0.route("0.0.0.0/0", by: "lo", table: RouteTable(rawValue: 100), type: .blackhole)
      $0.rule(100, table: 100)
    },
    .init("a throw default sends on to the next rule", eth0) {
      plain(&$0)
      $0.route("0.0.0.0/0", by: "lo", table: RouteTable(rawValue: 100), type: .throw)
      $0.rule(100, table: 100)
    },
    .init("a goto passes rules over", eth0) {
      bothIn(&$0, table: 100)
      $0.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1")
      $0.rule(10, table: 0) { ($0.action, $0.table, $0.goToPriority) = (.goTo, nil, 200) }
      $0.rule(100, table: 100)
    },
    .init(
      "named, its default is in another table", .init(interfaces: ["eth1"]),
      .chosen("eth1", rule: "physical-interface", address: "10.1.0.5/24", gateway: ["10.1.0.1"])
    ) {
      bothIn(&$0, table: 100)
      $0.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1")
      $0.rule(100, table: 100, from: "10.1.0.5/32")
    },
  ]

  /// Two cards with addresses; eth1 has a default route in a table of its own.
  static func bothIn(_ host: inout ImaginaryHost, table: UInt32) {
    two(&host)
    host.snapshot.routes = []
    host.route("0.0.0.0/0", by: "eth1", via: "10.1.0.1", table: RouteTable(rawValue: table))
  }
}
