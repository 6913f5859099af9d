import Netlink
import Testing

@testable import NodeAgent

/// A network, written down.
extension FakeTakeoverKernel {
  /// One card with an address and a default route.
  static func plain() throws -> FakeTakeoverKernel {
    let kernel = FakeTakeoverKernel()
    kernel.card("eth0")
    try kernel.address("eth0", "10.0.0.5/24")
    try kernel.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1", metric: 100)
    return kernel
  }

  func card(_ name: String, mac: String = "52:54:00:00:00:01", kind: String? = nil, reversePath: String = "0")
  {
    let index = (contents.links.map(\.index).max() ?? 1) + 1
    contents.links.append(
      TakeoverDevice(name: name, index: index, mac: MACAddress(mac), mtu: 1500, kind: kind))
    contents.controls[InterfaceControls.reversePath(name)] = reversePath
    contents.controls[InterfaceControls.duplicateDetection(name)] = "1"
  }

  func address(_ name: String, _ text: String, _ change: (inout Address) -> Void = { _ in }) throws {
    var address = Address(linkIndex: try index(name), prefix: try #require(IPPrefix(text)))
    change(&address)
    try make(.address(.replace, address, on: name))
  }

  func route(
    _ destination: String, by name: String, via gateway: String? = nil, metric: UInt32 = 0,
    _ change: (inout Route) -> Void = { _ in }
  ) throws {
    let prefix = try #require(IPPrefix(destination))
    var route = Route(to: prefix, scope: gateway == nil && prefix.family == .ipv4 ? .link : .universe)
    (route.outputIndex, route.metric) = (try index(name), metric)
    route.gateway = try gateway.map { try #require(IPAddress($0)) }
    change(&route)
    try make(.route(.append, route, names: [:]))
  }

  /// A subnet's route as the kernel makes it, by somebody's hand.
  func subnet(
    _ destination: String, by name: String = "eth0", source: String,
    _ change: (inout Route) -> Void = { _ in }
  ) throws {
    try route(destination, by: name) {
      ($0.routeProtocol, $0.preferredSource) = (.kernel, IPAddress(source))
      change(&$0)
    }
  }

  func rule(_ priority: UInt32, _ change: (inout RoutingRule) -> Void) throws {
    var rule = RoutingRule(.ipv4, priority: priority, table: RouteTable(rawValue: 100))
    change(&rule)
    try make(.rule(.add, rule))
  }

  func neighbour(
    _ name: String, _ address: String, _ state: NeighbourState = .permanent, flags: NeighbourFlags = []
  ) throws {
    let neighbour = Neighbour(
      try #require(IPAddress(address)), linkIndex: try index(name),
      macAddress: flags.contains(.proxy) ? nil : MACAddress("52:54:00:00:00:99"), state: state, flags: flags)
    try make(.neighbour(.replace, neighbour, on: name))
  }

  func object(_ id: UInt32, by name: String, via gateway: String? = nil) throws {
    let object = NextHopObject(
      id: id, family: .ipv4, outputIndex: try index(name),
      gateway: try gateway.map { try #require(IPAddress($0)) })
    try make(.nextHop(object, names: [:]))
  }

  func index(_ name: String) throws -> Int { try #require(link(name)).index }

  private func make(_ operation: TakeoverOperation) throws {
    try #require(apply(operation) == nil, "\(operation)")
  }
}

extension FakeTakeoverKernel.Contents {
  /// What has to be the same again after a takeover was taken back: not what was learned of neighbours.
  var lasting: FakeTakeoverKernel.Contents {
    var lasting = self
    lasting.neighbours.removeAll { $0.state != .permanent }
    // What is equal to the kernel, in an order in which it doesn't matter. Routes with one key keep theirs.
    lasting.neighbours.sort { ($0.linkIndex, "\($0.address)") < ($1.linkIndex, "\($1.address)") }
    lasting.proxies.sort { ($0.linkIndex, "\($0.address)") < ($1.linkIndex, "\($1.address)") }
    lasting.rules.sort { $0.stored.lexicographicallyPrecedes($1.stored) }
    // Each interface lists its own.
    lasting.addresses = addresses.enumerated().sorted {
      ($0.element.linkIndex, "\($0.element.family)", $0.offset)
        < ($1.element.linkIndex, "\($1.element.family)", $1.offset)
    }.map(\.element)
    func key(_ route: Route) -> String {
      "\(route.table) \(route.destination) \(route.typeOfService) \(route.metric)"
    }
    lasting.routes = routes.enumerated().sorted {
      (key($0.element), $0.offset) < (key($1.element), $1.offset)
    }.map(\.element)
    return lasting
  }
  /// What lasts and isn't as it was.
  ///
  /// - Parameter isOrderKept: whether addresses of different subnets, and routes with one key, are in their order; else only
  ///   the first of each, which the kernel uses.
  func changes(since before: Self, isOrderKept: Bool = true) -> [String] {
    var (now, old) = (lasting, before.lasting)
    if !isOrderKept {
      (now.routes, old.routes) = (Self.firstKept(now.routes), Self.firstKept(old.routes))
      (now.addresses, old.addresses) = (Self.bySubnet(now.addresses), Self.bySubnet(old.addresses))
    }
    func compare<Object: Equatable>(_ list: KeyPath<Self, [Object]>) -> [String] {
      let (new, gone) = (now[keyPath: list], old[keyPath: list])
      guard new != gone else { return [] }
      let changes =
        gone.filter { !new.contains($0) }.map { "- \($0)" }
        + new.filter { !gone.contains($0) }.map { "+ \($0)" }
      return changes.isEmpty ? ["another order"] : changes
    }
    return compare(\.links) + compare(\.addresses) + compare(\.routes) + compare(\.nextHops)
      + compare(\.rules) + compare(\.neighbours) + compare(\.proxies) + compare(\.vifs)
      + Set(now.controls.keys).union(old.controls.keys).filter { now.controls[$0] != old.controls[$0] }
  }
  private static func bySubnet(_ addresses: [Address]) -> [Address] {
    func key(_ address: Address) -> String { "\(address.linkIndex) \(address.prefix.network)" }
    return addresses.enumerated().sorted { (key($0.element), $0.offset) < (key($1.element), $1.offset) }
      .map(\.element)
  }

  private static func firstKept(_ routes: [Route]) -> [Route] {
    var keys: Set<RouteKey> = []
    let firsts = routes.filter { keys.insert(RouteKey($0)).inserted }
    return firsts + routes.sorted { $0.stored.lexicographicallyPrecedes($1.stored) }
  }
}
