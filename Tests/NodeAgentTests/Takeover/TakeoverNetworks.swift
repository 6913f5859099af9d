import Netlink
import Testing

@testable import NodeAgent

/// A network that vhost0 takes over.
struct TakeoverNetwork: Sendable, CustomTestStringConvertible {
  let testDescription: String
  var cards = ["eth0"]
  let make: @Sendable (FakeTakeoverKernel) throws -> Void

  init(
    _ name: String, cards: [String] = ["eth0"],
    _ make: @escaping @Sendable (FakeTakeoverKernel) throws -> Void
  ) {
    (testDescription, self.cards, self.make) = (name, cards, make)
  }

  func kernel() throws -> FakeTakeoverKernel {
    let kernel = try FakeTakeoverKernel.plain()
    try make(kernel)
    return kernel
  }

  private static let table = RouteTable(rawValue: 100)

  static let all = [
    TakeoverNetwork("one card") { _ in },
    TakeoverNetwork("secondary addresses") { kernel in
      try kernel.address("eth0", "10.0.0.6/24") { $0.label = "eth0:1" }
      try kernel.address("eth0", "10.9.0.5/16") { $0.broadcast = IPAddress("10.9.255.255") }
      try kernel.address("eth0", "192.0.2.7/32")
    },
    TakeoverNetwork("IPv6") { kernel in
      try kernel.address("eth0", "fe80::1/64")
      try kernel.address("eth0", "2001:db8::5/64")
      try kernel.address("eth0", "2001:db8::5054:ff:fe00:1/64") {
        ($0.validLifetime, $0.preferredLifetime) = (3600, 1800)
        $0.flags.insert(.managesTemporary)
      }
      try kernel.address("eth0", "2001:db8:1::5/64") { $0.flags.insert(.noPrefixRoute) }
      try kernel.route("::/0", by: "eth0", via: "fe80::ff", metric: 1024)
    },
    TakeoverNetwork("policy routing") { kernel in
      try kernel.route("10.0.0.0/24", by: "eth0") { $0.table = table }
      try kernel.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1") {
        $0.table = table
        $0.preferredSource = IPAddress("10.0.0.5")
      }
      // The gateway is in the main table only.
      try kernel.route("0.0.0.0/0", by: "eth0", via: "10.0.0.2") { $0.table = RouteTable(rawValue: 1000) }
      try kernel.rule(100) { $0.inputInterface = "eth0" }
      try kernel.rule(100) { $0.outputInterface = "eth0" }
    },
    TakeoverNetwork("a subnet that was copied into another table, and with another metric") { kernel in
      try kernel.subnet("10.0.0.0/24", source: "10.0.0.5") { $0.table = table }
      try kernel.subnet("10.0.0.0/24", source: "10.0.0.5") { $0.metric = 100 }
    },
    TakeoverNetwork("a VRF") { kernel in
      kernel.contents.links[0].vrfTable = table.rawValue
      for place in kernel.contents.routes.indices { kernel.contents.routes[place].table = table }
      try kernel.address("eth0", "10.7.0.5/24")
      try kernel.subnet("10.7.0.0/24", source: "10.7.0.5")
    },
    TakeoverNetwork("on-link gateway") { kernel in
      try kernel.route("198.51.100.0/24", by: "eth0", via: "203.0.113.1") { $0.flags.insert(.onLink) }
      try kernel.route("203.0.113.9/32", by: "eth0")
      try kernel.route("198.51.0.0/16", by: "eth0", via: "203.0.113.9")
    },
    TakeoverNetwork("routes with one key") { kernel in
      try kernel.route("10.50.0.0/16", by: "eth0", via: "10.0.0.1")
      try kernel.route("10.50.0.0/16", by: "eth0", via: "10.0.0.2")
      try kernel.route("10.50.0.0/16", by: "eth0", via: "10.0.0.3")
    },
    TakeoverNetwork("another interface's routes with the same key") { kernel in
      kernel.card("eth9", mac: "52:54:00:00:00:09")
      try kernel.address("eth9", "10.8.0.5/24")
      try kernel.route("10.60.0.0/16", by: "eth9", via: "10.8.0.1")
      try kernel.route("10.60.0.0/16", by: "eth0", via: "10.0.0.1")
      try kernel.route("0.0.0.0/0", by: "eth9", via: "10.8.0.1", metric: 100)
    },
    TakeoverNetwork("multipath") { kernel in
      kernel.card("eth9", mac: "52:54:00:00:00:09")
      try kernel.address("eth9", "10.8.0.5/24")
      let hops = [
        NextHop(outputIndex: try kernel.index("eth0"), gateway: IPAddress("10.0.0.2"), weight: 2),
        NextHop(outputIndex: try kernel.index("eth9"), gateway: IPAddress("10.8.0.1")),
      ]
      try kernel.route("10.70.0.0/16", by: "eth0") {
        ($0.outputIndex, $0.nextHops, $0.scope) = (nil, hops, .universe)
      }
    },
    TakeoverNetwork("two cards that each hear a router, one of which is taken over") { kernel in
      kernel.card("eth9", mac: "52:54:00:00:00:09")
      for name in ["eth0", "eth9"] {
        try kernel.route("::/0", by: name, via: "fe80::ff", metric: 1024) {
          $0.routeProtocol = .routerAdvertisement
        }
      }
    },
    TakeoverNetwork("two cards in one subnet, one of which is taken over") { kernel in
      kernel.card("eth9", mac: "52:54:00:00:00:09")
      try kernel.address("eth9", "10.0.0.6/24")
      try kernel.address("eth0", "2001:db8::5/64")
      try kernel.address("eth9", "2001:db8::6/64")
    },
    TakeoverNetwork("two cards in one subnet, the other of which is taken over") { kernel in
      kernel.card("eth9", mac: "52:54:00:00:00:09")
      try kernel.address("eth9", "10.1.0.6/24")
      try kernel.address("eth0", "10.1.0.5/24")
      try kernel.address("eth9", "2001:db8::6/64")
      try kernel.address("eth0", "2001:db8::5/64")
    },
    TakeoverNetwork("nexthop objects") { kernel in
      try kernel.object(1, by: "eth0")
      try kernel.object(2, by: "eth0", via: "10.0.0.1")
      try kernel.route("10.80.0.0/16", by: "eth0") {
        ($0.nextHopID, $0.scope) = (2, .universe)
      }
    },
    TakeoverNetwork("neighbours and a strict filter") { kernel in
      kernel.contents.controls[InterfaceControls.reversePath("eth0")] = "1"
      try kernel.neighbour("eth0", "10.0.0.1", .reachable)
      try kernel.neighbour("eth0", "10.0.0.7")
      try kernel.neighbour("eth0", "10.0.0.200", flags: .proxy)
    },
    TakeoverNetwork("more neighbours than the table has room for twice") { kernel in
      for (number, path) in NeighbourTableRoom.limits.enumerated() {
        kernel.contents.controls[path] = "\(10 + number)"
      }
      for number in 1...8 { try kernel.neighbour("eth0", "10.0.0.\(number + 10)", .reachable) }
    },
    TakeoverNetwork("more routes than a datagram has") { kernel in
      for number in 0..<70 {
        try kernel.route("172.16.\(number / 256).\(number % 256)/32", by: "eth0", via: "10.0.0.1")
      }
    },
    TakeoverNetwork("two cards", cards: ["eth0", "eth1"]) { kernel in
      kernel.card("eth1", mac: "52:54:00:00:00:02")
      try kernel.address("eth1", "10.1.0.5/24")
      try kernel.route("0.0.0.0/0", by: "eth1", via: "10.1.0.1", metric: 200)
      try kernel.rule(100) { $0.inputInterface = "eth0" }
      try kernel.rule(100) { $0.inputInterface = "eth1" }
    },
    TakeoverNetwork("two cards, the second's default route first", cards: ["eth1", "eth0"]) { kernel in
      kernel.card("eth1", mac: "52:54:00:00:00:02")
      try kernel.address("eth1", "10.1.0.5/24")
      try kernel.route("0.0.0.0/0", by: "eth1", via: "10.1.0.1", metric: 100)
    },
  ]
}
