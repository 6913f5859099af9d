import Netlink

@testable import NodeAgent

extension DetectorTests {
  static let vhostCases: [DetectionCase] = [
    // Masters, ports, vhost0.
    .init(
      "bond", .chosen("bond0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      $0.link("bond0", kind: "bond")
      $0.link("eth0", master: "bond0")
      $0.link("eth1", master: "bond0")
      $0.address("bond0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "bond0", via: "10.0.0.1")
    },
    .init(
      "VLAN", .chosen("eth0.100", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      $0.link("eth0")
      $0.link("eth0.100", kind: "vlan")
      $0.address("eth0.100", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "eth0.100", via: "10.0.0.1")
    },
    .init(
      "vhost0 has the address and the routes: looked through",
      .chosen("eth0", rule: "existing-vhost", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      $0.link("eth0")
      $0.link("vhost0", kind: "vhost")
      $0.address("vhost0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "vhost0", via: "10.0.0.1")
    },
    .init(
      "vhost0 over a bond, ports share the MAC", .init(controlNodes: ["10.0.0.9"]),
      .chosen("bond0", rule: "existing-vhost", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      $0.link("bond0", kind: "bond")
      $0.link("eth0", master: "bond0")
      $0.link("vhost0", kind: "vhost")
      $0.address("vhost0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "vhost0", via: "10.0.0.1")
      $0.way(to: "10.0.0.9", by: "vhost0", from: "10.0.0.5")
    },
    .init(
      "a manager put address and default route back on the interface under vhost0",
      .chosen("eth0", rule: "existing-vhost", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      plain(&$0)
      $0.link("vhost0", kind: "vhost")
      $0.address("vhost0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "vhost0", via: "10.0.0.1", metric: 100)
    },
    .init(
      "the map's address is on vhost0 and on the interface",
      .init(nodesMap: addresses(["node1": "10.0.0.5"])),
      .chosen("eth0", rule: "existing-vhost", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      plain(&$0)
      $0.link("vhost0", kind: "vhost")
      $0.address("vhost0", "10.0.0.5/24")
    },
    .init(
      "one control node by vhost0, the other by the interface",
      .init(controlNodes: ["10.0.0.8", "10.0.0.9"]),
      .chosen("eth0", rule: "existing-vhost", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      plain(&$0)
      $0.link("vhost0", kind: "vhost")
      $0.address("vhost0", "10.0.0.5/24")
      $0.way(to: "10.0.0.8", by: "vhost0", from: "10.0.0.5")
      $0.way(to: "10.0.0.9", by: "eth0", from: "10.0.0.5")
    },
    .init(
      "vhost0 with a wrong MAC, the interface named", .init(interfaces: ["eth0"]),
      .chosen("eth0", rule: "physical-interface", address: "10.0.0.5/24", gateway: ["10.0.0.1"], warnings: 1)
    ) {
      $0.link("eth0")
      $0.link("vhost0", kind: "vhost", mac: "01:00:52:54:00:00")
      $0.address("vhost0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "vhost0", via: "10.0.0.1")
    },
    .init(
      "vhost0 over a VLAN; the interface below it, which has addresses of its own, is named",
      .init(interfaces: ["eth0"]),
      .fails(.conflict, naming: ["vhost0 stands on eth0.100", "names eth0"])
    ) {
      $0.link("eth0")
      $0.address("eth0", "192.168.0.5/24")
      $0.link("eth0.100", kind: "vlan")
      $0.link("vhost0", kind: "vhost")
      $0.address("vhost0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "vhost0", via: "10.0.0.1")
    },
    .init(
      "vhost0 over a VLAN, the interface below it has addresses of its own",
      .chosen("eth0.100", rule: "existing-vhost", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      $0.link("eth0")
      $0.address("eth0", "192.168.0.5/24")
      $0.link("eth0.100", kind: "vlan")
      $0.link("vhost0", kind: "vhost")
      $0.address("vhost0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "vhost0", via: "10.0.0.1")
    },
    .init("vhost0 over nothing", .fails(.notFound, naming: ["vhost0", "52:54:00:00:00:99"])) {
      $0.link("eth0")
      $0.link("vhost0", kind: "vhost", mac: "52:54:00:00:00:99")
      $0.address("vhost0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "vhost0", via: "10.0.0.1")
    },
    .init("vhost0 over one of two with its MAC", .fails(.ambiguous, naming: ["eth0, eth0.100"])) {
      $0.link("eth0")
      $0.link("eth0.100", kind: "vlan")
      $0.link("vhost0", kind: "vhost")
      $0.address("vhost0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "vhost0", via: "10.0.0.1")
    },
    .init(
      "vhost0 over one of two with its MAC, named", .init(interfaces: ["eth0.100"]),
      .chosen("eth0.100", rule: "physical-interface", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      $0.link("eth0")
      $0.link("eth0.100", kind: "vlan")
      $0.link("vhost0", kind: "vhost")
      $0.address("vhost0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "vhost0", via: "10.0.0.1")
    },
  ]
}
