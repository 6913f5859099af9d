import Netlink
import Testing

@testable import NodeAgent

/// Several interfaces under one vhost0.
@Suite struct MultihomingTests {
  private static let range = IPPrefix("10.255.0.0/24")
  private static let both = ["eth0 10.0.0.5/24 10.0.0.1", "eth1 10.1.0.5/24 10.1.0.1"]
  private static let hops = [(link: "eth0", gateway: "10.0.0.1"), (link: "eth1", gateway: "10.1.0.1")]

  static let cases: [DetectionCase] = [
    .init("several named", .init(interfaces: ["eth0", "eth1"]), .several(both, rule: "physical-interface")) {
      two(&$0)
    },
    .init(
      "in the order in which they are named", .init(interfaces: ["eth1", "eth0"]),
      .several(both.reversed(), rule: "physical-interface")
    ) { two(&$0) },
    .init(
      "several named, of different MTU", .init(interfaces: ["eth0", "eth1"]),
      .fails(.unequalMTU, naming: ["eth0 has 1500, eth1 has 9000", "mtu"])
    ) {
      two(&$0)
      $0.change("eth1") { $0.mtu = 9000 }
    },
    .init(
      "several named, one of them without an address", .init(interfaces: ["eth0", "eth1"]),
      .fails(.noAddress, naming: ["eth1"], awaits: "a usable address on eth1")
    ) {
      two(&$0)
      $0.snapshot.addresses.removeLast()
    },
    .init(
      "the next hops of the route to the control node",
      .init(controlNodes: ["10.50.0.9"], multihoming: range),
      .several(both, rule: "route-to-control-node")
    ) {
      two(&$0)
      $0.way(to: "10.50.0.9", by: "eth0", hops: hops)
    },
    .init(
      "the same without L3MH_CIDR is ambiguous, and the remedy says so", .init(controlNodes: ["10.50.0.9"]),
      .fails(.ambiguous, naming: ["eth0 and eth1", "hash", "set L3MH_CIDR"])
    ) {
      two(&$0)
      $0.way(to: "10.50.0.9", by: "eth0", hops: hops)
    },
    .init(
      "several gateways, an interface for each",
      .init(gateways: gateways("10.0.0.1", "10.1.0.1"), multihoming: range),
      .several(both, rule: "route-to-gateway")
    ) {
      two(&$0)
      $0.way(to: "10.0.0.1", by: "eth0")
      $0.way(to: "10.1.0.1", by: "eth1")
    },
    .init(
      "several gateways without L3MH_CIDR", .init(gateways: gateways("10.0.0.1", "10.1.0.1")),
      .fails(.ambiguous, naming: ["10.0.0.1 is reached by eth0, but 10.1.0.1 by eth1", "set L3MH_CIDR"])
    ) {
      two(&$0)
      $0.way(to: "10.0.0.1", by: "eth0")
      $0.way(to: "10.1.0.1", by: "eth1")
    },
    .init(
      "several named, and a gateway for one of them only",
      .init(interfaces: ["eth0", "eth1"], gateways: gateways("10.0.0.1")),
      .fails(.conflict, naming: ["10.0.0.1", "none of VROUTER_GATEWAY", "eth1"])
    ) {
      two(&$0)
      $0.way(to: "10.0.0.1", by: "eth0")
    },
    .init(
      "the map has the loopback's address, which no interface owns",
      .init(nodesMap: addresses(["node1": "10.255.0.5"]), controlNodes: ["10.50.0.9"], multihoming: range),
      .several(both, rule: "route-to-control-node")
    ) {
      two(&$0)
      $0.address("lo", "10.255.0.5/32")
      $0.way(to: "10.50.0.9", by: "eth0", hops: hops)
    },
    .init(
      "a vhost0 over several has a MAC of no interface; the identity tells which", .init(multihoming: range),
      .several(["eth0 10.0.0.5/24 10.0.0.1", "eth1 10.1.0.5/24 10.1.0.1"], rule: "existing-vhost")
    ) {
      two(&$0)
      $0.link("vhost0", kind: "vhost", mac: "00:00:5e:00:01:00")
      $0.address("vhost0", "10.255.0.5/32")
      let settings = ["L3MH_CIDR": "10.255.0.0/24"]
      $0.remember("eth0", mac: "52:54:00:00:00:01", settings: settings)
      $0.remember("eth1", mac: "52:54:00:00:00:02", settings: settings)
    },
  ]

  @Test(arguments: cases) func decides(row: DetectionCase) { row.check() }

  @Test func eachInterfaceHasItsOwnLineInEveryReport() throws {
    let decision = try #require(Self.cases.first).decision.get()
    let text = DetectionText.full(decision)
    for line in [
      "physical interface  eth0", "physical interface  eth1", "10.0.0.5/24  on eth0", "10.1.0.5/24  on eth1",
    ] {
      #expect(text.contains(line))
    }
    let report = DetectionReport(decision)
    #expect(report.interface == "eth0" && report.interfaces.map(\.name) == ["eth0", "eth1"])
    #expect(report.interfaces.map(\.gateways) == [["10.0.0.1"], ["10.1.0.1"]])
    #expect(report.candidates.filter(\.chosen).count == 2)
  }
}
