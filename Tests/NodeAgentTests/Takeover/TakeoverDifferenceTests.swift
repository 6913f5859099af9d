import Netlink
import Testing

@testable import NodeAgent

/// What is said not to be as it was.
@Suite struct TakeoverDifferenceTests {
  typealias Change = @Sendable (FakeTakeoverKernel) throws -> Void

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let change: Change
    let expected: [String]

    init(_ name: String, _ expected: [String], _ change: @escaping Change) {
      (testDescription, self.expected, self.change) = (name, expected, change)
    }
  }

  static let cases = [
    Case("nothing", []) { _ in },
    Case("an address", ["address ip addr add 10.7.0.5/24 dev eth0 noprefixroute wasn't there before"]) {
      try $0.address("eth0", "10.7.0.5/24") { $0.flags.insert(.noPrefixRoute) }
    },
    Case(
      "all of an address",
      [
        "address ip addr add 10.0.0.5/24 dev eth0 is missing",
        "route ip route add 10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.5 is missing",
        "route ip route add default via 10.0.0.1 dev eth0 proto boot metric 100 is missing",
        "route ip route add 10.60.0.0/16 dev eth0 proto boot scope link is missing",
      ]
    ) { _ = $0.apply(.address(.delete, $0.contents.addresses[0], on: "eth0")) },
    Case("a time that runs", []) { $0.contents.addresses[1].validLifetime = 599 },
    Case("a time that is gone", []) { $0.contents.addresses[1].validLifetime = nil },
    Case("a link-local address", []) { try $0.address("eth0", "fe80::7/64") },
    Case("a neighbour that was learned", []) { try $0.neighbour("eth0", "10.0.0.1", .reachable) },
    Case("a rule", ["rule ip rule add from all iif eth0 priority 100 lookup 100 wasn't there before"]) {
      try $0.rule(100) { $0.inputInterface = "eth0" }
    },
    Case("a nexthop object", ["nexthop object ip nexthop replace id 1 dev eth0 wasn't there before"]) {
      try $0.object(1, by: "eth0")
    },
    Case("the module's interface", ["the module's interface eth0 wasn't there before"]) {
      $0.contents.vifs = [TakeoverVif(index: 2, name: "eth0", kind: 1, link: 2)]
    },
    Case("vhost0", ["vhost0 is there and wasn't before"]) { $0.card("vhost0", kind: "vhost") },
    Case(
      "a control that a takeover changes", ["/proc/sys/net/ipv4/conf/eth0/rp_filter is 2 and was 0"]
    ) { $0.contents.controls[InterfaceControls.reversePath("eth0")] = "2" },
    Case(
      "another interface's route that is the first by now",
      [
        "to 10.60.0.0/16 (table 254, metric 0) the route over link 3 is taken before the one over eth0, and was not"
      ]
    ) { kernel in
      let places = kernel.contents.routes.indices.filter {
        "\(kernel.contents.routes[$0].destination)" == "10.60.0.0/16"
      }
      kernel.contents.routes.swapAt(places[0], places[1])
    },
    Case("two routers' routes that the kernel joined", []) { kernel in
      let routers = kernel.contents.routes.filter { $0.routeProtocol == .routerAdvertisement }
      kernel.contents.routes.removeAll { $0.routeProtocol == .routerAdvertisement }
      var joined = routers[0]
      joined.nextHops = routers.flatMap(\.paths)
      (joined.gateway, joined.outputIndex) = (nil, nil)
      kernel.contents.routes.append(joined)
    },
    Case(
      "one of two routers' routes",
      ["route ip -6 route add default via fe80::2 dev eth0 proto ra metric 1024 is missing"]
    ) { kernel in
      kernel.contents.routes.removeAll { $0.gateway == IPAddress("fe80::2") }
    },
    Case("one that it doesn't", []) { $0.contents.controls[InterfaceControls.reversePathOfAll] = "1" },
  ]

  private func kernel() throws -> FakeTakeoverKernel {
    let kernel = try FakeTakeoverKernel.plain()
    try kernel.address("eth0", "2001:db8::5/64") {
      $0.flags.insert(.noPrefixRoute)
      $0.validLifetime = 600
    }
    kernel.card("eth9", mac: "52:54:00:00:00:09")
    try kernel.route("10.60.0.0/16", by: "eth0")
    try kernel.route("10.60.0.0/16", by: "eth9")
    for (router, preference) in [("fe80::1", UInt8(0)), ("fe80::2", 3)] {
      try kernel.route("::/0", by: "eth0", via: router, metric: 1024) {
        ($0.routeProtocol, $0.preference) = (.routerAdvertisement, preference)
      }
    }
    return kernel
  }

  @Test(arguments: cases) func isSaid(_ item: Case) throws {
    let kernel = try kernel()
    let subject = TakeoverSubject(cards: ["eth0"])
    let before = try kernel.observe(subject)
    try item.change(kernel)
    let difference = try kernel.observe(subject).difference(from: before)
    #expect(difference.ours + difference.others == item.expected)
  }

  /// What others added to the interface is theirs; what is missing, or the module's, isn't.
  @Test(arguments: cases) func isOthers(_ item: Case) throws {
    let kernel = try kernel()
    let before = try kernel.observe(TakeoverSubject(cards: ["eth0"]))
    try item.change(kernel)
    let others = try kernel.observe(TakeoverSubject(cards: ["eth0"])).difference(from: before).others
    #expect(
      others
        == item.expected.filter {
          $0.hasSuffix("there before") && !$0.hasPrefix("the module") || $0.hasPrefix("to ")
        })
  }

  @Test func ofVhost() throws {
    let kernel = try kernel()
    kernel.card("vhost0", mac: "52:54:00:00:00:77", kind: "vhost")
    let subject = TakeoverSubject(cards: ["eth0"])
    let before = try kernel.observe(subject)
    var now = before
    now.vhost = nil
    #expect(now.difference(from: before) == .init(ours: ["vhost0 is gone"]))
    now.vhost = before.vhost
    now.vhost?.mac = FakeTakeover.mac
    #expect(
      now.difference(from: before)
        == .init(ours: ["vhost0 has MAC 52:54:00:00:00:01 and had 52:54:00:00:00:77"]))
  }
}
