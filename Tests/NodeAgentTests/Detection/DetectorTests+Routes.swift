import Netlink

@testable import NodeAgent

extension DetectorTests {
  static let routesCases: [DetectionCase] = [
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
      .chosen("eth0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"], warnings: 1)
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
  ]
}
