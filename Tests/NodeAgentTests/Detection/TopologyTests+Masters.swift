import Netlink

@testable import NodeAgent

extension TopologyTests {
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
}
