import Netlink
import Testing

@testable import NodeAgent

private let eth0: DetectionCase.Expected = .chosen(
  "eth0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"])

/// Every topology that must be right, at the level of what is seen of it; the live ones are in LabTests.
@Suite struct TopologyTests {
  static let cases: [DetectionCase] = plainOnes + masters + tables + families + beside + moments + ways

  /// One and two cards.
  static let plainOnes: [DetectionCase] = [
    .init("one NIC", eth0, plain),
    .init("two NICs, two defaults with metrics", eth0) { two(&$0, metrics: (100, 200)) },
    .init(
      "two NICs, two defaults of the same metric",
      .fails(.ambiguous, naming: ["eth0 and eth1", "metric (100)", "PHYSICAL_INTERFACE", "L3MH_CIDR"])
    ) { two(&$0, metrics: (100, 100)) },
    .init(
      "of two defaults of the same metric, one has its gateway on the subnet",
      .chosen("eth1", rule: "default-route", address: "10.1.0.5/24", gateway: ["10.1.0.1"])
    ) {
      two(&$0, metrics: (100, 100))
      $0.snapshot.routes[0].gateway = IPAddress("192.168.9.1")
    },
    .init("ECMP default over two NICs", .fails(.ambiguous, naming: ["eth0 and eth1", "L3MH_CIDR"])) {
      ecmp(&$0)
    },
    .init(
      "ECMP default over two NICs, with L3MH_CIDR", .init(multihoming: IPPrefix("10.255.0.0/24")),
      .several(["eth0 10.0.0.5/24 10.0.0.1", "eth1 10.1.0.5/24 10.1.0.1"], rule: "default-route")
    ) { ecmp(&$0) },
    .init("nexthop objects", .fails(.ambiguous, naming: ["eth0 and eth1"])) {
      ecmp(&$0)
      $0.snapshot.routes[0].nextHopID = 3
    },
    .init("two interfaces with one MAC", eth0) {
      two(&$0)
      $0.change("eth1") { $0.macAddress = MACAddress("52:54:00:00:00:01") }
    },
  ]

  static func ecmp(_ host: inout ImaginaryHost) {
    two(&host)
    host.snapshot.routes = []
    host.multipath("0.0.0.0/0", [("eth0", "10.0.0.1"), ("eth1", "10.1.0.1")])
  }

  /// Bonds, VLANs, VRFs, bridges, teams.
  static let masters: [DetectionCase] = [
    .init("bond, active-backup", bond0) { bond(&$0) },
    .init("bond, 802.3ad, with a partner", bond0) {
      bond(&$0)
      lacp(&$0, partner: "52:54:00:00:00:ee")
    },
    .init(
      "bond, 802.3ad, that nobody answers yet",
      .fails(
        .down, naming: ["bond0", "802.3ad", "no LACP partner", "eth0 up, eth1 up"], awaits: "LACP on bond0")
    ) {
      bond(&$0)
      lacp(&$0, partner: nil)
    },
    .init(
      "bond, none of whose ports is up",
      .fails(
        .down, naming: ["bond0 is up but has no carrier", "eth0 down, eth1 no carrier"],
        awaits: "a port of bond0")
    ) {
      bond(&$0)
      $0.change("bond0") { $0.flags = [.up] }
      $0.change("eth0") { $0.flags = [] }
      $0.change("eth1") { $0.flags = [.up] }
    },
    .init(
      "VLAN on a bond, 802.3ad, that nobody answers yet",
      .fails(.down, naming: ["bond0.7 lies on bond0", "no LACP partner"], awaits: "LACP on bond0")
    ) {
      bond(&$0)
      lacp(&$0, partner: nil)
      $0.snapshot.addresses.removeLast()
      $0.snapshot.routes = []
      vlan(&$0, on: "bond0")
    },
    .init(
      "VLAN on bond",
      .chosen("bond0.7", rule: "default-route", address: "10.7.0.5/24", gateway: ["10.7.0.1"])
    ) {
      bond(&$0)
      $0.snapshot.addresses.removeLast()
      $0.snapshot.routes = []
      vlan(&$0, on: "bond0")
    },
    .init(
      "VLAN on NIC", .chosen("eth0.7", rule: "default-route", address: "10.7.0.5/24", gateway: ["10.7.0.1"])
    ) {
      $0.link("eth0")
      vlan(&$0, on: "eth0")
    },
    .init(
      "NIC in a VRF", .fails(.nothingFits, naming: ["eth0's is in table 10", "never chosen by itself"])
    ) { inVRF(&$0) },
    .init(
      "NIC in a VRF, named", .init(interfaces: ["eth0"]),
      .chosen("eth0", rule: "physical-interface", address: "10.0.0.5/24", gateway: ["10.0.0.1"], warnings: 1)
    ) { inVRF(&$0) },
    .init("NIC in a VRF beside one that isn't", eth1) {
      inVRF(&$0)
      $0.link("eth1", mac: "52:54:00:00:00:02")
      $0.address("eth1", "10.1.0.5/24")
      $0.route("0.0.0.0/0", by: "eth1", via: "10.1.0.1", metric: 900)
    },
    .init("NIC is a bridge's port", .fails(.nothingFits, naming: ["but by br0"])) {
      $0.link("br0", kind: "bridge")
      $0.link("eth0", master: "br0")
      $0.address("br0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "br0", via: "10.0.0.1")
    },
    .init(
      "OVS port, the way leads by the bridge", .init(gateways: gateways("10.0.0.1")),
      .fails(.ineligible, naming: ["br-ex", "Open vSwitch"])
    ) {
      openVSwitch(&$0)
      $0.way(to: "10.0.0.1", by: "br-ex")
    },
    .init(
      "OVS port, owner of the mapped address", .init(nodesMap: addresses(["node1": "10.0.0.6"])),
      .fails(.ineligible, naming: ["eth0", "port of Open vSwitch (ovs-system)", "br-ex has the address"])
    ) {
      openVSwitch(&$0)
      $0.address("eth0", "10.0.0.6/24")
    },
    .init("team", .chosen("team0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"])) {
      $0.link("team0", kind: "team")
      $0.link("eth0", master: "team0")
      $0.address("team0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "team0", via: "10.0.0.1")
    },
    .init(
      "port of a team", .init(nodesMap: addresses(["node1": "10.0.0.6"])),
      .fails(.ineligible, naming: ["eth0", "it is a port of team0: name that instead"])
    ) {
      $0.link("team0", kind: "team")
      $0.link("eth0", master: "team0")
      $0.address("eth0", "10.0.0.6/24")
    },
    .init(
      "parent of a macvlan", .init(nodesMap: addresses(["node1": "10.0.0.5"])),
      .fails(.ineligible, naming: ["eth0", "parent of the macvlan mv0", "receive handler", "can't attach"])
    ) {
      plain(&$0)
      $0.link("mv0", kind: "macvlan", mac: "52:54:00:00:00:09")
      let eth0 = $0.index(of: "eth0")
      $0.change("mv0") { $0.lowerIndex = eth0 }
    },
    .init(
      "a macvlan, whose parent the host's traffic doesn't leave by",
      .chosen("mv0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      $0.link("eth0", mac: "52:54:00:00:00:09")
      $0.link("mv0", kind: "macvlan")
      let eth0 = $0.index(of: "eth0")
      $0.change("mv0") { $0.lowerIndex = eth0 }
      $0.address("mv0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "mv0", via: "10.0.0.1")
    },
    .init("parent of an ipvlan", .fails(.nothingFits, naming: ["but by eth0, never chosen by itself"])) {
      plain(&$0)
      $0.link("ipv0", kind: "ipvlan")
      let eth0 = $0.index(of: "eth0")
      $0.change("ipv0") { $0.lowerIndex = eth0 }
    },
    .init("a macvlan in another namespace has no parent here", eth0) {
      plain(&$0)
      $0.link("mv0", kind: "macvlan", mac: "52:54:00:00:00:09")
      let eth0 = $0.index(of: "eth0")
      $0.change("mv0") { ($0.lowerIndex, $0.lowerNamespaceID) = (eth0, 0) }
    },
  ]

  static let bond0: DetectionCase.Expected = .chosen(
    "bond0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
  static let eth1: DetectionCase.Expected = .chosen(
    "eth1", rule: "default-route", address: "10.1.0.5/24", gateway: ["10.1.0.1"])

  static func bond(_ host: inout ImaginaryHost) {
    host.link("bond0", kind: "bond")
    host.link("eth0", master: "bond0")
    host.link("eth1", master: "bond0")
    host.address("bond0", "10.0.0.5/24")
    host.route("0.0.0.0/0", by: "bond0", via: "10.0.0.1")
  }

  static func lacp(_ host: inout ImaginaryHost, partner: String?) {
    var details = BondDetails()
    details.mode = .lacp
    details.aggregator = BondAggregator()
    details.aggregator?.partner = partner.flatMap { MACAddress($0) }
    host.change("bond0") { $0.details = .bond(details) }
  }

  static func vlan(_ host: inout ImaginaryHost, on lower: String) {
    let name = "\(lower).7"
    let index = host.index(of: lower)
    host.link(name, kind: "vlan")
    host.change(name) { $0.lowerIndex = index }
    host.address(name, "10.7.0.5/24")
    host.route("0.0.0.0/0", by: name, via: "10.7.0.1")
  }

  static func inVRF(_ host: inout ImaginaryHost) {
    host.link("blue", kind: "vrf", mac: "52:54:00:00:00:0a")
    host.link("eth0", master: "blue")
    host.change("eth0") { $0.portKind = "vrf" }
    host.address("eth0", "10.0.0.5/24")
    host.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1", table: RouteTable(rawValue: 10))
    host.rule(1000, table: 0) { ($0.table, $0.usesVRFTable) = (nil, true) }
  }

  static func openVSwitch(_ host: inout ImaginaryHost) {
    host.link("ovs-system", kind: "openvswitch", mac: "52:54:00:00:00:0b")
    host.link("br-ex", kind: "openvswitch", mac: "52:54:00:00:00:0c")
    host.link("eth0", master: "ovs-system")
    host.address("br-ex", "10.0.0.5/24")
    host.route("0.0.0.0/0", by: "br-ex", via: "10.0.0.1")
  }

  /// Policy routing.
  static let tables: [DetectionCase] = [
    .init(
      "a default in another table only, for every packet",
      .chosen("eth1", rule: "default-route", address: "10.1.0.5/24", gateway: ["10.1.0.1"])
    ) {
      bothIn(&$0, table: 100)
      $0.rule(100, table: 100)
    },
    .init(
      "a default in another table only, for packets from one address",
      .chosen("eth1", rule: "default-route", address: "10.1.0.5/24", gateway: ["10.1.0.1"], warnings: 1)
    ) {
      bothIn(&$0, table: 100)
      $0.rule(100, table: 100, from: "10.1.0.5/32")
    },
    .init(
      "defaults in tables by source, of two cards",
      .fails(.ambiguous, naming: ["eth0 (table 101)", "eth1 (table 100)"])
    ) {
      bothIn(&$0, table: 100)
      $0.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1", table: RouteTable(rawValue: 101))
      $0.rule(100, table: 101, from: "10.0.0.5/32")
      $0.rule(101, table: 100, from: "10.1.0.5/32")
    },
    .init("a default in a table that no rule names", .fails(.nothingFits, naming: ["eth1's is in table 100"]))
    {
      bothIn(&$0, table: 100)
    },
    .init("a default in a table for marked packets, beside main's", eth0) {
      bothIn(&$0, table: 100)
      $0.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1", metric: 500)
      $0.rule(100, table: 100) { $0.mark = 7 }
    },
    .init("an earlier table wins over main's lower metric", eth1) {
      bothIn(&$0, table: 100)
      $0.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1", metric: 0)
      $0.rule(100, table: 100)
    },
    .init(
      "WireGuard's rule for unmarked packets leads into the tunnel",
      .fails(.nothingFits, naming: ["but by eth0, wg0"])
    ) {
      plain(&$0)
      $0.link("wg0", kind: "wireguard", mac: nil, type: .none)
      $0.address("wg0", "10.9.0.1/24")
      $0.route("0.0.0.0/0", by: "wg0", table: RouteTable(rawValue: 51820))
      $0.rule(32764, table: 254) { $0.suppressedPrefixLength = 0 }
      $0.rule(32765, table: 51820) { ($0.mark, $0.flags) = (0xca6c, .inverted) }
    },
    .init(
      "a blackhole default of lower metric ends the lookup", .fails(.nothingFits, naming: ["but by eth0"])
    ) {
      plain(&$0)
      $0.route("0.0.0.0/0", by: "lo", metric: 1, type: .blackhole)
    },
    .init("a blackhole default of higher metric does nothing", eth0) {
      plain(&$0)
      $0.route("0.0.0.0/0", by: "lo", metric: 4_294_967_295, type: .blackhole)
    },
    .init("a throw default sends on to the next rule", eth0) {
      plain(&$0)
      $0.route("0.0.0.0/0", by: "lo", table: RouteTable(rawValue: 100), type: .throw)
      $0.rule(100, table: 100)
    },
    .init("a goto passes rules over", eth0) {
      bothIn(&$0, table: 100)
      $0.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1")
      $0.rule(10, table: 0) { ($0.action, $0.table, $0.goToPriority) = (.goTo, nil, 200) }
      $0.rule(100, table: 100)
    },
    .init(
      "named, its default is in another table", .init(interfaces: ["eth1"]),
      .chosen("eth1", rule: "physical-interface", address: "10.1.0.5/24", gateway: ["10.1.0.1"])
    ) {
      bothIn(&$0, table: 100)
      $0.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1")
      $0.rule(100, table: 100, from: "10.1.0.5/32")
    },
  ]

  /// Two cards with addresses; eth1 has a default route in a table of its own.
  static func bothIn(_ host: inout ImaginaryHost, table: UInt32) {
    two(&host)
    host.snapshot.routes = []
    host.route("0.0.0.0/0", by: "eth1", via: "10.1.0.1", table: RouteTable(rawValue: table))
  }

  /// IPv6 and lone addresses.
  static let families: [DetectionCase] = [
    .init(
      "IPv6 only", .chosen("eth0", rule: "default-route", address: "2001:db8::5/64", gateway: ["fe80::1"])
    ) {
      $0.link("eth0")
      $0.address("eth0", "fe80::5/64", scope: .link)
      $0.address("eth0", "2001:db8::5/64")
      $0.route("::/0", by: "eth0", via: "fe80::1", metric: 1024)
    },
    .init(
      "dual stack with the defaults on different NICs",
      .chosen("eth0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"], warnings: 1)
    ) {
      plain(&$0)
      $0.link("eth1", mac: "52:54:00:00:00:02")
      $0.address("eth1", "2001:db8::5/64")
      $0.route("::/0", by: "eth1", via: "fe80::1", metric: 1024)
    },
    .init(
      "dual stack on one NIC, IPv6 of lower metric: the gateway is of the address's family",
      eth0
    ) {
      plain(&$0)
      $0.address("eth0", "2001:db8::5/64")
      $0.route("::/0", by: "eth0", via: "fe80::1", metric: 10)
    },
    .init(
      "IPv4 default via an IPv6 next hop",
      .chosen("eth0", rule: "default-route", address: "10.0.0.5/24", gateway: ["fe80::1"], warnings: 1)
    ) {
      $0.link("eth0")
      $0.address("eth0", "10.0.0.5/24")
      $0.address("eth0", "2001:db8::5/64")
      $0.route("0.0.0.0/0", by: "eth0", via: "fe80::1")
    },
    .init(
      "on-link gateway outside the subnet: a point-to-point cloud's /32",
      .chosen("eth0", rule: "default-route", address: "10.128.0.5/32", gateway: ["169.254.1.1"])
    ) {
      $0.link("eth0")
      $0.address("eth0", "10.128.0.5/32")
      $0.route("0.0.0.0/0", by: "eth0", via: "169.254.1.1")
      $0.snapshot.routes[0].flags.insert(.onLink)
    },
    .init(
      "a lone /32 that no gateway is reached by", .init(nodesMap: [:], controlNodes: ["10.0.0.9"]),
      .fails(.noAddress, naming: ["10.1.0.5/32 alone"], awaits: "an address with a subnet on eth1")
    ) {
      plain(&$0)
      $0.link("eth1", mac: "52:54:00:00:00:02")
      $0.address("eth1", "10.1.0.5/32")
      $0.way(to: "10.0.0.9", by: "eth1", from: "10.1.0.5")
    },
    .init("keepalived's /32 on the NIC", eth0) {
      $0.link("eth0")
      $0.address("eth0", "10.0.0.100/32")
      $0.address("eth0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1")
    },
  ]

  /// What containers and virtual machines bring.
  static let beside: [DetectionCase] = [
    .init("docker0, cni0, virbr0, Calico's and flannel's interfaces", eth0) {
      for (name, kind, address) in [
        ("docker0", "bridge", "172.17.0.1/16"), ("cni0", "bridge", "10.244.1.1/24"),
        ("virbr0", "bridge", "192.168.122.1/24"), ("cali1234", "veth", "10.244.7.1/32"),
        ("vxlan.calico", "vxlan", "10.244.7.0/32"), ("tunl0", "ipip", "10.244.8.0/32"),
        ("flannel.1", "vxlan", "10.244.9.0/32"), ("kube-ipvs0", "dummy", "10.96.0.1/32"),
        ("nodelocaldns", "dummy", "169.254.20.10/32"),
      ] {
        $0.link(name, kind: kind, mac: "52:54:00:00:01:01")
        $0.address(name, address)
      }
      $0.link("eth0")
      $0.address("eth0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1", metric: 100)
    },
    .init(
      "a service's address of kube-proxy is no node's", .init(controlNodes: ["10.96.0.7"]),
      .fails(.ineligible, naming: ["kube-ipvs0", "dummy"])
    ) {
      plain(&$0)
      $0.link("kube-ipvs0", kind: "dummy", mac: "52:54:00:00:01:01")
      $0.address("kube-ipvs0", "10.96.0.7/32")
      $0.way(to: "10.96.0.7", by: "lo", type: .local)
    },
    .init("ten thousand veths", eth0) { host in
      plain(&host)
      for number in 0..<10_000 { host.link("veth\(number)", kind: "veth", mac: "52:54:00:00:02:01") }
    },
  ]

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

  @Test(arguments: cases) func decides(row: DetectionCase) { row.check() }

  @Test func theRenameIsReported() throws {
    let row = try #require(Self.moments.first)
    let decision = try row.decision.get()
    #expect("\(decision.rule)".contains("was enp6s0f0, now enp6s0f0np0"))
  }
}
