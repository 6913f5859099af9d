import Netlink

@testable import NodeAgent

extension SilenceTests {
  // MARK: Gateways and control nodes

  static let gatewayCases: [DetectionCase] = [
    .init(
      "a link-local gateway, on the interface whose default route has it",
      .init(gateways: gateways("fe80::1")),
      .chosen("eth1", rule: "route-to-gateway", address: "2001:db8:1::5/64", gateway: ["fe80::1"])
    ) {
      overLinkLocal(&$0)
    },
    .init(
      "a link-local gateway that no default route has", .init(gateways: gateways("fe80::1")),
      .fails(
        .notFound, naming: ["fe80::1 is a link-local address", "PHYSICAL_INTERFACE"],
        awaits: "a default route over fe80::1")
    ) {
      overLinkLocal(&$0)
      $0.snapshot.routes = []
    },
    .init(
      "a link-local gateway that two interfaces have", .init(gateways: gateways("fe80::1")),
      .fails(.ambiguous, naming: ["fe80::1 is a link-local address", "eth1 and eth0"])
    ) {
      overLinkLocal(&$0)
      $0.route("::/0", by: "eth0", via: "fe80::1", metric: 2048)
    },
    .init(
      "a link-local gateway beside one that tells", .init(gateways: gateways("fe80::1", "10.0.0.1")),
      .chosen(
        "eth0", rule: "route-to-gateway", address: "2001:db8::5/64", gateway: ["fe80::1", "10.0.0.1"])
    ) {
      overLinkLocal(&$0)
      $0.address("eth0", "10.0.0.5/24")
      $0.way(to: "10.0.0.1", by: "eth0")
    },
    .init(
      "a link-local gateway is on the interface that is named",
      .init(interfaces: ["eth1"], gateways: gateways("fe80::1")),
      .chosen("eth1", rule: "physical-interface", address: "2001:db8:1::5/64", gateway: ["fe80::1"])
    ) {
      overLinkLocal(&$0)
    },
    .init(
      "a link-local control node", .init(controlNodes: ["fe80::1"]),
      .fails(.conflict, naming: ["control node fe80::1", "link-local", "PHYSICAL_INTERFACE"])
    ) {
      overLinkLocal(&$0)
    },
    .init(
      "a control node that has a link-local address too", .init(controlNodes: ["control"]),
      .chosen("eth1", rule: "route-to-control-node", address: "2001:db8:1::5/64", gateway: ["fe80::1"])
    ) {
      overLinkLocal(&$0)
      $0.name("control", "fe80::1", "2001:db8:9::9")
      $0.way(to: "2001:db8:9::9", by: "eth1")
    },
    .init(
      "the subnet's broadcast address as the gateway", .init(gateways: gateways("10.0.0.255")),
      .fails(.conflict, naming: ["10.0.0.255", "broadcast", "router"])
    ) {
      plain(&$0)
      $0.way(to: "10.0.0.255", by: "eth0", type: .broadcast)
    },
    .init(
      "the same, and the interface is named",
      .init(interfaces: ["eth0"], gateways: gateways("10.0.0.255")),
      .fails(.conflict, naming: ["10.0.0.255", "broadcast", "router"])
    ) {
      plain(&$0)
      $0.way(to: "10.0.0.255", by: "eth0", type: .broadcast)
    },
    .init(
      "this host's own address as the gateway of a named interface",
      .init(interfaces: ["eth0"], gateways: gateways("10.0.0.5")),
      .fails(.conflict, naming: ["10.0.0.5", "this host itself"])
    ) {
      plain(&$0)
      $0.way(to: "10.0.0.5", by: "lo", type: .local)
    },
    .init(
      "the subnet's broadcast address as a control node", .init(controlNodes: ["10.0.0.255"]),
      .fails(.conflict, naming: ["10.0.0.255 is a broadcast address of eth0"])
    ) {
      plain(&$0)
      $0.way(to: "10.0.0.255", by: "eth0", type: .broadcast)
    },
    .init(
      "a group as a control node", .init(controlNodes: ["224.0.0.1"]),
      .fails(.conflict, naming: ["224.0.0.1 is a multicast address"])
    ) {
      plain(&$0)
      $0.way(to: "224.0.0.1", by: "eth0", type: .multicast)
    },
    .init(
      "a resolver that may know later", .init(controlNodes: ["control"]),
      .fails(.notFound, naming: ["control (try later)"], awaits: "the resolver to know control")
    ) {
      plain(&$0)
      $0.snapshot.nameAnswers["control"] = .unanswered("try later")
    },
    .init(
      "two full names are two nodes'",
      .init(nodeName: "node1.a.example", nodesMap: addresses(["node1.b.example": "10.1.0.5"])),
      .chosen("eth0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"], warnings: 1)
    ) { two(&$0) },
  ]

  /// Two cards of IPv6; the default route leaves by the second, and the kernel's answer for fe80::1 is the first.
  private static func overLinkLocal(_ host: inout ImaginaryHost) {
    host.link("eth0", mac: "52:54:00:00:00:01")
    host.link("eth1", mac: "52:54:00:00:00:02")
    host.address("eth0", "fe80::5/64", scope: .link)
    host.address("eth0", "2001:db8::5/64")
    host.address("eth1", "fe80::6/64", scope: .link)
    host.address("eth1", "2001:db8:1::5/64")
    host.route("::/0", by: "eth1", via: "fe80::1", metric: 1024)
    host.way(to: "fe80::1", by: "eth0", from: "fe80::5")
  }

  // MARK: Routes and rules

  static let routeCases: [DetectionCase] = [
    .init(
      "a default of lower metric over a tunnel",
      .chosen("eth0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"], warnings: 1)
    ) {
      plain(&$0)
      $0.link("vx0", kind: "vxlan", mac: "52:54:00:00:00:09")
      $0.address("vx0", "10.9.0.5/24")
      $0.route("0.0.0.0/0", by: "vx0", via: "10.9.0.1", metric: 50)
    },
    .init(
      "a default of higher metric over a tunnel",
      .chosen("eth0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      plain(&$0)
      $0.link("vx0", kind: "vxlan", mac: "52:54:00:00:00:09")
      $0.address("vx0", "10.9.0.5/24")
      $0.route("0.0.0.0/0", by: "vx0", via: "10.9.0.1", metric: 500)
    },
    .init(
      "a next hop over a bridge",
      .chosen("eth0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"], warnings: 1)
    ) {
      plain(&$0)
      $0.snapshot.routes = []
      $0.link("br0", kind: "bridge", mac: "52:54:00:00:00:09")
      $0.address("br0", "10.9.0.5/24")
      $0.multipath("0.0.0.0/0", [("eth0", "10.0.0.1"), ("br0", "10.9.0.1")], metric: 100)
    },
    .init(
      "a type of service has its own default route",
      .chosen("eth0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      two(&$0, metrics: (100, 0))
      $0.snapshot.routes[1].typeOfService = 0x10
    },
    .init(
      "a type of service alone has a default route",
      .fails(.nothingFits, naming: ["eth0's is for packets of type of service 16 alone"])
    ) {
      plain(&$0)
      $0.snapshot.routes[0].typeOfService = 0x10
    },
    .init(
      "a goto to nowhere does nothing",
      .chosen("eth0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      plain(&$0)
      $0.rule(100, table: 0) {
        ($0.action, $0.table, $0.goToPriority, $0.flags) = (.goTo, nil, 40000, .unresolved)
      }
    },
    .init(
      "routes by a group of interfaces are suppressed",
      .chosen("eth1", rule: "default-route", address: "10.1.0.5/24", gateway: ["10.1.0.1"], warnings: 1)
    ) {
      TopologyTests.bothIn(&$0, table: 100)
      $0.rule(100, table: 100) { $0.suppressedGroup = 5 }
    },
  ]
}
