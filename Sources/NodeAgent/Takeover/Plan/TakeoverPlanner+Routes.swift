import Netlink

/// Routes and rules.
extension TakeoverPlanner {
  /// Routes of the physical interfaces that are put onto vhost0.
  private var movable: [Route] {
    state.routes.filter { $0.leaves(by: state.cardIndices) }
  }

  /// The routes that vhost0 has already.
  private var held: [Route] { present.routes.filter { $0.leaves(by: [vhost.index]) } }

  /// Each is replaced in its place. Where that would hit another route with the same key, of another interface or one
  /// that vhost0 has already, the new one is put behind the old one, which then goes: packets have a way at every moment.
  func movingRoutes(_ isMeant: (Route) -> Bool) -> [TakeoverOperation] {
    let held = held
    var keys = Set(held.map(RouteKey.init))
    let there = Set(held.map(\.stored))
    var operations: [TakeoverOperation] = []
    for route in movable where route.nextHopID == nil {
      let isFirst = keys.insert(RouteKey(route)).inserted
      guard isMeant(route) else { continue }
      let moved = route.leaving(by: vhost.index, inPlaceOf: state.cardIndices)
      guard !there.contains(moved.stored) else { continue }
      let change: Change = isFirst && !state.contested.contains(RouteKey(route)) ? .replace : .append
      operations.append(.route(change, moved, names: names))
    }
    return operations
  }

  /// Those whose successor is beside them.
  func droppingRoutes() -> [TakeoverOperation] {
    let held = held
    var keys = Set(held.map(RouteKey.init))
    let there = Set(held.map(\.stored))
    var operations: [TakeoverOperation] = []
    for route in movable where route.nextHopID == nil {
      let isFirst = keys.insert(RouteKey(route)).inserted
      let moved = route.leaving(by: vhost.index, inPlaceOf: state.cardIndices)
      guard there.contains(moved.stored) || !isFirst || state.contested.contains(RouteKey(route)) else {
        continue
      }
      operations.append(.route(.delete, route, names: names))
    }
    return operations
  }

  /// Objects without a gateway first: the others' gateways are reached by what these lead to.
  func movingNextHops() -> [TakeoverOperation] {
    let own = state.nextHops.filter { object in
      object.members.isEmpty && object.outputIndex.map(state.cardIndices.contains) ?? false
    }
    return (own.filter { $0.gateway == nil } + own.filter { $0.gateway != nil }).map { object in
      var moved = object
      moved.outputIndex = vhost.index
      moved.flags.subtract([.dead, .linkDown])
      return .nextHop(moved, names: names)
    }
  }

  /// Routes to where nothing leads yet, neither by these interfaces nor by others.
  var wantedRoutes: [Route] {
    wish.routes.compactMap { wanted in
      guard wanted.destination.family == wanted.gateway?.family ?? wanted.destination.family,
        !known.contains(wanted.destination),
        state.foreignDestinations?.contains(wanted.destination) != true
      else { return nil }
      var route = Route(to: wanted.destination, routeProtocol: .static)
      route.gateway = wanted.gateway
      if wanted.gateway == nil, wanted.destination.family == .ipv4 { route.scope = .link }
      route.outputIndex = vhost.index
      if wanted.destination.family == .ipv6 { route.metric = 1024 }
      return route
    }
  }

  func addingWantedRoutes() -> [TakeoverOperation] {
    // Never in the place of somebody else's, should one have come meanwhile.
    wantedRoutes.map { .route(.add, $0, names: names) }
  }

  /// A rule that names an interface is copied for vhost0, and goes at the commit.
  func addingRules() -> [TakeoverOperation] {
    let there = Set(state.rules.map(\.stored))
    return moved(state.rules).filter { !there.contains($0.stored) }.map { .rule(.add, $0) }
  }

  func droppingRules() -> [TakeoverOperation] {
    state.rules.filter { $0.names(anyOf: state.cardNames) }.map { .rule(.delete, $0) }
  }

  private func moved(_ rules: [RoutingRule]) -> [RoutingRule] {
    rules.filter { $0.names(anyOf: state.cardNames) }.map {
      $0.naming(vhost.name, inPlaceOf: state.cardNames)
    }
  }
}

extension Route {
  /// It needs no other route: its destination is a neighbour's.
  var isConnected: Bool { paths.allSatisfy { $0.gateway == nil } }
}

extension RoutingRule {
  func names(anyOf names: Set<String>) -> Bool {
    [inputInterface, outputInterface].contains { $0.map(names.contains) ?? false }
  }

  func naming(_ name: String, inPlaceOf old: Set<String>) -> RoutingRule {
    var rule = self
    if let own = inputInterface, old.contains(own) { rule.inputInterface = name }
    if let own = outputInterface, old.contains(own) { rule.outputInterface = name }
    rule.flags.subtract([.inputInterfaceMissing, .outputInterfaceMissing])
    return rule
  }
}
