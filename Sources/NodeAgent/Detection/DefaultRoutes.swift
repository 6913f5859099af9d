import Netlink

/// Which of the host's default routes carry its traffic, and in which order.
struct DefaultRoutes: Sendable {
  /// Those that carry what the host sends of itself, the best first: by metric, then those whose gateway is on the subnet
  /// of their interface, then IPv4 before IPv6.
  private(set) var carrying: [Route] = []
  /// Those that only packets from some address of this host take, in the order of the rules that say so.
  private(set) var bySource: [SourceRoute] = []
  /// Every one that leads somewhere, by the interface that it leaves by; those that carry traffic come first.
  private(set) var byLink: [Int: [Route]] = [:]
  private var carryingLinks: Set<Int> = []

  /// A default route that a rule picks out by where packets come from.
  struct SourceRoute: Sendable, Equatable {
    let route: Route
    let rule: RoutingRule
  }

  init() {}

  init(of network: HostNetwork) {
    var others: [Route] = []
    for family in AddressFamily.allCases {
      let routes = network.snapshot.routes.filter { $0.isDefault && $0.family == family }
      guard !routes.isEmpty else { continue }
      let order = LookupOrder(family, rules: network.snapshot.rules)
      // Routes for a type of service are for packets that have it.
      let table = order.table(of: routes.filter { $0.typeOfService == 0 })
      let leading = routes.filter { $0.type == .unicast }
      carrying += leading.filter { $0.table == table && $0.typeOfService == 0 }
      others += leading.filter { $0.table != table || $0.typeOfService != 0 }
      for rule in order.bySource {
        bySource += leading.filter { $0.table == rule.table && $0.typeOfService == 0 }.map {
          SourceRoute(route: $0, rule: rule)
        }
      }
    }
    carrying.sort { Self.rank($0, network) < Self.rank($1, network) }
    others.sort { ($0.table.rawValue, $0.metric) < ($1.table.rawValue, $1.metric) }
    carryingLinks = Set(carrying.flatMap(\.paths).compactMap(\.outputIndex))
    for route in carrying + others {
      for index in Set(route.paths.compactMap(\.outputIndex)) { byLink[index, default: []].append(route) }
    }
  }

  /// Smaller is better.
  static func rank(_ route: Route, _ network: HostNetwork) -> (UInt32, Int, UInt8) {
    let isNear = route.paths.allSatisfy { hop in
      guard let gateway = hop.gateway, let link = network.link(index: hop.outputIndex) else { return true }
      return network.isOnSubnet(gateway, of: link)
    }
    return (route.metric, isNear ? 0 : 1, route.family.rawValue)
  }

  /// Whether a default route that carries the host's traffic leaves by an interface.
  func leave(by link: Link) -> Bool { carryingLinks.contains(link.index) }
}
