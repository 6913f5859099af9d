import SystemPackage
import Testing

@testable import Netlink

/// Neighbours, nexthop objects and the routes that use them: the captures give what the commands that made
/// them say.
@Suite("Recorded neighbours and nexthop objects")
struct GoldenNeighbourTests {
  private func replay(_ exchange: Golden.Exchange) -> RouteNetlink {
    RouteNetlink(NetlinkSession(FakeKernel { $0.replay(exchange.answers) }))
  }

  private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }
  private func mac(_ text: String) throws -> MACAddress { try #require(MACAddress(text)) }

  @Test("Neighbours")
  func neighbours() throws {
    var netlink = replay(Golden.neighbours)
    let neighbours = try netlink.neighbours()
    var router = Neighbour(
      try address("10.1.2.2"), linkIndex: 4, macAddress: try mac("02:00:00:00:00:02"), state: .stale,
      flags: .router)
    router.neighbourProtocol = .static
    let learned = Neighbour(
      try address("10.5.0.1"), linkIndex: 2, macAddress: try mac("02:00:00:00:00:03"), state: .reachable,
      flags: .externallyLearned)
    let permanent = Neighbour(
      try address("10.1.2.1"), linkIndex: 4, macAddress: try mac("02:00:00:00:00:01"))
    let noARP = Neighbour(
      try address("2001:db8::1"), linkIndex: 4, macAddress: try mac("02:00:00:00:00:06"), state: .noARP)
    // The kernel's order is that of a hash with a random key.
    #expect(Set(neighbours.filter { $0.type == .unicast }) == [router, learned, permanent, noARP])
    // What needs no resolving: groups.
    let groups = neighbours.filter { $0.type == .multicast }
    #expect(neighbours.count == groups.count + 4 && !groups.isEmpty)
    #expect(groups.allSatisfy { $0.address.isMulticast && $0.state == .noARP })
    #expect(neighbours.allSatisfy { $0.state.isUsable && $0.otherAttributes.isEmpty })
    #expect(router.state.description == "STALE")
    #expect(router.macAddress?.description == "02:00:00:00:00:02")
    // A kernel that ignores the filters in the request gives the same result.
    #expect(try netlink.neighbours(linkIndex: 2).filter { $0.type == .unicast } == [learned])
    #expect(try netlink.neighbours(family: .ipv6, linkIndex: 4).contains(noARP))
    #expect(try netlink.neighbours(family: .ipv4).allSatisfy { $0.family == .ipv4 })
    var ofLink = replay(Golden.neighboursOfLink)
    #expect(try ofLink.neighbours(linkIndex: 2).contains(learned))
    #expect(try ofLink.neighbours(linkIndex: 0).isEmpty)
    #expect(try ofLink.neighbours(linkIndex: .max).isEmpty)
  }

  @Test(
    "Neighbour states",
    arguments: [
      (0, "NONE", false), (1, "INCOMPLETE", false), (0x20, "FAILED", false),
      (2, "REACHABLE", true), (8, "DELAY", true), (0x10, "PROBE", true), (0x80, "PERMANENT", true),
      (0x300, "0x300", false),
    ] as [(UInt16, String, Bool)])
  func states(bits: UInt16, text: String, isUsable: Bool) {
    let state = NeighbourState(rawValue: bits)
    #expect(state.description == text && state.isUsable == isUsable)
  }

  @Test("Nexthop objects")
  func nextHopObjects() throws {
    var netlink = replay(Golden.nextHopObjects)
    let objects = try netlink.nextHopObjects()
    var first = NextHopObject(id: 1, outputIndex: 4, gateway: try address("10.1.2.1"))
    first.scope = .link
    var onLink = NextHopObject(id: 2, outputIndex: 4, gateway: try address("10.1.2.2"))
    onLink.scope = .link
    onLink.routeProtocol = .static
    onLink.flags = .onLink
    var attached = NextHopObject(id: 3, family: .ipv4, outputIndex: 3)
    attached.scope = .host
    var blackhole = NextHopObject(id: 4, family: .ipv4)
    blackhole.isBlackhole = true
    var ipv6 = NextHopObject(id: 5, outputIndex: 4, gateway: try address("2001:db8::1"))
    ipv6.scope = .link
    #expect(Array(objects.prefix(5)) == [first, onLink, attached, blackhole, ipv6])
    #expect(objects.map(\.id) == [1, 2, 3, 4, 5, 10, 11, 12, 13])
    let group = objects[5]
    #expect(group.members == [.init(1), .init(3, weight: 2)] && group.groupType == .multipath)
    #expect(group.family == nil && group.gateway == nil)
    #expect(objects[6].groupType == .resilient && objects[6].members == [.init(1), .init(2)])
    #expect(objects[8].encapsulationType == .ip && group.encapsulationType == nil)

    var one = replay(Golden.nextHopObject10)
    #expect(try one.nextHopObject(id: 10) == group)
    var missing = replay(Golden.nextHopObjectMissing)
    #expect(try missing.nextHopObject(id: 99) == nil)
    #expect(try missing.nextHopObject(id: 0) == nil)
  }

  @Test("A kernel without nexthop objects has none")
  func noObjects() throws {
    var netlink = RouteNetlink(NetlinkSession(FakeKernel { [.datagram($0.error(-95))] }))
    #expect(try netlink.nextHopObjects().isEmpty)
    #expect(try netlink.nextHopObject(id: 1) == nil)
  }

  /// Answers as the kernel of the captures does.
  private func objectKernel() -> RouteNetlink {
    RouteNetlink(
      NetlinkSession(
        FakeKernel { request in
          let exchange =
            switch (request.type, request.flags & 0x300) {
            case (106, _): Golden.nextHopObjects
            case (26, 0x300): Golden.routesByObjects
            default: Golden.entryByObject
            }
          return request.replay(exchange.answers)
        }))
  }

  @Test("Routes of which the kernel tells only the number of their nexthop object get its paths")
  func routesByObjects() throws {
    var netlink = objectKernel()
    let routes = try netlink.routes(family: .ipv4)
    let byDestination = Dictionary(uniqueKeysWithValues: routes.map { ($0.destination.description, $0) })
    let first = NextHop(outputIndex: 4, gateway: try address("10.1.2.1"))
    let group = try #require(byDestination["198.18.0.0/15"])
    #expect(group.nextHopID == 10 && group.paths == [first, NextHop(outputIndex: 3, weight: 2)])
    let one = try #require(byDestination["198.20.0.0/15"])
    #expect(one.gateway == (try address("10.1.2.2")) && one.outputIndex == 4 && one.flags.contains(.onLink))
    // IPv4 by an IPv6 gateway.
    #expect(byDestination["198.22.0.0/15"]?.gateway == (try address("fe80::9")))
    let blackhole = try #require(byDestination["198.24.0.0/15"])
    #expect(blackhole.type == .blackhole && blackhole.paths.isEmpty && !blackhole.isUnresolved)
    // The filter sees the objects' paths.
    let behind3 = try netlink.routes(matching: RouteFilter(family: .ipv4, table: .main, outputIndex: 3))
    #expect(behind3 == [group])
    #expect(try netlink.entry(to: address("198.18.0.1")) == group)
  }

  @Test("An object that isn't there leaves the route as it is; groups in groups are not followed")
  func unresolvable() throws {
    var route = Route(to: .all(.ipv4))
    route.nextHopID = 10
    #expect(route.isUnresolved && route.resolved(with: [:]) == route)
    var group = NextHopObject(id: 10)
    group.members = [.init(10), .init(7), .init(8)]
    let path = NextHopObject(id: 7, outputIndex: 3)
    #expect(route.resolved(with: [10: group, 7: path]).paths == [NextHop(outputIndex: 3)])
    var known = route
    known.outputIndex = 5
    #expect(known.resolved(with: [10: group, 7: path]) == known)
  }

  @Test("Metrics and encapsulation of routes")
  func metrics() throws {
    var netlink = objectKernel()
    let routes = try netlink.routes(family: .ipv4)
    let metrics = try #require(routes.first { $0.destination.description == "198.28.0.0/15" }?.metrics)
    #expect(metrics.mtu == 1400 && metrics.isLocked(.mtu) && !metrics.isLocked(.advertisedMSS))
    #expect(metrics[.advertisedMSS] == 1200 && metrics[.hopLimit] == 9)
    #expect(metrics[.initialCongestionWindow] == 20 && metrics.congestionControl == "reno")
    #expect(metrics[.window] == nil && metrics.otherAttributes.isEmpty && !metrics.isEmpty)
    let tunnelled = try #require(routes.first { $0.destination.description == "198.26.0.0/15" })
    #expect(tunnelled.encapsulationType == .ip && tunnelled.otherAttributes.types == [22, 21])
    let paths = try #require(routes.first { $0.destination.description == "198.30.0.0/15" }?.paths)
    #expect(paths.map(\.encapsulationType) == [nil, .ip])
  }

  @Test(
    "Neighbours and nexthop objects that can't be are refused",
    arguments: [
      (28, [2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0], []), (28, [2] + zeros(11), attribute(1, [1, 2, 3])),
      (28, [10] + zeros(11), attribute(1, [1, 2, 3, 4])), (28, [2] + zeros(11), attribute(4, [1])),
      (104, [2] + zeros(7), attribute(2, zeros(9))), (104, [2] + zeros(7), attribute(6, zeros(16))),
      (104, [2] + zeros(6), []), (104, [2] + zeros(7), attribute(1, [1])),
    ] as [(UInt16, [UInt8], [UInt8])])
  func hostile(type: UInt16, header: [UInt8], attributes: [UInt8]) {
    var netlink = RouteNetlink(
      NetlinkSession(
        FakeKernel { request in
          [.datagram(request.message(type, flags: 2, header + attributes) + request.done())]
        }))
    let error =
      type == 28
      ? #expect(throws: NetlinkError.self) { try netlink.neighbours() }
      : #expect(throws: NetlinkError.self) { try netlink.nextHopObjects() }
    guard case .malformed = error?.cause else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(
    "Encapsulations are called as ip calls them",
    arguments: [(1, "mpls"), (2, "ip"), (4, "ip6"), (5, "seg6"), (6, "bpf"), (9, "9")] as [(UInt16, String)])
  func encapsulations(number: UInt16, name: String) {
    #expect(EncapsulationType(rawValue: number).description == name)
  }
}

private func zeros(_ count: Int) -> [UInt8] {
  [UInt8](repeating: 0, count: count)
}
