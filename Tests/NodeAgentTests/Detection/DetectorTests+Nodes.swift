import Netlink

@testable import NodeAgent

extension DetectorTests {
  static let nodesCases: [DetectionCase] = [
    // By KUBERNETES_NODES_MAP.
    .init(
      "the map's address", .init(nodesMap: addresses(["node1": "10.1.0.5", "node2": "10.0.0.5"])),
      .chosen("eth1", rule: "kubernetes-nodes-map", address: "10.1.0.5/24", gateway: ["10.1.0.1"])
    ) { two(&$0) },
    .init(
      "NODE_NAME goes before the host name",
      .init(nodeName: "node2", nodesMap: addresses(["node1": "10.0.0.5", "node2": "10.1.0.5"])),
      .chosen("eth1", rule: "kubernetes-nodes-map", address: "10.1.0.5/24", gateway: ["10.1.0.1"])
    ) { two(&$0) },
    .init(
      "the map has full names", .init(nodesMap: addresses(["node1.example.org": "10.1.0.5"])),
      .chosen("eth1", rule: "kubernetes-nodes-map", address: "10.1.0.5/24", gateway: ["10.1.0.1"])
    ) { two(&$0) },
    .init(
      "the map without this node: next rule, with a warning",
      .init(nodesMap: addresses(["other": "10.1.0.5"])),
      .chosen("eth0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"], warnings: 1)
    ) { two(&$0) },
    .init(
      "the map's address is nobody's", .init(nodesMap: addresses(["node1": "10.7.0.5"])),
      .fails(.notFound, naming: ["node1", "10.7.0.5"], awaits: "an interface to have 10.7.0.5")
    ) { two(&$0) },
    .init(
      "the map's address is a virtual one beside the subnet's: the map says which",
      .init(nodesMap: addresses(["node1": "10.0.0.100"])),
      .chosen(
        "eth0", rule: "kubernetes-nodes-map", address: "10.0.0.100/32", gateway: ["10.0.0.1"], warnings: 1)
    ) {
      plain(&$0)
      $0.address("eth0", "10.0.0.100/32")
    },
    .init(
      "the map's address is on a container bridge", .init(nodesMap: addresses(["node1": "172.17.0.1"])),
      .fails(.ineligible, naming: ["docker0", "bridge"])
    ) {
      plain(&$0)
      $0.link("docker0", kind: "bridge")
      $0.address("docker0", "172.17.0.1/16")
    },
    // By VROUTER_GATEWAY.
    .init(
      "the way to the gateway", .init(gateways: gateways("10.1.0.254")),
      .chosen("eth1", rule: "route-to-gateway", address: "10.1.0.5/24", gateway: ["10.1.0.254"])
    ) {
      two(&$0)
      $0.way(to: "10.1.0.254", by: "eth1", from: "10.1.0.5")
    },
    .init(
      "gateways behind two cards", .init(gateways: gateways("10.0.0.1", "10.1.0.1")),
      .fails(.ambiguous, naming: ["10.0.0.1", "eth0", "10.1.0.1", "eth1"])
    ) {
      two(&$0)
      $0.way(to: "10.0.0.1", by: "eth0")
      $0.way(to: "10.1.0.1", by: "eth1")
    },
    .init(
      "no way to the gateway", .init(gateways: gateways("10.9.9.9")),
      .fails(.notFound, naming: ["10.9.9.9", "there is no route"], awaits: "a route to 10.9.9.9")
    ) {
      two(&$0)
      $0.refusal(to: "10.9.9.9", .noRoute)
    },
    .init(
      "named, the gateway is on another card, and vhost0 will have the default route",
      .init(interfaces: ["eth0"], gateways: gateways("10.1.0.254")),
      .fails(.conflict, naming: ["10.1.0.254", "eth1", "default route leaves by eth0"])
    ) { two(&$0) },
    .init(
      "named, the gateway is on another card, and so is the default route",
      .init(interfaces: ["eth0"], gateways: gateways("10.1.0.254")),
      .chosen(
        "eth0", rule: "physical-interface", address: "10.0.0.5/24", gateway: ["10.1.0.254"], warnings: 1)
    ) {
      two(&$0)
      $0.snapshot.routes.removeFirst()
    },
    .init(
      "the gateway is this host itself", .init(gateways: gateways("10.0.0.5")),
      .fails(.conflict, naming: ["10.0.0.5", "this host itself"])
    ) {
      plain(&$0)
      $0.way(to: "10.0.0.5", by: "lo", type: .local)
    },
    // By CONTROL_NODES.
    .init(
      "the way to the control node", .init(controlNodes: ["10.1.0.9"]),
      .chosen("eth1", rule: "route-to-control-node", address: "10.1.0.5/24", gateway: ["10.1.0.1"])
    ) {
      two(&$0)
      $0.way(to: "10.1.0.9", by: "eth1", from: "10.1.0.5")
    },
    .init(
      "the way decides which address is the node's", .init(controlNodes: ["10.1.0.9"]),
      .chosen("eth0", rule: "route-to-control-node", address: "10.1.0.5/24", gateway: ["10.0.0.1"])
    ) {
      plain(&$0)
      $0.address("eth0", "10.1.0.5/24")
      $0.way(to: "10.1.0.9", by: "eth0", from: "10.1.0.5")
    },
    .init(
      "a control node by name", .init(controlNodes: ["control"]),
      .chosen("eth1", rule: "route-to-control-node", address: "10.1.0.5/24", gateway: ["10.1.0.1"])
    ) {
      two(&$0)
      $0.name("control", "10.1.0.9")
      $0.way(to: "10.1.0.9", by: "eth1")
    },
    .init(
      "a name that doesn't resolve", .init(controlNodes: ["control"]),
      .fails(.notFound, naming: ["control", "try later"])
    ) {
      two(&$0)
      $0.snapshot.nameAnswers["control"] = .failed("try later")
    },
    .init(
      "a second name that doesn't resolve only warns", .init(controlNodes: ["10.1.0.9", "gone"]),
      .chosen(
        "eth1", rule: "route-to-control-node", address: "10.1.0.5/24", gateway: ["10.1.0.1"], warnings: 1)
    ) {
      two(&$0)
      $0.snapshot.nameAnswers["gone"] = .failed("no such name")
      $0.way(to: "10.1.0.9", by: "eth1")
    },
    .init(
      "control nodes behind two cards", .init(controlNodes: ["10.0.0.9", "10.1.0.9"]),
      .fails(.ambiguous, naming: ["10.0.0.9", "eth0", "10.1.0.9", "eth1"])
    ) {
      two(&$0)
      $0.way(to: "10.0.0.9", by: "eth0")
      $0.way(to: "10.1.0.9", by: "eth1")
    },
    .init(
      "all in one: the control node is this node", .init(controlNodes: ["10.1.0.5"]),
      .chosen("eth1", rule: "route-to-control-node", address: "10.1.0.5/24", gateway: ["10.1.0.1"])
    ) {
      two(&$0)
      $0.way(to: "10.1.0.5", by: "lo", from: "10.1.0.5", type: .local)
    },
    .init(
      "all in one by a name that resolves to a loopback address", .init(controlNodes: ["node1"]),
      .fails(.notFound, naming: ["127.0.1.1", "loopback"])
    ) {
      two(&$0)
      $0.name("node1", "127.0.1.1")
      $0.way(to: "127.0.1.1", by: "lo", type: .local)
    },
    .init(
      "the control node is balanced over two cards", .init(controlNodes: ["10.50.0.9"]),
      .fails(.ambiguous, naming: ["eth0 and eth1", "hash"])
    ) {
      two(&$0)
      $0.way(to: "10.50.0.9", by: "eth0", hops: [("eth0", "10.0.0.1"), ("eth1", "10.1.0.1")])
    },
    .init(
      "the control node behind a container bridge", .init(controlNodes: ["172.17.0.9"]),
      .fails(.ineligible, naming: ["docker0"])
    ) {
      plain(&$0)
      $0.link("docker0", kind: "bridge")
      $0.address("docker0", "172.17.0.1/16")
      $0.way(to: "172.17.0.9", by: "docker0", from: "172.17.0.1")
    },
  ]
}
