extension RouteState {
  /// What happened between two moments, as far as the two tell. What vanished comes first, from routes to links;
  /// then what is new or changed, from links to routes.
  func events(to new: RouteState) -> [RouteEvent] {
    let links = Self.links(linksByIndex, new.linksByIndex)
    let addresses = Self.addresses(self, new)
    let rules = changes(to: new.rules)
    let routes = changes(to: new.routes)
    return Self.events(links, addresses, rules, routes, isPresent: false).reversed().flatMap { $0 }
      + Self.events(links, addresses, rules, routes, isPresent: true).flatMap { $0 }
  }

  /// What other rules there are.
  func changes(to new: [RoutingRule]) -> [ObjectChange<RoutingRule>] {
    Self.changes(rules, new) { _ in Int?.none }
  }

  /// What other routes there are.
  func changes(to new: [Route]) -> [ObjectChange<Route>] {
    Self.changes(routes, new, key: RouteKey.init)
  }

  private static func events(
    _ links: [ObjectChange<Link>], _ addresses: [ObjectChange<Address>], _ rules: [ObjectChange<RoutingRule>],
    _ routes: [ObjectChange<Route>], isPresent: Bool
  ) -> [[RouteEvent]] {
    [
      links.filter { $0.isPresent == isPresent }.map(RouteEvent.link),
      addresses.filter { $0.isPresent == isPresent }.map(RouteEvent.address),
      rules.filter { $0.isPresent == isPresent }.map(RouteEvent.rule),
      routes.filter { $0.isPresent == isPresent }.map(RouteEvent.route),
    ]
  }

  private static func links(_ old: [Int: Link], _ new: [Int: Link]) -> [ObjectChange<Link>] {
    var changes: [ObjectChange<Link>] = []
    for (index, link) in old where new[index] == nil { changes.append(.removed(link)) }
    for (index, link) in new {
      switch old[index] {
      case nil: changes.append(.added(link))
      case let before? where !before.saysTheSame(as: link): changes.append(.changed(from: before, to: link))
      default: break
      }
    }
    return changes.sorted { $0.object.index < $1.object.index }
  }

  private static func addresses(_ old: RouteState, _ new: RouteState) -> [ObjectChange<Address>] {
    var changes: [ObjectChange<Address>] = []
    for index in Set(old.addressesByLink.keys).union(new.addressesByLink.keys).sorted() {
      let before = old.addressesByLink[index] ?? AddressList()
      let after = new.addressesByLink[index] ?? AddressList()
      for address in before.inOrder where after.known(as: address) == nil {
        changes.append(.removed(address))
      }
      for address in after.inOrder {
        guard let known = before.known(as: address) else {
          changes.append(.added(address))
          continue
        }
        if !known.saysTheSame(as: address) { changes.append(.changed(from: known, to: address)) }
      }
    }
    return changes
  }

  /// What a route is looked for by, when only one of several has it.
  private struct RouteKey: Hashable {
    let destination: IPPrefix
    let source: IPPrefix?
    let table: RouteTable
    let metric: UInt32

    init?(_ route: Route) {
      destination = route.destination
      source = route.source
      table = route.table
      metric = route.metric
    }
  }

  /// Compares objects that may be there several times. One that vanished and one that came count as one that
  /// changed, if they alone have a key.
  private static func changes<Object: Hashable & Sendable, Key: Hashable>(
    _ old: [Object], _ new: [Object], key: (Object) -> Key?
  ) -> [ObjectChange<Object>] {
    var surplus: [Object: Int] = [:]
    for object in old { surplus[object, default: 0] += 1 }
    let added = new.filter { object in
      guard let count = surplus[object], count > 0 else { return true }
      surplus[object] = count - 1
      return false
    }
    let removed = old.filter { object in
      guard let count = surplus[object], count > 0 else { return false }
      surplus[object] = count - 1
      return true
    }
    let addedByKey = Dictionary(grouping: added, by: key)
    let removedByKey = Dictionary(grouping: removed, by: key)
    func pair(of object: Object) -> (Object, Object)? {
      guard let key = key(object), let from = removedByKey[key], let to = addedByKey[key], from.count == 1,
        to.count == 1
      else { return nil }
      return (from[0], to[0])
    }
    return removed.filter { pair(of: $0) == nil }.map(ObjectChange.removed)
      + added.map { object in
        pair(of: object).map { ObjectChange.changed(from: $0.0, to: $0.1) } ?? .added(object)
      }
  }
}
