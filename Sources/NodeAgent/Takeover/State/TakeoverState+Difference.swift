import Netlink

extension TakeoverState {
  /// What is not as it was, as sentences; none when everything is that a takeover changes. Times that run down, what the
  /// kernel learned of neighbours, and what nobody but vhost0 had don't count.
  func difference(from before: TakeoverState) -> [String] {
    var found: [String] = []
    func compare<Object: Hashable>(
      _ what: String, _ old: [Object], _ new: [Object], _ text: (Object) -> String
    ) {
      let (olds, news) = (Set(old), Set(new))
      found += old.filter { !news.contains($0) }.map { "\(what) \(text($0)) is missing" }
      found += new.filter { !olds.contains($0) }.map { "\(what) \(text($0)) wasn't there before" }
    }
    let names = Dictionary((cards + before.cards).map { ($0.index, $0.name) }) { first, _ in first }
    compare("address", before.lasting(before.cards), lasting(cards)) {
      "\(TakeoverOperation.address(.add, $0, on: names[$0.linkIndex] ?? ""))"
    }
    compare("route", before.ownRoutes, ownRoutes) { "\(TakeoverOperation.route(.add, $0, names: names))" }
    compare("nexthop object", before.nextHops.map(\.plain), nextHops.map(\.plain)) {
      "\(TakeoverOperation.nextHop($0, names: names))"
    }
    compare("rule", before.rules.map(\.plain), rules.map(\.plain)) { "\(TakeoverOperation.rule(.add, $0))" }
    compare("the module's interface", before.vifs.map(\.name), vifs.map(\.name)) { $0 }
    if before.vhost?.mac != vhost?.mac {
      found.append(
        "vhost0 is \(vhost == nil ? "gone" : "there"), and was \(before.vhost == nil ? "not" : "")")
    }
    for (path, value) in before.controls.sorted(by: { $0.key < $1.key }) {
      if let now = controls[path], now != value { found.append("\(path) is \(now) and was \(value)") }
    }
    return found
  }

  private func lasting(_ devices: [TakeoverDevice]) -> [Address] {
    devices.flatMap { addresses(of: $0) }.filter(\.isTakenOver).map { address in
      var address = address
      (address.validLifetime, address.preferredLifetime) = (address.validLifetime == nil ? nil : 1, nil)
      address.flags.formIntersection([.noPrefixRoute, .noDuplicateDetection, .managesTemporary, .home])
      address.otherAttributes = RawAttributes()
      return address
    }
  }

  private var ownRoutes: [Route] {
    routes.filter { $0.leaves(by: cardIndices) }.map { route in
      var route = route
      route.flags.formIntersection(.onLink)
      for place in route.nextHops.indices { route.nextHops[place].flags.formIntersection(.onLink) }
      return route
    }
  }
}

extension NextHopObject {
  fileprivate var plain: NextHopObject {
    var object = self
    object.flags.formIntersection(.onLink)
    return object
  }
}

extension RoutingRule {
  fileprivate var plain: RoutingRule {
    var rule = self
    rule.flags.formIntersection(.inverted)
    return rule
  }
}
