import Netlink
import Testing

@testable import NodeAgent

/// What operators suffered with other systems, by public threads: none of it happens here.
@Suite struct ComplaintTests {
  private static let eth0: DetectionCase.Expected = .chosen(
    "eth0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"])

  static let cases: [DetectionCase] = [
    .init("1: a docker bridge is picked, and all nodes have one address (projectcalico/calico#1628)", eth0) {
      $0.link("docker0", kind: "bridge", mac: "52:54:00:00:00:d0")
      $0.address("docker0", "172.17.0.1/16")
      plainCard(&$0)
    },
    .init(
      "1: and not by a default route over it either, which is told",
      .chosen("eth0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"], warnings: 1)
    ) {
      $0.link("docker0", kind: "bridge", mac: "52:54:00:00:00:d0")
      $0.address("docker0", "172.17.0.1/16")
      $0.route("0.0.0.0/0", by: "docker0", via: "172.17.0.2")
      plainCard(&$0)
    },
    .init(
      "2: an interface that appears later steals the choice (calico#6910)",
      .chosen("eth0", rule: "remembered", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      plainCard(&$0)
      $0.link("usb0", mac: "52:54:00:00:00:02")
      $0.address("usb0", "10.9.0.5/24")
      $0.route("0.0.0.0/0", by: "usb0", via: "10.9.0.1", metric: 1)
      $0.remember("eth0", mac: "52:54:00:00:00:01")
    },
    .init("3: keepalived's /32 is chosen, and moves away (calico#5094, #5346)", eth0) {
      $0.link("eth0")
      $0.address("eth0", "10.0.0.100/32")
      $0.address("eth0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1", metric: 100)
    },
    .init(
      "3: nor when it is the control node's address, which this node holds at the moment",
      .init(controlNodes: ["10.0.0.100"]),
      .chosen("eth0", rule: "route-to-control-node", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      $0.link("eth0")
      $0.address("eth0", "10.0.0.100/32")
      $0.address("eth0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1", metric: 100)
      $0.way(to: "10.0.0.100", by: "lo", from: "10.0.0.100", type: .local)
    },
    .init(
      "4: after a carrier loss the virtual address is the first one (kube-vip#682)",
      .chosen("eth0", rule: "remembered", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      $0.link("eth0")
      $0.address("eth0", "10.0.0.100/24")
      $0.address("eth0", "10.0.0.5/24", flags: [.permanent, .secondary])
      $0.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1", metric: 100)
      $0.remember("eth0", mac: "52:54:00:00:00:01", address: "10.0.0.5/24")
    },
    .init(
      "5: a stale address is kept after a re-creation (calico#1470)",
      .chosen("eth0", rule: "remembered", address: "10.0.0.9/24", gateway: ["10.0.0.1"], warnings: 1)
    ) {
      $0.link("eth0", mac: "52:54:00:00:00:99")
      $0.change("eth0") { ($0.parentBus, $0.parentDevice) = ("pci", "0000:00:03.0") }
      $0.address("eth0", "10.0.0.9/24")
      $0.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1")
      $0.remember("eth0", mac: "52:54:00:00:00:01", device: "0000:00:03.0", address: "10.0.0.5/24")
    },
    .init(
      "6: one name doesn't fit all nodes: ens5 here (Juniper/contrail-operator PR 225)",
      .init(interfaces: ["/^ens[35]$/"]),
      .chosen("ens5", rule: "physical-interface", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) { plainCard(&$0, "ens5") },
    .init(
      "6: ens3 there", .init(interfaces: ["/^ens[35]$/"]),
      .chosen("ens3", rule: "physical-interface", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) { plainCard(&$0, "ens3") },
    .init(
      "6: or by the subnet", .init(interfaces: ["cidr:10.0.0.0/16"]),
      .chosen("ens3", rule: "physical-interface", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) { plainCard(&$0, "ens3") },
    .init(
      "7: ECMP default over VLANs of one card (cilium#26882)",
      .fails(.ambiguous, naming: ["eth0.7 and eth0.8", "L3MH_CIDR", "PHYSICAL_INTERFACE"])
    ) { overVLANs(&$0) },
    .init(
      "7: and with several uplinks wanted", .init(multihoming: IPPrefix("10.255.0.0/24")),
      .several(["eth0.7 10.7.0.5/24 10.7.0.1", "eth0.8 10.8.0.5/24 10.8.0.1"], rule: "default-route")
    ) { overVLANs(&$0) },
    .init("9: two interfaces with one MAC break a lookup by MAC (cilium#41922)", eth0) {
      plainCard(&$0)
      $0.link("eth1")
      $0.address("eth1", "10.1.0.5/24")
    },
    .init(
      "9: and by a selector they are both named", .init(interfaces: ["mac:52:54:00:00:00:01"]),
      .fails(.ambiguous, naming: ["2 interfaces fit: eth0, eth1", "such as its name"])
    ) {
      plainCard(&$0)
      $0.link("eth1")
      $0.address("eth1", "10.1.0.5/24")
    },
    .init(
      "11: after a reboot the NIC is half taken over (ovn-kubernetes#5091, #5139)",
      .chosen("eth0", rule: "existing-vhost", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      plainCard(&$0)
      $0.link("vhost0", kind: "vhost")
    },
    .init(
      "16: an upgrade renames enp6s0f0 to enp6s0f0np0 (harvester PR 9877)",
      .chosen("enp6s0f0np0", rule: "remembered", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      plainCard(&$0, "enp6s0f0np0")
      $0.remember("enp6s0f0", mac: "52:54:00:00:00:01")
    },
    .init(
      "16: and where the old name is set, the error tells the new one", .init(interfaces: ["enp6s0f0"]),
      .fails(
        .notFound, naming: ["what was enp6s0f0 at the last successful run is now enp6s0f0np0"],
        awaits: "an interface that fits enp6s0f0")
    ) {
      plainCard(&$0, "enp6s0f0np0")
      $0.remember("enp6s0f0", mac: "52:54:00:00:00:01", settings: ["PHYSICAL_INTERFACE": "enp6s0f0"])
    },
    .init(
      "17: the gateway's default vanishes once vhost0 is in the route table (Juniper/contrail-charms#56)",
      .chosen("eth0", rule: "existing-vhost", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      $0.link("eth0")
      $0.link("vhost0", kind: "vhost")
      $0.address("vhost0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "vhost0", via: "10.0.0.1")
    },
    .init(
      "23: the address dump races duplicate-address detection at start (nebula#1835)",
      .fails(
        .noAddress, naming: ["2001:db8::5/64 tentative"],
        awaits: "the search for duplicates of 2001:db8::5/64 to end")
    ) {
      $0.link("eth0")
      $0.address("eth0", "fe80::5/64", scope: .link)
      $0.address("eth0", "2001:db8::5/64", flags: .tentative)
      $0.route("::/0", by: "eth0", via: "fe80::1", metric: 1024)
    },
    .init(
      "23: a duplicate is never taken",
      .fails(.noAddress, naming: ["duplicate of another host's"], awaits: "a usable address")
    ) {
      $0.link("eth0")
      $0.address("eth0", "2001:db8::5/64", flags: [.tentative, .duplicate])
      $0.route("::/0", by: "eth0", via: "fe80::1", metric: 1024)
    },
  ]

  static func plainCard(_ host: inout ImaginaryHost, _ name: String = "eth0") {
    host.link(name)
    host.address(name, "10.0.0.5/24")
    host.route("0.0.0.0/0", by: name, via: "10.0.0.1", metric: 100)
  }

  static func overVLANs(_ host: inout ImaginaryHost) {
    host.link("eth0")
    for id in [7, 8] {
      host.link("eth0.\(id)", kind: "vlan")
      host.address("eth0.\(id)", "10.\(id).0.5/24")
    }
    host.multipath("0.0.0.0/0", [("eth0.7", "10.7.0.1"), ("eth0.8", "10.8.0.1")])
  }

  @Test(arguments: cases) func doesNotHappen(row: DetectionCase) { row.check() }

  /// 8: the MTU is taken from the wrong NIC (cilium#10309).
  @Test func theMTUIsThatOfTheChosenInterface() throws {
    var host = ImaginaryHost()
    host.link("eth1", mac: "52:54:00:00:00:02")
    host.change("eth1") { $0.mtu = 9000 }
    Self.plainCard(&host)
    host.change("eth0") { $0.mtu = 1450 }
    #expect(try Detector(snapshot: host.snapshot, settings: .init()).decide().mtu == 1450)
    let named = DetectionSettings(interfaces: ["eth0", "eth1"])
    host.address("eth1", "10.1.0.5/24")
    #expect(throws: DetectionError.self) { try Detector(snapshot: host.snapshot, settings: named).decide() }
  }

  /// "Option not set" that doesn't say what was seen; the error that tells to set the option that was set.
  @Test(arguments: cases + TopologyTests.cases) func everyErrorNamesARemedy(row: DetectionCase) {
    guard case .failure(let error) = row.decision else { return }
    #expect(!error.remedy.isEmpty)
    #expect(error.candidates.allSatisfy { error.message.isEmpty || !$0.reason.isEmpty })
  }
}
