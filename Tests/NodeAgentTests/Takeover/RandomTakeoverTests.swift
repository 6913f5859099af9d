import Netlink
import TestSupport
import Testing

@testable import NodeAgent

/// Networks that nobody thought of.
@Suite struct RandomTakeoverTests {
  @Test func isAlwaysTakenBack() throws {
    let first = UInt64.random(in: 0 ..< .max / 2)
    for seed in first..<first + 150 {
      var generator = SplitMix(state: seed)
      let kernel = try network(&generator)
      try withTemporaryRoot { root, _ in
        let takeover = try FakeTakeover(kernel, root)
        let before = kernel.contents
        try #require(try takeover.takeOver() != nil, "seed \(seed)")
        let count = kernel.asked.count
        #expect(try takeover.takeOver() == nil, "seed \(seed)")
        #expect(kernel.texts(since: count) == [], "seed \(seed)")
        #expect(kernel.dangers.isEmpty, "seed \(seed)")
        try takeover.cleanUp()
        // Of several with one key the kernel takes none in between; it uses the first.
        #expect(kernel.contents.changes(since: before, isOrderKept: false) == [], "seed \(seed)")
      }
    }
  }

  /// What the kernel refuses is left out.
  private func network(_ random: inout SplitMix) throws -> FakeTakeoverKernel {
    let kernel = FakeTakeoverKernel()
    kernel.card("eth0", reversePath: "\(Int.random(in: 0...2, using: &random))")
    kernel.card("eth9", mac: "52:54:00:00:00:09")
    for name in ["eth0", "eth9"] {
      let net = name == "eth0" ? 0 : 8
      try kernel.address(name, "10.\(net).0.5/24")
      for number in 0..<Int.random(in: 0...3, using: &random) {
        let length = [16, 24, 32].randomElement(using: &random) ?? 24
        try? kernel.address(name, "10.\(net).\(number).\(number + 6)/\(length)")
        // Formed by the kernel; any other loses the time at which it would end.
        let ends = Bool.random(using: &random)
        let own = ends ? "\(number + 1):5054:ff:fe00:1" : ":\(number + 6)"
        try? kernel.address(name, "2001:db8:\(net):\(own)/64") {
          if Bool.random(using: &random) { $0.flags.insert(.noPrefixRoute) }
          if ends { $0.validLifetime = 600 }
        }
      }
    }
    for _ in 0..<Int.random(in: 0...40, using: &random) {
      let name = Int.random(in: 0...3, using: &random) == 0 ? "eth9" : "eth0"
      let net = name == "eth0" ? 0 : 8
      let destination = ["0.0.0.0/0", "10.50.0.0/16", "10.51.0.0/16"].randomElement(using: &random) ?? ""
      let gateway = "10.\(net).0.\(Int.random(in: 1...3, using: &random))"
      let isConnected = Int.random(in: 0...5, using: &random) == 0
      try? kernel.accepting(destination, by: name, via: isConnected ? nil : gateway) { route in
        route.metric = [0, 100].randomElement(using: &random) ?? 0
        route.table = [.main, RouteTable(rawValue: 100)].randomElement(using: &random) ?? .main
        if Bool.random(using: &random) { route.routeProtocol = .static }
      }
    }
    for priority in 0..<UInt32.random(in: 0...2, using: &random) {
      try? kernel.rule(priority + 100) {
        $0.inputInterface = ["eth0", "eth9"].randomElement(using: &random)
      }
    }
    return kernel
  }
}

extension FakeTakeoverKernel {
  /// Puts a route where the kernel takes one.
  fileprivate func accepting(
    _ destination: String, by name: String, via gateway: String?, _ change: (inout Route) -> Void
  ) throws {
    let prefix = try #require(IPPrefix(destination))
    var route = Route(to: prefix, scope: gateway == nil ? .link : .universe)
    (route.outputIndex, route.gateway) = (try index(name), gateway.flatMap { IPAddress($0) })
    change(&route)
    _ = apply(.route(.append, route, names: [:]))
  }
}

/// SplitMix64: the same numbers for the same seed.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
