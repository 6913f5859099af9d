import Netlink

/// Routes, nexthop objects and rules go back.
extension UndoPlanner {
  /// A route of vhost0 with what it is to be on the physical interfaces.
  private struct Return {
    /// As it is on vhost0; nil when it isn't there any more.
    let now: Route?
    /// Nil: it goes.
    let wanted: Route?
  }

  private func returns() -> [Return] {
    guard let vhost else { return before.map(restored) ?? [] }
    let kept = Set((keepsVhost ? before?.routes ?? [] : []).map(\.stored))
    let own = state.routes.filter {
      $0.leaves(by: [vhost.index]) && $0.nextHopID == nil && !kept.contains($0.stored)
    }
    var originals: [[UInt8]: Route] = [:]
    for route in before?.routes ?? [] where route.nextHopID == nil && route.leaves(by: state.cardIndices) {
      originals[route.leaving(by: vhost.index, inPlaceOf: state.cardIndices).stored] = route
    }
    var returns: [Return] = own.map { route in
      if let original = originals[route.stored] { return Return(now: route, wanted: original) }
      // What came meanwhile, such as by a router's advertisement, hadn't been there before.
      if added.contains(RouteKey(route)) || isRollback || hasNothingToReturn {
        return Return(now: route, wanted: nil)
      }
      return Return(now: route, wanted: route.leaving(by: card(for: route).index, inPlaceOf: [vhost.index]))
    }
    if isRollback, let before {
      let moving = Set(own.map(\.stored))
      returns += restored(before).filter { restored in
        guard let wanted = restored.wanted else { return false }
        return !moving.contains(wanted.leaving(by: vhost.index, inPlaceOf: state.cardIndices).stored)
      }
    }
    return returns
  }

  /// Everything that the physical interfaces had.
  private func restored(_ before: TakeoverState) -> [Return] {
    guard isRollback else { return [] }
    let there = Set(state.routes.filter { $0.nextHopID != nil }.map(\.stored))
    return before.routes.filter { route in
      // Those of a nexthop object follow it; and go with it.
      route.nextHopID == nil ? route.leaves(by: state.cardIndices) : !there.contains(route.stored)
    }.map { Return(now: nil, wanted: $0) }
  }

  /// Where a route that nobody knew before belongs: to the interface in whose subnet its gateway or source is.
  private func card(for route: Route) -> TakeoverDevice {
    let hints =
      [route.gateway, route.preferredSource].compactMap(\.self) + route.nextHops.compactMap(\.gateway)
    let found = state.cards.first { card in
      wantedAddresses(of: card).contains { address in
        hints.contains { address.prefix.contains($0) } || address.prefix.network == route.destination.network
      }
    }
    // Never empty: TakeoverState.cards.
    return found ?? state.cards[0]
  }

  private var there: Set<[UInt8]> {
    Set(state.routes.filter { $0.leaves(by: state.cardIndices) }.map(\.stored))
  }

  private func comesWithAddress(_ route: Route) -> Bool {
    returningAddresses().contains { operation in
      guard case .address(_, let address, let name) = operation, !address.flags.contains(.noPrefixRoute),
        let card = state.cards.first(where: { $0.name == name }), route.outputIndex == card.index
      else { return false }
      return route.comes(with: address, on: card)
    }
  }

  /// Whether a route takes the place of vhost0's before another interface's with the same key. The one that the kernel makes
  /// with the address that returns stands behind that, and would be of no use there.
  private func keepsPlace(_ one: Return, isFirst: Bool) -> Bool {
    guard isFirst, let now = one.now, let vhost else { return false }
    let key = RouteKey(now)
    guard !state.contested.contains(key), let links = state.shared.first(where: { $0.key == key })?.links
    else { return false }
    let own = links.first { !state.cardIndices.union([vhost.index]).isDisjoint(with: $0) }
    return own?.contains(vhost.index) ?? false
  }

  func droppingNewRoutes() -> [TakeoverOperation] {
    var keys: Set<RouteKey> = []
    let there = there
    return returns().compactMap { one in
      guard let wanted = one.wanted else { return nil }
      let isFirst = keys.insert(RouteKey(wanted)).inserted
      guard keepsPlace(one, isFirst: isFirst), there.contains(wanted.stored) || comesWithAddress(wanted)
      else { return nil }
      return .route(.delete, wanted, names: names)
    }
  }

  func returningRoutes(_ isMeant: (Route) -> Bool) -> [TakeoverOperation] {
    var keys: Set<RouteKey> = []
    var operations: [TakeoverOperation] = []
    let there = there
    for one in returns() {
      guard let wanted = one.wanted else { continue }
      let isFirst = keys.insert(RouteKey(wanted)).inserted
      guard isMeant(wanted),
        keepsPlace(one, isFirst: isFirst) || !there.contains(wanted.stored) && !comesWithAddress(wanted)
      else { continue }
      // Of a route over other interfaces too, their paths are left when vhost0 goes.
      let isRemnant = vhost == nil && wanted.nextHops.contains { !leadsByCard($0) }
      let canReplace =
        isRemnant || one.now != nil && isFirst && !state.contested.contains(RouteKey(wanted))
      operations.append(.route(canReplace ? .replace : .append, wanted, names: names))
    }
    return operations
  }

  private func leadsByCard(_ hop: NextHop) -> Bool {
    hop.outputIndex.map(state.cardIndices.contains) ?? false
  }

  func droppingRoutes() -> [TakeoverOperation] {
    var keys: Set<RouteKey> = []
    var operations: [TakeoverOperation] = []
    let there = there
    for one in returns() {
      var isReplaced = false
      if let wanted = one.wanted {
        let isFirst = keys.insert(RouteKey(wanted)).inserted
        isReplaced =
          keepsPlace(one, isFirst: isFirst)
          || isFirst && !state.contested.contains(RouteKey(wanted)) && !there.contains(wanted.stored)
            && !comesWithAddress(wanted)
      }
      guard let now = one.now, !isReplaced else { continue }
      operations.append(.route(.delete, now, names: names))
    }
    return operations
  }

  func returningNextHops() -> [TakeoverOperation] {
    guard let vhost else {
      let there = Set(state.nextHops.map(\.id))
      let lost = (isRollback ? before?.nextHops ?? [] : []).filter { object in
        !there.contains(object.id) && object.outputIndex.map(state.cardIndices.contains) ?? false
      }
      return (lost.filter { $0.gateway == nil } + lost.filter { $0.gateway != nil }).map {
        .nextHop($0, names: names)
      }
    }
    guard isRollback || !hasNothingToReturn else { return [] }
    let own = state.nextHops.filter { $0.members.isEmpty && $0.outputIndex == vhost.index }
    let returned = own.compactMap { object -> NextHopObject? in
      let original = before?.nextHops.first { $0.id == object.id }
      if let original, original.outputIndex == vhost.index { return nil }
      var returned = object
      returned.outputIndex =
        original?.outputIndex
        ?? state.cards.first { card in
          wantedAddresses(of: card).contains { address in object.gateway.map(address.prefix.contains) ?? false
          }
        }?.index ?? state.cards[0].index
      returned.flags.subtract([.dead, .linkDown])
      return returned
    }
    return (returned.filter { $0.gateway == nil } + returned.filter { $0.gateway != nil }).map {
      .nextHop($0, names: names)
    }
  }

  /// The rules of vhost0, for the interface that they were for.
  private func returnedRules() -> [RoutingRule] {
    let vhostNames: Set<String> = [TakeoverWish.vhostName]
    if isRollback, let before { return before.rules.filter { $0.names(anyOf: before.cardNames) } }
    return state.rules.filter { $0.names(anyOf: vhostNames) }.flatMap { rule -> [RoutingRule] in
      // Rules of several interfaces may have become one.
      let originals = (before?.rules ?? []).filter { old in
        old.names(anyOf: state.cardNames)
          && old.naming(TakeoverWish.vhostName, inPlaceOf: state.cardNames).stored == rule.stored
      }
      guard !originals.isEmpty || !hasNothingToReturn else { return [] }
      return originals.isEmpty ? [rule.naming(state.cards[0].name, inPlaceOf: vhostNames)] : originals
    }
  }

  func returningRules() -> [TakeoverOperation] {
    let there = Set(state.rules.map(\.stored))
    return returnedRules().filter { !there.contains($0.stored) }.map { .rule(.add, $0) }
  }

  func droppingRules() -> [TakeoverOperation] {
    let kept = Set((isRollback ? before?.rules ?? [] : []).map(\.stored))
    return state.rules.filter { $0.names(anyOf: [TakeoverWish.vhostName]) && !kept.contains($0.stored) }.map {
      .rule(.delete, $0)
    }
  }
}

extension UndoPlanner {
  var warnings: [String] {
    guard before == nil, state.cards.count > 1,
      !(vhost.map { state.addresses(of: $0).filter(\.isTakenOver) } ?? []).isEmpty
    else { return [] }
    return [
      "nothing tells which of \(state.cards.map(\.name).joined(separator: ", ")) had which address: all go back to \(state.cards[0].name)"
    ]
  }
}
