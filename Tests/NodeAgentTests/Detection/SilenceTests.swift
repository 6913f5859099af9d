import Netlink
import Testing

@testable import NodeAgent

/// What would be decided otherwise than the kernel does, or without a word, if nobody looked at it.
@Suite struct SilenceTests {
  static let cases = addressCases + gatewayCases + routeCases + linkCases

  @Test(arguments: cases) func decides(row: DetectionCase) { row.check() }

  /// Words of a warning or of the reason for the choice, beside what the tables hold.
  @Test(arguments: [
    (
      "a default of lower metric over a tunnel",
      ["vx0 is passed over", "it is a tunnel (vxlan)", "among those"]
    ),
    ("a next hop over a bridge", ["br0 is passed over", "it is a bridge", "among those"]),
    ("routes by a group of interfaces are suppressed", ["IPv4 rule 100", "group 5", "suppress_ifgroup"]),
    (
      "a gateway of a family that the node has no address of",
      ["10.0.0.5/24 is IPv4", "2001:db8::1 is for IPv6"]
    ),
    ("a type of service has its own default route", ["for packets of type of service 16 alone"]),
  ])
  func tells(name: String, words: [String]) throws {
    let row = try #require(Self.cases.first { $0.testDescription == name })
    let decision = try row.decision.get()
    let text = DetectionText.full(decision)
    for word in words { #expect(text.contains(word), "no \"\(word)\" in:\n\(text)") }
  }

  @Test func typeOfServiceIsReported() throws {
    let row = try #require(
      Self.cases.first { $0.testDescription == "a type of service has its own default route" })
    let report = DetectionReport(try row.decision.get())
    let routes = report.candidates.flatMap(\.defaultRoutes)
    #expect(routes.map(\.typeOfService) == [nil, 16])
    #expect(routes.map(\.carriesTraffic) == [true, false])
  }

  // MARK: Addresses

  static let addressCases: [DetectionCase] = [
    .init(
      "the map's address is tentative", .init(nodesMap: addresses(["node1": "2001:db8::5"])),
      .fails(
        .noAddress, naming: ["KUBERNETES_NODES_MAP", "2001:db8::5/64", "tentative"],
        awaits: "the search for duplicates of 2001:db8::5/64")
    ) {
      plain(&$0)
      $0.address("eth0", "2001:db8::5/64", flags: .tentative)
    },
    .init(
      "the map's address is another host's too", .init(nodesMap: addresses(["node1": "2001:db8::5"])),
      .fails(.noAddress, naming: ["KUBERNETES_NODES_MAP", "2001:db8::5/64", "duplicate of another host's"])
    ) {
      plain(&$0)
      $0.address("eth0", "2001:db8::5/64", flags: [.tentative, .duplicate])
    },
    .init(
      "the map's address is of scope link", .init(nodesMap: addresses(["node1": "10.0.9.5"])),
      .fails(.noAddress, naming: ["10.0.9.5/24", "link"])
    ) {
      plain(&$0)
      $0.address("eth0", "10.0.9.5/24", scope: .link)
    },
    .init(
      "the address of the gateway's family is tentative", .init(gateways: gateways("2001:db8::1")),
      .fails(
        .noAddress, naming: ["2001:db8::1", "IPv6", "tentative"],
        awaits: "the search for duplicates of 2001:db8::5/64")
    ) {
      plain(&$0)
      $0.address("eth0", "2001:db8::5/64", flags: .tentative)
      $0.way(to: "2001:db8::1", by: "eth0")
    },
    .init(
      "a gateway of a family that the node has no address of", .init(gateways: gateways("2001:db8::1")),
      .chosen(
        "eth0", rule: "route-to-gateway", address: "10.0.0.5/24", gateway: ["2001:db8::1"], warnings: 1)
    ) {
      plain(&$0)
      $0.way(to: "2001:db8::1", by: "eth0")
    },
    .init(
      "the default route says which source",
      .chosen("eth0", rule: "default-route", address: "10.0.0.7/24", gateway: ["10.0.0.1"]), sourced),
    .init(
      "the default route says which source, and the interface is named", .init(interfaces: ["eth0"]),
      .chosen("eth0", rule: "physical-interface", address: "10.0.0.7/24", gateway: ["10.0.0.1"]), sourced),
    .init(
      "the default route says which source, and another address was remembered",
      .chosen("eth0", rule: "remembered", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      sourced(&$0)
      $0.remember("eth0", mac: "52:54:00:00:00:01", address: "10.0.0.5/24")
    },
    .init(
      "the source of IPv4's default route decides nothing beside a gateway of IPv6",
      .init(interfaces: ["eth0"], gateways: gateways("2001:db8::1")),
      .chosen("eth0", rule: "physical-interface", address: "2001:db8::5/64", gateway: ["2001:db8::1"])
    ) {
      sourced(&$0)
      $0.address("eth0", "2001:db8::5/64")
      $0.way(to: "2001:db8::1", by: "eth0")
    },
  ]

  private static func sourced(_ host: inout ImaginaryHost) {
    plain(&host)
    host.address("eth0", "10.0.0.7/24", flags: [.permanent, .secondary])
    host.snapshot.routes[0].preferredSource = IPAddress("10.0.0.7")
  }
}
