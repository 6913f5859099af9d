import Netlink

@testable import NodeAgent

extension TopologyTests {
  /// What changes with time.
  static let moments: [DetectionCase] = [
    .init(
      "renamed since the last run",
      .chosen("enp6s0f0np0", rule: "remembered", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      $0.link("enp6s0f0np0")
      $0.address("enp6s0f0np0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "enp6s0f0np0", via: "10.0.0.1")
      $0.remember("enp6s0f0", mac: "52:54:00:00:00:01")
    },
    .init(
      "a NIC that isn't there yet",
      .fails(.nothingFits, naming: ["no default route"], awaits: "a default route")
    ) { _ in },
    .init(
      "a NIC that isn't there yet, named", .init(interfaces: ["eth0"]),
      .fails(.notFound, naming: ["eth0"], awaits: "an interface that fits eth0")
    ) { _ in },
    .init(
      "a NIC that isn't there yet, remembered",
      .fails(.notFound, naming: ["eth0", "52:54:00:00:00:01", "identity.json"], awaits: "eth0")
    ) {
      $0.link("eth1", mac: "52:54:00:00:00:02")
      $0.address("eth1", "10.1.0.5/24")
      $0.route("0.0.0.0/0", by: "eth1", via: "10.1.0.1")
      $0.remember("eth0", mac: "52:54:00:00:00:01")
    },
    .init(
      "an address that is tentative at first",
      .fails(
        .noAddress, naming: ["2001:db8::5/64 tentative"],
        awaits: "the search for duplicates of 2001:db8::5/64")
    ) {
      $0.link("eth0")
      $0.address("eth0", "2001:db8::5/64", flags: .tentative)
      $0.route("::/0", by: "eth0", via: "fe80::1")
      // Another interface that is ready first doesn't win by that.
      $0.link("eth1", mac: "52:54:00:00:00:02")
      $0.address("eth1", "2001:db8:1::5/64")
      $0.route("::/0", by: "eth1", via: "fe80::2", metric: 1024)
    },
    .init(
      "vhost0 is up already with the routes over it",
      .chosen("eth0", rule: "existing-vhost", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) { takenOver(&$0) },
    .init(
      "vhost0 is up already over a veth",
      .chosen("eth0", rule: "existing-vhost", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      takenOver(&$0)
      $0.change("eth0") { $0.kind = "veth" }
    },
    .init(
      "vhost0 stands on another card than the one that is named", .init(interfaces: ["eth1"]),
      .fails(.conflict, naming: ["vhost0 stands on eth0", "PHYSICAL_INTERFACE names eth1"])
    ) {
      takenOver(&$0)
      $0.link("eth1", mac: "52:54:00:00:00:02")
      $0.address("eth1", "10.1.0.5/24")
    },
    .init(
      "vhost0 stands on another card than the one that leads to the gateway",
      .init(gateways: gateways("10.1.0.1")),
      .fails(.conflict, naming: ["10.1.0.1 is reached by eth1", "default route leaves by eth0"])
    ) {
      takenOver(&$0)
      $0.link("eth1", mac: "52:54:00:00:00:02")
      $0.address("eth1", "10.1.0.5/24")
      $0.way(to: "10.1.0.1", by: "eth1")
    },
    .init(
      "vhost0 stands on another card than the one that owns the mapped address: a warning",
      .init(nodesMap: addresses(["node1": "10.1.0.5"])),
      .chosen("eth0", rule: "existing-vhost", address: "10.0.0.5/24", gateway: ["10.0.0.1"], warnings: 1)
    ) {
      takenOver(&$0)
      $0.link("eth1", mac: "52:54:00:00:00:02")
      $0.address("eth1", "10.1.0.5/24")
    },
    .init(
      "vhost0 over one of a VLAN and its card; the identity tells",
      .chosen("eth0.7", rule: "existing-vhost", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      takenOver(&$0)
      $0.link("eth0.7", kind: "vlan")
      $0.remember("eth0.7", kind: "vlan", mac: "52:54:00:00:00:01")
    },
  ]

  static func takenOver(_ host: inout ImaginaryHost) {
    host.link("eth0")
    host.link("vhost0", kind: "vhost")
    host.address("vhost0", "10.0.0.5/24")
    host.route("0.0.0.0/0", by: "vhost0", via: "10.0.0.1")
  }
}
