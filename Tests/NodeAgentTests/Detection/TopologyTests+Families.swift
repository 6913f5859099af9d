import Netlink

@testable import NodeAgent

extension TopologyTests {
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
}
