/// By an address that a setting gives: this node's in the map, the gateway's, the control nodes'.
extension HostDetectionTests {
  static let byMap: [HostDetectionCase] = [
    .init(
      "the owner of this node's address in the map", keep: "nodes-map",
      with: ["KUBERNETES_NODES_MAP": #"{"node7": "10.1.0.5", "node8": "10.1.0.6"}"#, "NODE_NAME": "node7"],
      .chosen("eth1", rule: "kubernetes-nodes-map", address: "10.1.0.5/24", gateways: []),
      reasons: ["eth0": "it does not own 10.1.0.5"], two),
    .init(
      "a map without this node", with: ["KUBERNETES_NODES_MAP": "node8=10.1.0.6", "NODE_NAME": "node7"],
      .chosen("eth0", rule: "default-route", address: "10.0.0.5/24", gateways: ["10.0.0.1"], warnings: 1), two
    ),
    .init(
      "a map whose address nobody has",
      with: ["KUBERNETES_NODES_MAP": "node7=10.9.0.5", "NODE_NAME": "node7"],
      .undecided("not-found", naming: ["node7", "10.9.0.5", "no interface"]), two),
  ]

  static let byGateway: [HostDetectionCase] = [
    .init(
      "towards the gateway", keep: "gateway", with: ["VROUTER_GATEWAY": "10.1.0.1"],
      .chosen("eth1", rule: "route-to-gateway", address: "10.1.0.5/24", gateways: ["10.1.0.1"]),
      reasons: ["eth0": "VROUTER_GATEWAY 10.1.0.1 is not reached by it"], two),
    .init(
      "a gateway without a way to it", with: ["VROUTER_GATEWAY": "192.0.2.1"],
      .undecided("not-found", naming: ["VROUTER_GATEWAY 192.0.2.1"]), "card eth0 10.0.0.5/24"),
    .init(
      "several ways to the gateway", keep: "multipath-gateway", with: ["VROUTER_GATEWAY": "192.0.2.1"],
      .undecided("ambiguous", naming: ["VROUTER_GATEWAY 192.0.2.1", "eth0 and eth1"]),
      """
      card eth0 10.0.0.5/24
      card eth1 10.1.0.5/24
      ip route add 192.0.2.0/24 nexthop via 10.0.0.1 dev eth0 nexthop via 10.1.0.1 dev eth1
      """),
    .init(
      "a gateway on each card, and multihoming", keep: "gateways-multihomed",
      with: ["VROUTER_GATEWAY": "10.0.0.1,10.1.0.1", "L3MH_CIDR": "10.255.0.0/24"],
      .several(
        [.init("eth0", "10.0.0.5/24", ["10.0.0.1"]), .init("eth1", "10.1.0.5/24", ["10.1.0.1"])],
        rule: "route-to-gateway"), two),
  ]

  static let byControlNode: [HostDetectionCase] = [
    .init(
      "towards the control node", keep: "control-node", with: ["CONTROL_NODES": "10.1.0.77,10.1.0.78"],
      .chosen("eth1", rule: "route-to-control-node", address: "10.1.0.5/24", gateways: []),
      reasons: ["eth0": "the control node 10.1.0.77 is not reached by it"], two),
    .init(
      "a control node by way of the chain of defaults", with: ["CONTROLLER_NODES": "10.1.0.77"],
      .chosen("eth1", rule: "route-to-control-node", address: "10.1.0.5/24", gateways: []), two),
    .init(
      "all in one: the control node is this node", keep: "all-in-one", with: ["CONTROL_NODES": "10.1.0.5"],
      .chosen("eth1", rule: "route-to-control-node", address: "10.1.0.5/24", gateways: []), two),
    .init(
      "all in one, by name", keep: "all-in-one-by-name", with: ["CONTROL_NODES": "allinone.test"],
      .chosen("eth1", rule: "route-to-control-node", address: "10.1.0.5/24", gateways: []),
      two + "hosts 10.1.0.5 allinone.test"),
    .init(
      "all in one, and the name is a loopback address", keep: "all-in-one-loopback",
      with: ["CONTROL_NODES": "allinone.test"],
      .undecided("not-found", naming: ["127.0.1.1", "loopback", "PHYSICAL_INTERFACE"]),
      two + "hosts 127.0.1.1 allinone.test"),
    .init(
      "a control node whose name nobody knows", keep: "dead-name", with: ["CONTROL_NODES": "nowhere.invalid"],
      .undecided("not-found", naming: ["nowhere.invalid", "could not be resolved"]),
      two + "hosts 10.1.0.5 allinone.test"),
    .init(
      "a control node, and a server of names that doesn't answer", keep: "dead-names-server",
      with: ["CONTROL_NODES": "control.test", "VROUTER_RESOLVE_TIMEOUT": "200ms"],
      .undecided("not-found", naming: ["control.test", "VROUTER_RESOLVE_TIMEOUT"]),
      two + """
        ip neighbour add 10.0.0.53 lladdr 02:00:00:00:00:53 dev eth0
        names 10.0.0.53
        """),
    .init(
      "control nodes by different interfaces", keep: "control-nodes-apart",
      with: ["CONTROL_NODES": "10.1.0.77,10.1.0.78,10.0.0.77"],
      .undecided("ambiguous", naming: ["10.1.0.77", "eth1", "10.0.0.77", "eth0"]), two),
  ]
}
