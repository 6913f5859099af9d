import Netlink
import Testing

@testable import NodeAgent

/// What would change the answer, word by word. That each statement is true of every row of the other tables, those check.
@Suite struct CounterfactualTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let settings: DetectionSettings
    let texts: [String]
    let host: ImaginaryHost

    init(_ name: String, _ texts: [String], _ build: (inout ImaginaryHost) -> Void) {
      self.init(name, .init(), texts, build)
    }

    init(
      _ name: String, _ settings: DetectionSettings, _ texts: [String],
      _ build: (inout ImaginaryHost) -> Void
    ) {
      var host = ImaginaryHost()
      build(&host)
      (testDescription, self.settings, self.texts, self.host) = (name, settings, texts, host)
    }
  }

  static let rows: [Row] = [
    Row("one card: nothing", [], plain),
    Row("a metric to undercut", ["eth1 would win if its default route had a metric below 100"]) { two(&$0) },
    Row(
      "nothing is below 0: the other's metric would have to be higher",
      ["eth1 would win if the default route of eth0 had a metric above 200"]
    ) { two(&$0, metrics: (0, 200)) },
    Row(
      "nothing is below 1 among IPv6's",
      ["eth1 would win if the default route of eth0 had a metric above 200"]
    ) { twoOfIPv6(&$0, metrics: (1, 200)) },
    Row("IPv6's to undercut", ["eth1 would win if its default route had a metric below 2"]) {
      twoOfIPv6(&$0, metrics: (2, 200))
    },
    Row("none of its own, and nothing below 1", ["eth1 would win if the default route left by it"]) {
      twoOfIPv6(&$0, metrics: (1, 200))
      $0.snapshot.routes.removeLast()
    },
    Row("no default route of its own", ["eth1 would win if a default route of metric below 100 left by it"]) {
      two(&$0)
      $0.snapshot.routes.removeLast()
    },
    Row(
      "no default route of its own, and nothing below 0", ["eth1 would win if the default route left by it"]
    ) {
      two(&$0, metrics: (0, 200))
      $0.snapshot.routes.removeLast()
    },
    Row(
      "IPv6 against IPv4", ["eth1 would win if its IPv6 default route had a metric below 100"]
    ) {
      plain(&$0)
      $0.link("eth1", mac: "52:54:00:00:00:02")
      $0.address("eth1", "2001:db8::5/64")
      $0.route("::/0", by: "eth1", via: "fe80::1", metric: 1024)
    },
    Row("passed over for want of an address", ["eth1 would win if it had a usable address"]) {
      two(&$0, metrics: (100, 50))
      $0.snapshot.addresses.removeLast()
      $0.address("eth1", "169.254.7.7/16", scope: .link)
    },
    Row("a card without an address can't win by a metric", []) {
      plain(&$0)
      $0.link("eth1", mac: "52:54:00:00:00:02")
    },
    Row("by name alone: in a VRF", ["eth1 would win if PHYSICAL_INTERFACE named it"]) {
      plain(&$0)
      $0.link("blue", kind: "vrf", mac: nil)
      $0.link("eth1", mac: "52:54:00:00:00:02", master: "blue")
      $0.address("eth1", "10.1.0.5/24")
    },
    Row(
      "named", .init(interfaces: ["eth1"]),
      ["eth0 would win if PHYSICAL_INTERFACE named it", "eth0 would win if PHYSICAL_INTERFACE were not set"]
    ) { two(&$0) },
    Row(
      "by the map", .init(nodesMap: addresses(["node1": "10.1.0.5"])),
      ["eth0 would win if KUBERNETES_NODES_MAP gave node1 the address 10.0.0.5"]
    ) { two(&$0) },
    Row(
      "by the gateway", .init(gateways: gateways("10.1.0.1")),
      ["eth0 would win if VROUTER_GATEWAY were reached by it"]
    ) {
      two(&$0)
      $0.way(to: "10.1.0.1", by: "eth1")
    },
    Row(
      "by the control nodes", .init(controlNodes: ["10.1.0.8", "10.1.0.9"]),
      ["eth0 would win if the control nodes were reached by it"]
    ) {
      two(&$0)
      $0.way(to: "10.1.0.8", by: "eth1")
      $0.way(to: "10.1.0.9", by: "eth1")
    },
    Row(
      "by the identity",
      [
        "eth0 would win if PHYSICAL_INTERFACE named it",
        "eth0 would win if /var/lib/vrouter-node-agent/identity.json were removed",
      ]
    ) {
      two(&$0)
      $0.remember("eth1", mac: "52:54:00:00:00:02")
    },
    Row(
      "by vhost0",
      [
        "eth1 would win if vhost0 were gone and PHYSICAL_INTERFACE named it",
        "eth1 would win if vhost0 were gone",
      ]
    ) {
      TopologyTests.takenOver(&$0)
      $0.snapshot.routes[0].metric = 300
      $0.link("eth1", mac: "52:54:00:00:00:02")
      $0.address("eth1", "10.1.0.5/24")
      $0.route("0.0.0.0/0", by: "eth1", via: "10.1.0.1", metric: 100)
    },
    Row(
      "another table", ["eth0 would win if the default route of table 100 left by it"]
    ) {
      TopologyTests.bothIn(&$0, table: 100)
      $0.rule(100, table: 100)
    },
  ]

  private static func twoOfIPv6(_ host: inout ImaginaryHost, metrics: (UInt32, UInt32)) {
    for (name, subnet, metric) in [("eth0", "2001:db8:0:", metrics.0), ("eth1", "2001:db8:1:", metrics.1)] {
      host.link(name, mac: "52:54:00:00:00:0\(name.suffix(1))")
      host.address(name, "\(subnet):5/64")
      host.route("::/0", by: name, via: "\(subnet):1", metric: metric)
    }
  }

  @Test(arguments: rows) func says(row: Row) throws {
    let decision = try Detector(snapshot: row.host.snapshot, settings: row.settings).decide()
    #expect(decision.whatWouldChange.map(\.text) == row.texts)
  }

  @Test func whatWouldDecideAnAmbiguity() {
    var host = ImaginaryHost()
    two(&host, metrics: (100, 100))
    guard
      case .failure(let error) = DetectionCase("", .fails(.ambiguous, naming: []), { $0 = host }).decision
    else {
      Issue.record("decided")
      return
    }
    #expect(
      error.whatWouldDecide.map(\.text) == [
        "eth0 and eth1 would be chosen if L3MH_CIDR were set (which prepare refuses in this version)",
        "eth0 would be chosen if PHYSICAL_INTERFACE named it",
        "eth1 would be chosen if PHYSICAL_INTERFACE named it",
      ])
  }

  /// Of many, a handful is asked about; and for `--brief` none.
  @Test func boundedByAHandful() throws {
    var host = ImaginaryHost.plain()
    for number in 1...40 {
      host.link("eth\(number)", mac: "52:54:00:00:01:01")
      host.address("eth\(number)", "10.\(number).0.5/24")
    }
    let detector = Detector(snapshot: host.snapshot, settings: .init())
    #expect(try detector.decide().whatWouldChange.count == Detector.alternatives)
    #expect(try detector.decide(explained: false).whatWouldChange.isEmpty)
  }
}
