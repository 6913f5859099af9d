import Netlink

@testable import NodeAgent

extension TopologyTests {
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
}
