import Netlink

/// In which order the kernel has the routes of a takeover, and which of them others' routes stand before.
///
/// Of several with the same key the kernel takes, and replaces, the first: of two gateways over two interfaces, whichever
/// came first.
struct RouteOrder {
  private let found: [Route]
  private let indices: Set<Int>
  private let keys: Set<RouteKey>
  private var places: [[UInt8]: Int] = [:]
  private(set) var contested: Set<RouteKey> = []

  /// - Parameters:
  ///   - routes: of the interfaces, in any order.
  ///   - indices: of the interfaces.
  init(_ routes: [Route], by indices: Set<Int>) {
    (found, self.indices) = (routes, indices)
    keys = Set(routes.map(RouteKey.init))
  }

  /// Takes note of a table: of all of its routes of one family, in the kernel's order.
  mutating func read(_ table: [Route]) {
    var own: Set<RouteKey> = []
    for route in table {
      let key = RouteKey(route)
      guard keys.contains(key) else { continue }
      if route.leaves(by: indices) {
        own.insert(key)
        let stored = route.stored
        if places[stored] == nil { places[stored] = places.count }
      } else if route.family == .ipv6 || !own.contains(key) {
        // IPv6 replaces the first of a metric, whoever's it is; so does IPv4, but keeps their order.
        contested.insert(key)
      }
    }
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
