import Netlink

@testable import NodeAgent

extension SilenceTests {
  static let linkCases: [DetectionCase] = [
    .init(
      "vhost0 has addresses, and nothing ties it to the card that is named", .init(interfaces: ["eth1"]),
      .fails(.conflict, naming: ["vhost0 (52:54:00:00:00:99)", "10.0.0.5/24", "eth1", "take vhost0 down"])
    ) {
      $0.link("eth0")
      $0.link("eth1", mac: "52:54:00:00:00:02")
      $0.address("eth1", "10.1.0.5/24")
      $0.link("vhost0", kind: "vhost", mac: "52:54:00:00:00:99")
      $0.address("vhost0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "vhost0", via: "10.0.0.1")
    },
    .init(
      "vhost0 has another MAC and the address that a manager put back on the named card",
      .init(interfaces: ["eth0"]),
      .chosen("eth0", rule: "physical-interface", address: "10.0.0.5/24", gateway: ["10.0.0.1"], warnings: 1)
    ) {
      plain(&$0)
      $0.link("vhost0", kind: "vhost", mac: "52:54:00:00:00:99")
      $0.address("vhost0", "10.0.0.5/24")
    },
    .init(
      "vhost0 over several has the MAC of none of them",
      .init(interfaces: ["eth0", "eth1"], multihoming: IPPrefix("10.255.0.0/24")),
      .several(["eth0 10.0.0.5/24 10.0.0.1", "eth1 10.1.0.5/24 10.1.0.1"], rule: "physical-interface")
    ) {
      two(&$0)
      $0.link("vhost0", kind: "vhost", mac: "00:00:5e:00:01:00")
      $0.address("vhost0", "10.255.0.5/32")
    },
    .init(
      "a port of a bridge that has the default route",
      .fails(.nothingFits, naming: ["but by br0, never chosen by itself", "lead the default route over"])
    ) { bridged(&$0) },
    .init(
      "a port of a bridge is named: what is wrong with it isn't lost", .init(interfaces: ["eth0"]),
      .fails(
        .noAddress, naming: ["eth0 has no usable address", "it is a port of br0", "take it out of br0"],
        awaits: "a usable address on eth0")
    ) { bridged(&$0) },
    .init(
      "the parent of a macsec", .init(nodesMap: addresses(["node1": "10.0.0.5"])),
      .fails(.ineligible, naming: ["eth0", "parent of the macsec macsec0", "receive handler"])
    ) {
      plain(&$0)
      $0.link("macsec0", kind: "macsec")
      let eth0 = $0.index(of: "eth0")
      $0.change("macsec0") { $0.lowerIndex = eth0 }
    },
  ]

  private static func bridged(_ host: inout ImaginaryHost) {
    host.link("br0", kind: "bridge")
    host.link("eth0", master: "br0")
    host.address("br0", "10.0.0.5/24")
    host.route("0.0.0.0/0", by: "br0", via: "10.0.0.1")
  }
}
