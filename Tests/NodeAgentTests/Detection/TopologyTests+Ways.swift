import Netlink

@testable import NodeAgent

extension TopologyTests {
  /// The ways to gateways and control nodes.
  static let ways: [DetectionCase] = [
    .init(
      "a dead name of the control node", .init(controlNodes: ["gone"]),
      .fails(.notFound, naming: ["gone (no answer)", "could not be resolved", "PHYSICAL_INTERFACE"])
    ) {
      plain(&$0)
      $0.snapshot.nameAnswers["gone"] = .failed("no answer")
    },
    .init(
      "a dead name before a living one", .init(controlNodes: ["gone", "10.1.0.9"]),
      .chosen(
        "eth1", rule: "route-to-control-node", address: "10.1.0.5/24", gateway: ["10.1.0.1"], warnings: 1)
    ) {
      two(&$0)
      $0.snapshot.nameAnswers["gone"] = .failed("no answer")
      $0.way(to: "10.1.0.9", by: "eth1")
    },
    .init(
      "a control node of both families on a host of IPv6 only", .init(controlNodes: ["control"]),
      .chosen("eth0", rule: "route-to-control-node", address: "2001:db8::5/64", gateway: ["fe80::1"])
    ) {
      $0.link("eth0")
      $0.address("eth0", "2001:db8::5/64")
      $0.route("::/0", by: "eth0", via: "fe80::1", metric: 1024)
      $0.name("control", "192.0.2.9", "2001:db8::9")
      $0.refusal(to: "192.0.2.9", .noRoute)
      $0.way(to: "2001:db8::9", by: "eth0", from: "2001:db8::5")
    },
    .init(
      "all in one: the control node is this node", .init(controlNodes: ["10.1.0.5"]),
      .chosen("eth1", rule: "route-to-control-node", address: "10.1.0.5/24", gateway: ["10.1.0.1"])
    ) {
      two(&$0)
      $0.way(to: "10.1.0.5", by: "lo", from: "10.1.0.5", type: .local)
    },
    .init(
      "all in one of three", .init(controlNodes: ["10.0.0.5", "10.0.0.6", "10.0.0.7"]),
      .chosen("eth0", rule: "route-to-control-node", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      two(&$0)
      $0.way(to: "10.0.0.5", by: "lo", from: "10.0.0.5", type: .local)
      $0.way(to: "10.0.0.6", by: "eth0", from: "10.0.0.5")
      $0.way(to: "10.0.0.7", by: "eth0", from: "10.0.0.5")
    },
    .init(
      "control nodes behind two interfaces: the odd one is named",
      .init(controlNodes: ["10.0.0.8", "10.1.0.9", "10.0.0.9"]),
      .fails(.ambiguous, naming: ["10.0.0.8, 10.0.0.9 are reached by eth0, but 10.1.0.9 by eth1"])
    ) {
      two(&$0)
      $0.way(to: "10.0.0.8", by: "eth0")
      $0.way(to: "10.0.0.9", by: "eth0")
      $0.way(to: "10.1.0.9", by: "eth1")
    },
    .init(
      "no route to the control node", .init(controlNodes: ["192.0.2.9"]),
      .fails(.notFound, naming: ["192.0.2.9", "there is no route"], awaits: "a route to 192.0.2.9")
    ) {
      plain(&$0)
      $0.refusal(to: "192.0.2.9", .noRoute)
    },
    .init(
      "an unreachable route", .init(controlNodes: ["192.0.2.9"]),
      .fails(.notFound, naming: ["192.0.2.9", "unreachable", "ip route get"])
    ) {
      plain(&$0)
      $0.refusal(to: "192.0.2.9", .unreachable)
    },
    .init(
      "a prohibited route", .init(controlNodes: ["192.0.2.9"]),
      .fails(.notFound, naming: ["192.0.2.9", "prohibit"])
    ) {
      plain(&$0)
      $0.refusal(to: "192.0.2.9", .prohibited)
    },
    .init(
      "a blackhole", .init(gateways: gateways("192.0.2.9")),
      .fails(.notFound, naming: ["192.0.2.9", "blackhole"])
    ) {
      plain(&$0)
      $0.refusal(to: "192.0.2.9", .blackhole)
    },
  ]
}
