import Netlink
import Testing

@testable import NodeAgent

@Suite struct DetectorTests {
  static let cases: [DetectionCase] = [
    // By default route.
    .init(
      "one card", .chosen("eth0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"]), plain
    ),
    .init(
      "two defaults, the lower metric wins",
      .chosen("eth1", rule: "default-route", address: "10.1.0.5/24", gateway: ["10.1.0.1"])
    ) { two(&$0, metrics: (200, 100)) },
    .init("two defaults of one metric", .fails(.ambiguous, naming: ["eth0 and eth1", "metric (100)"])) {
      two(&$0, metrics: (100, 100))
    },
    .init("multipath default over two cards", .fails(.ambiguous, naming: ["eth0 and eth1"])) {
      two(&$0, metrics: (200, 300))
      $0.multipath("0.0.0.0/0", [("eth0", "10.0.0.1"), ("eth1", "10.1.0.1")], metric: 50)
    },
    .init(
      "multipath default over one card",
      .chosen("eth0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1", "10.0.0.2"])
    ) {
      $0.link("eth0")
      $0.address("eth0", "10.0.0.5/24")
      $0.multipath("0.0.0.0/0", [("eth0", "10.0.0.1"), ("eth0", "10.0.0.2")])
    },
    .init(
      "no default route",
      .fails(.nothingFits, naming: ["no default route", "PHYSICAL_INTERFACE"], awaits: "a default route")
    ) {
      $0.link("eth0")
      $0.address("eth0", "10.0.0.5/24")
    },
    .init(
      "no interface at all", .fails(.nothingFits, naming: ["no default route"], awaits: "a default route")
    ) { _ in },
    .init(
      "a default over a tunnel is passed over",
      .chosen("eth0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      plain(&$0)
      $0.link("wg0", kind: "wireguard", mac: nil, type: .none)
      $0.address("wg0", "10.9.0.1/24")
      $0.route("0.0.0.0/0", by: "wg0", metric: 10)
    },
    .init("the only default leaves by a bridge", .fails(.nothingFits, naming: ["but by br0"])) {
      $0.link("br0", kind: "bridge")
      $0.address("br0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "br0", via: "10.0.0.1")
    },
    .init(
      "a node that is a container: veth uplink",
      .chosen("eth0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      $0.link("eth0", kind: "veth")
      $0.address("eth0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1")
    },
    .init(
      "IPv6 only", .chosen("eth0", rule: "default-route", address: "2001:db8::5/64", gateway: ["fe80::1"])
    ) {
      $0.link("eth0")
      $0.address("eth0", "fe80::5/64", scope: .link)
      $0.address("eth0", "2001:db8::5/64")
      $0.route("::/0", by: "eth0", via: "fe80::1", metric: 1024)
    },
    .init(
      "dual stack with defaults of one metric on different cards: IPv4 first, with a warning",
      .chosen("eth0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"], warnings: 1)
    ) {
      plain(&$0)
      $0.link("eth1", mac: "52:54:00:00:00:02")
      $0.address("eth1", "2001:db8::5/64")
      $0.route("::/0", by: "eth1", via: "fe80::1", metric: 100)
    },
    .init(
      "dual stack with defaults on different cards: the metric comes first",
      .chosen("eth1", rule: "default-route", address: "2001:db8::5/64", gateway: ["fe80::1"], warnings: 1)
    ) {
      plain(&$0)
      $0.link("eth1", mac: "52:54:00:00:00:02")
      $0.address("eth1", "2001:db8::5/64")
      $0.route("::/0", by: "eth1", via: "fe80::1", metric: 10)
    },
    // The state of the interface.
    .init("down", .fails(.down, naming: ["eth0 is down", "ip link set"], awaits: "eth0 to be brought up")) {
      $0.link("eth0", flags: [.broadcast])
      $0.address("eth0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1")
    },
    .init("no carrier", .fails(.down, naming: ["eth0", "no carrier"], awaits: "the carrier of eth0")) {
      $0.link("eth0", flags: [.up, .broadcast])
      $0.address("eth0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1")
    },
    .init(
      "no address",
      .fails(.noAddress, naming: ["eth0 has no usable address"], awaits: "a usable address on eth0")
    ) {
      $0.link("eth0")
      $0.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1")
    },
    .init(
      "only a link-local address",
      .fails(.noAddress, naming: ["fe80::5/64"], awaits: "a usable address on eth0")
    ) {
      $0.link("eth0")
      $0.address("eth0", "fe80::5/64", scope: .link)
      $0.route("::/0", by: "eth0", via: "fe80::1")
    },
    .init(
      "a tentative address is not used",
      .fails(.noAddress, naming: ["2001:db8::5/64"], awaits: "the search for duplicates of 2001:db8::5/64")
    ) {
      $0.link("eth0")
      $0.address("eth0", "2001:db8::5/64", flags: .tentative)
      $0.route("::/0", by: "eth0", via: "fe80::1")
    },
    .init(
      "a virtual /32 is not preferred to the subnet address",
      .chosen("eth0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      $0.link("eth0")
      $0.address("eth0", "10.0.0.100/32")
      $0.address("eth0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1")
    },
    .init(
      "a /32 with an on-link gateway is all there is",
      .chosen("eth0", rule: "default-route", address: "10.128.0.5/32", gateway: ["10.128.0.1"])
    ) {
      $0.link("eth0")
      $0.address("eth0", "10.128.0.5/32")
      $0.route("10.128.0.1/32", by: "eth0")
      $0.route("0.0.0.0/0", by: "eth0", via: "10.128.0.1")
    },
    .init(
      "the address beside the gateway is the node's",
      .chosen("eth0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      $0.link("eth0")
      $0.address("eth0", "192.168.7.5/24")
      $0.address("eth0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1")
    },
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

  @Test(arguments: cases) func decides(row: DetectionCase) throws { row.check() }

  /// Interfaces that containers and tunnels bring, and what is said of each.
  @Test(arguments: [
    ("docker0", "bridge", "bridge"), ("cni0", "bridge", "bridge"), ("virbr0", "bridge", "bridge"),
    ("flannel.1", "vxlan", "tunnel"), ("tunl0", "ipip", "tunnel"), ("wg0", "wireguard", "tunnel"),
    ("tap0", "tun", "tunnel"), ("cali123", "veth", "veth"), ("gre1", "gretap", "tunnel"),
    ("vrf-blue", "vrf", "VRF"),
  ])
  func saysWhyNot(name: String, kind: String, word: String) throws {
    var host = ImaginaryHost.plain()
    host.link(name, kind: kind, mac: "52:54:00:00:00:77")
    host.address(name, "10.0.0.5/24")
    let decision = try Detector(snapshot: host.snapshot, settings: .init()).decide()
    #expect(decision.interface.name == "eth0")
    #expect(decision.candidates.first { $0.name == name }?.reason.contains(word) == true)
  }
}
