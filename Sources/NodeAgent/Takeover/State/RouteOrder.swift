import Netlink

/// In which order the kernel has the routes of a takeover, and which of them others' routes stand before.
///
/// Of several with the same key the kernel takes the first: of two gateways over two interfaces, whichever came first.
struct RouteOrder {
  private let found: [Route]
  private let indices: Set<Int>
  private let keys: Set<RouteKey>
  private var places: [[UInt8]: Int] = [:]
  private(set) var contested: Set<RouteKey> = []
  private(set) var shared: [SharedKey] = []

  /// - Parameters:
  ///   - routes: of the interfaces, in any order.
  ///   - indices: of the interfaces.
  init(_ routes: [Route], by indices: Set<Int>) {
    (found, self.indices) = (routes, indices)
    keys = Set(routes.map(RouteKey.init))
  }

  /// Takes note of a table: of all of its routes of one family, in the kernel's order.
  ///
  /// - Parameter isAdvertised: whether the kernel itself made a route of a router's advertisement; nil: not known.
  mutating func read(_ table: [Route], isAdvertised: (Route) -> Bool? = { _ in nil }) {
    var groups: [RouteKey: [Route]] = [:]
    var others: [RouteKey] = []
    for route in table {
      let key = RouteKey(route)
      guard keys.contains(key) else { continue }
      groups[key, default: []].append(route)
      if route.leaves(by: indices) {
        let stored = route.stored
        if places[stored] == nil { places[stored] = places.count }
      } else if !others.contains(key) {
        others.append(key)
      }
    }
    for key in others {
      let group = groups[key] ?? []
      shared.append(SharedKey(key: key, links: group.map { $0.paths.compactMap(\.outputIndex) }))
      if isContested(group, isAdvertised) { contested.insert(key) }
    }
  }

  /// Whether replacing the interfaces' first would hit another's, or may do so. IPv4 replaces the first of all
  /// (fib_table_insert in net/ipv4/fib_trie.c); IPv6 the first that shares with others as the new one does, and only where
  /// there is none such the first of all (fib6_add_rt2node in net/ipv6/ip6_fib.c).
  private func isContested(_ group: [Route], _ isAdvertised: (Route) -> Bool?) -> Bool {
    guard let own = group.firstIndex(where: { $0.leaves(by: indices) }) else { return false }
    guard group[own].family == .ipv6 else { return own > 0 }
    let isSharing = group[own].hasGateway
    for (place, route) in group.enumerated() {
      switch canShare(route, isAdvertised) {
      case isSharing: return place != own
      // It may be the one.
      case nil where place != own: return true
      default: continue
      }
    }
    return own > 0
  }

  /// Whether the kernel joins a route of IPv6 with others of its key into one with several paths (rt6_qualify_for_ecmp in
  /// include/net/ip6_fib.h); nil: not known.
  private func canShare(_ route: Route, _ isAdvertised: (Route) -> Bool?) -> Bool? {
    guard route.hasGateway, route.nextHopID == nil else { return false }
    return route.routeProtocol == .routerAdvertisement ? isAdvertised(route).map { !$0 } : true
  }

  /// The interfaces' routes, in the kernel's order within each table; those that no table showed (it changed meanwhile)
  /// come last.
  var routes: [Route] {
    found.enumerated().map {
      (place: places[$0.element.stored] ?? .max, number: $0.offset, route: $0.element)
    }
    .sorted { ($0.place, $0.number) < ($1.place, $1.number) }.map(\.route)
  }
}

/// A key that routes of the interfaces share with others'.
struct SharedKey: Codable, Sendable, Equatable {
  let key: RouteKey
  /// By which links each of its routes leaves, in the kernel's order.
  let links: [[Int]]
}

extension Route {
  fileprivate var hasGateway: Bool { paths.contains { $0.gateway != nil } }
}
