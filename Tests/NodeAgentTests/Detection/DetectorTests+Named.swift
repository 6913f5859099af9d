import Netlink

@testable import NodeAgent

extension DetectorTests {
  static let namedCases: [DetectionCase] = [
    // By name.
    .init(
      "named, against the default route", .init(interfaces: ["eth1"]),
      .chosen("eth1", rule: "physical-interface", address: "10.1.0.5/24", gateway: ["10.1.0.1"])
    ) { two(&$0) },
    .init(
      "named by its alternative name", .init(interfaces: ["enp3s0f0np0"]),
      .chosen("eth0", rule: "physical-interface", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      $0.link("eth0", alternative: ["enp3s0f0np0"])
      $0.address("eth0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1")
    },
    .init(
      "named, not there", .init(interfaces: ["eth7"]),
      .fails(.notFound, naming: ["eth7", "eth0, lo"], awaits: "an interface that fits eth7"), plain),
    .init(
      "named, the default leaves by another: no gateway", .init(interfaces: ["eth1"]),
      .chosen("eth1", rule: "physical-interface", address: "10.1.0.5/24", gateway: [])
    ) {
      plain(&$0)
      $0.link("eth1", mac: "52:54:00:00:00:02")
      $0.address("eth1", "10.1.0.5/24")
    },
    .init(
      "named, no default route at all: a warning", .init(interfaces: ["eth0"]),
      .chosen("eth0", rule: "physical-interface", address: "10.0.0.5/24", gateway: [], warnings: 1)
    ) {
      $0.link("eth0")
      $0.address("eth0", "10.0.0.5/24")
    },
    .init(
      "named, default route without gateway", .init(interfaces: ["eth0"]),
      .fails(.noGateway, naming: ["eth0", "VROUTER_GATEWAY"])
    ) {
      $0.link("eth0")
      $0.address("eth0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "eth0")
    },
    .init(
      "a veth without default route, named: used with warnings", .init(interfaces: ["veth0"]),
      .chosen("veth0", rule: "physical-interface", address: "10.5.0.5/24", gateway: [], warnings: 1)
    ) {
      plain(&$0)
      $0.link("veth0", kind: "veth", mac: "52:54:00:00:00:03")
      $0.address("veth0", "10.5.0.5/24")
    },
  ]
}
