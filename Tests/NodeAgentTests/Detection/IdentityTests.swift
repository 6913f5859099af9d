import Netlink
import Testing

@testable import NodeAgent

/// What the last successful run wrote down, and which interface that is now.
@Suite struct IdentityTests {
  private static func found(_ name: String) -> DetectionCase.Expected {
    .chosen(name, rule: "remembered", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
  }

  private static func card(
    _ host: inout ImaginaryHost, _ name: String, permanent: String? = nil, device: String? = nil
  ) {
    ComplaintTests.plainCard(&host, name)
    host.change(name) {
      $0.permanentMACAddress = permanent.flatMap { MACAddress($0) }
      ($0.parentBus, $0.parentDevice) = (device == nil ? nil : "pci", device)
    }
  }

  static let cases: [DetectionCase] = [
    .init("by the MAC in use", found("eth9")) {
      card(&$0, "eth9")
      $0.remember("eth0", mac: "52:54:00:00:00:01")
    },
    .init("by the permanent MAC, though another one is in use", found("eth9")) {
      card(&$0, "eth9", permanent: "52:54:00:00:00:77")
      $0.remember("eth0", mac: "52:54:00:00:00:02", permanent: "52:54:00:00:00:77")
    },
    .init(
      "by the place on the bus, as the card was replaced",
      .chosen("eth9", rule: "remembered", address: "10.0.0.5/24", gateway: ["10.0.0.1"], warnings: 1)
    ) {
      card(&$0, "eth9", permanent: "52:54:00:00:00:88", device: "0000:3b:00.0")
      $0.remember("eth0", mac: "52:54:00:00:00:77", permanent: "52:54:00:00:00:77", device: "0000:3b:00.0")
    },
    .init("the permanent MAC goes before the place: cards were swapped", found("eth9")) {
      card(&$0, "eth9", permanent: "52:54:00:00:00:77", device: "0000:3c:00.0")
      $0.link("eth0", mac: "52:54:00:00:00:88")
      $0.change("eth0") { ($0.parentBus, $0.parentDevice) = ("pci", "0000:3b:00.0") }
      $0.remember("eth0", mac: "52:54:00:00:00:77", permanent: "52:54:00:00:00:77", device: "0000:3b:00.0")
    },
    .init("a bond by its name, as its MAC comes from a port", found("bond0")) {
      ComplaintTests.plainCard(&$0, "bond0")
      $0.change("bond0") { $0.kind = "bond" }
      $0.remember("bond0", kind: "bond", mac: "52:54:00:00:00:33")
    },
    .init(
      "what vhost0 stands on, a bond that took another port's MAC",
      .chosen("bond0", rule: "existing-vhost", address: "10.0.0.5/24", gateway: ["10.0.0.1"], warnings: 1)
    ) {
      $0.link("bond0", kind: "bond", mac: "52:54:00:00:00:88")
      $0.link("eth0", mac: "52:54:00:00:00:88", master: "bond0")
      $0.link("eth1")
      $0.link("vhost0", kind: "vhost", mac: "52:54:00:00:00:33")
      $0.address("vhost0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "vhost0", via: "10.0.0.1")
      $0.remember("bond0", kind: "bond", mac: "52:54:00:00:00:33")
    },
    .init(
      "what vhost0 stood on is gone", .fails(.notFound, naming: ["vhost0 (52:54:00:00:00:33)"])
    ) {
      $0.link("eth1")
      $0.link("vhost0", kind: "vhost", mac: "52:54:00:00:00:33")
      $0.address("vhost0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "vhost0", via: "10.0.0.1")
      $0.remember("bond0", kind: "bond", mac: "52:54:00:00:00:33")
    },
    .init("a VLAN is not its card, whose MAC it has", found("eth0.7")) {
      $0.link("eth0")
      ComplaintTests.plainCard(&$0, "eth0.7")
      $0.change("eth0.7") { $0.kind = "vlan" }
      $0.remember("eth0.7", kind: "vlan", mac: "52:54:00:00:00:01")
    },
    .init(
      "two that have the MAC: none is it",
      .fails(.notFound, naming: ["no single one", "identity.json"], awaits: "eth7")
    ) {
      card(&$0, "eth0")
      card(&$0, "eth1")
      $0.remember("eth7", mac: "52:54:00:00:00:01")
    },
    .init("two that have the MAC, one of which has the name", found("eth1")) {
      card(&$0, "eth0")
      $0.snapshot.addresses.removeLast()
      $0.snapshot.routes = []
      card(&$0, "eth1")
      $0.remember("eth1", mac: "52:54:00:00:00:01")
    },
    .init(
      "a card of the same name with another MAC is another card",
      .fails(.notFound, naming: ["eth0"], awaits: "eth0")
    ) {
      card(&$0, "eth0")
      $0.remember("eth0", mac: "52:54:00:00:00:55")
    },
    .init(
      "made a port meanwhile: the other rules decide, with a warning",
      .chosen("bond0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"], warnings: 1)
    ) {
      TopologyTests.bond(&$0)
      $0.remember("eth0", mac: "52:54:00:00:00:01")
    },
    .init(
      "other settings: it says nothing", .init(controlNodes: ["10.1.0.9"]),
      .chosen("eth1", rule: "route-to-control-node", address: "10.1.0.5/24", gateway: ["10.1.0.1"])
    ) {
      two(&$0)
      $0.way(to: "10.1.0.9", by: "eth1")
      $0.remember("eth0", mac: "52:54:00:00:00:01", settings: ["CONTROL_NODES": "10.0.0.9"])
    },
    .init(
      "the same settings: it goes before the control nodes", .init(controlNodes: ["10.1.0.9"]),
      .chosen("eth0", rule: "remembered", address: "10.0.0.5/24", gateway: ["10.0.0.1"])
    ) {
      two(&$0)
      $0.way(to: "10.1.0.9", by: "eth1")
      $0.remember("eth0", mac: "52:54:00:00:00:01", settings: ["CONTROL_NODES": "10.1.0.9"])
    },
    .init(
      "the gateway goes before it", .init(gateways: gateways("10.1.0.1")),
      .chosen("eth1", rule: "route-to-gateway", address: "10.1.0.5/24", gateway: ["10.1.0.1"])
    ) {
      two(&$0)
      $0.way(to: "10.1.0.1", by: "eth1")
      $0.remember("eth0", mac: "52:54:00:00:00:01", settings: ["VROUTER_GATEWAY": "10.1.0.1"])
    },
  ]

  @Test(arguments: cases) func decides(row: DetectionCase) { row.check() }

  /// What is made of a decision leads back to it, whatever the names have become, and wherever the node's map has grown.
  @Test(arguments: TopologyTests.cases + ComplaintTests.cases)
  func whatIsRememberedIsFoundAgain(row: DetectionCase) throws {
    guard let decision = try? row.decision.get(), row.settings.interfaces.isEmpty else { return }
    var snapshot = row.host.snapshot
    let identity = RememberedIdentity.make(from: decision, snapshot: snapshot, settings: row.settings)
    #expect(identity.interfaces.map(\.address) == decision.choices.map(\.address))
    #expect(identity.settings == row.settings.remembered(hostName: snapshot.hostName))
    // MAC addresses that several interfaces share tell nothing once the names are others.
    let macs = identity.interfaces.compactMap(\.mac)
    guard
      macs.allSatisfy({ mac in
        snapshot.links.count { $0.macAddress == mac && $0.kind == identity.interfaces[0].kind } == 1
      })
    else { return }
    for place in snapshot.links.indices where snapshot.links[place].kind != "vhost" {
      snapshot.links[place].name += "x"
    }
    let network = HostNetwork(snapshot)
    for (known, choice) in zip(identity.interfaces, decision.choices) {
      #expect(IdentityMatch(known, in: network).link?.index == choice.interface.index)
    }
  }

  @Test func otherNodesOfTheMapMakeNoDifference() {
    let before = DetectionSettings(nodesMap: addresses(["node1": "10.0.0.5"]))
    let after = DetectionSettings(nodesMap: addresses(["node1": "10.0.0.5", "node2": "10.0.0.6"]))
    let other = DetectionSettings(nodesMap: addresses(["node1": "10.0.0.7"]))
    #expect(before.remembered(hostName: "node1") == after.remembered(hostName: "node1"))
    #expect(before.remembered(hostName: "node1") != other.remembered(hostName: "node1"))
    #expect(before.remembered(hostName: "node1.example.org") == before.remembered(hostName: "node1"))
  }
}
