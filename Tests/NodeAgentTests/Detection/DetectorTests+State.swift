import Netlink

@testable import NodeAgent

extension DetectorTests {
  static let stateCases: [DetectionCase] = [
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
      "only a link-local address, and another card is worse by its metric alone",
      .chosen("eth1", rule: "default-route", address: "10.1.0.5/24", gateway: ["10.1.0.1"], warnings: 1)
    ) {
      two(&$0)
      $0.snapshot.addresses.removeAll { $0.prefix.description == "10.0.0.5/24" }
      $0.address("eth0", "169.254.9.9/16", scope: .link)
    },
    .init(
      "no address yet, and another card is worse by its metric alone: it is waited for",
      .fails(.noAddress, naming: ["eth0"], awaits: "a usable address on eth0")
    ) {
      two(&$0)
      $0.snapshot.addresses.removeAll { $0.prefix.description == "10.0.0.5/24" }
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
  ]
}
