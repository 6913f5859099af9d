import Netlink

extension TakeoverState {
  /// What is not as it was, as sentences.
  struct Difference: Sendable, Equatable {
    /// What a takeover changed and its undoing did not put right.
    var ours: [String] = []
    /// What others added to the physical interfaces meanwhile: a takeover adds nothing to these.
    var others: [String] = []

    var isEmpty: Bool { ours.isEmpty && others.isEmpty }
  }

  /// Compares all that a takeover changes. Times, what the kernel learned of neighbours, and what nobody but
  /// vhost0 had don't count.
  func difference(from before: TakeoverState) -> Difference {
    var found: [String] = []
    var others: [String] = []
    func compare<Object: Hashable>(
      _ what: String, _ old: [Object], _ new: [Object], _ text: (Object) -> String
    ) {
      let (olds, news) = (Set(old), Set(new))
      found += old.filter { !news.contains($0) }.map { "\(what) \(text($0)) is missing" }
      others += new.filter { !olds.contains($0) }.map { "\(what) \(text($0)) wasn't there before" }
    }
    let names = Dictionary((cards + before.cards).map { ($0.index, $0.name) }) { first, _ in first }
    compare("address", before.lasting(before.cards), lasting(cards)) {
      "\(TakeoverOperation.address(.add, $0, on: names[$0.linkIndex] ?? ""))"
    }
    compare("route", before.ownRoutes, ownRoutes) { "\(TakeoverOperation.route(.add, $0, names: names))" }
    others += firsts(unlike: before)
    compare("nexthop object", before.nextHops.map(\.plain), nextHops.map(\.plain)) {
      "\(TakeoverOperation.nextHop($0, names: names))"
    }
    func rules(_ state: TakeoverState, ofVhost: Bool) -> [RoutingRule] {
      state.rules.filter { $0.names(anyOf: [TakeoverWish.vhostName]) == ofVhost }.map(\.plain)
    }
    compare("rule", rules(before, ofVhost: false), rules(self, ofVhost: false)) {
      "\(TakeoverOperation.rule(.add, $0))"
    }
    found += Self.changes("rule", rules(before, ofVhost: true), rules(self, ofVhost: true)) {
      "\(TakeoverOperation.rule(.add, $0))"
    }
    // A vhost0 over nothing was of no use, and can't be added again as that.
    func counts(_ vif: TakeoverVif) -> Bool { !(before.hasNoCard && vif.name == TakeoverWish.vhostName) }
    found += Self.changes(
      "the module's interface", before.vifs.filter(counts).map(\.name), vifs.filter(counts).map(\.name)
    ) { $0 }
    switch (before.vhost, vhost) {
    case (nil, _?): found.append("vhost0 is there and wasn't before")
    case (_?, nil): found.append("vhost0 is gone")
    case (let old?, let now?) where old.mac != now.mac:
      found.append(
        "vhost0 has MAC \(now.mac?.description ?? "none") and had \(old.mac?.description ?? "none")")
    default: break
    }
    for (path, value) in before.controls.sorted(by: { $0.key < $1.key })
    where InterfaceControls.isChanged(path, cards: before.cardNames) {
      if let now = controls[path], now != value { found.append("\(path) is \(now) and was \(value)") }
    }
    for (path, value) in NeighbourTableRoom.unrestored(in: self, since: before).sorted(by: { $0.key < $1.key }
    ) {
      found.append("\(path) is \(controls[path] ?? "") and was \(value)")
    }
    for card in cards {
      guard let old = before.cards.first(where: { $0.index == card.index }), card.hearsAllMulticast,
        !old.hearsAllMulticast
      else { continue }
      found.append("\(card.name) receives every multicast frame and did not")
    }
    return Difference(ours: found, others: others)
  }

  /// Of routes that share their key with others', those that aren't the first any more, or are by now. It isn't put right:
  /// that would take routes away that lead somewhere.
  private func firsts(unlike before: TakeoverState) -> [String] {
    before.shared.compactMap { old in
      guard let new = shared.first(where: { $0.key == old.key }), let was = old.links.first,
        let now = new.links.first, was != now, Set(old.links) == Set(new.links)
      else { return nil }
      func names(_ links: [Int]) -> String {
        links.map { index in cards.first { $0.index == index }?.name ?? "link \(index)" }
          .joined(separator: " and ")
      }
      return
        "to \(old.key.destination) (table \(old.key.table), metric \(old.key.metric)) the route over \(names(now)) is taken before the one over \(names(was)), and was not"
    }
  }

  private static func changes<Object: Hashable>(
    _ what: String, _ old: [Object], _ new: [Object], _ text: (Object) -> String
  ) -> [String] {
    let (olds, news) = (Set(old), Set(new))
    return old.filter { !news.contains($0) }.map { "\(what) \(text($0)) is missing" }
      + new.filter { !olds.contains($0) }.map { "\(what) \(text($0)) wasn't there before" }
  }

  private func lasting(_ devices: [TakeoverDevice]) -> [Address] {
    devices.flatMap { addresses(of: $0) }.filter(\.isTakenOver).map { address in
      var address = address
      // Its manager sets it anew, or has done so.
      (address.validLifetime, address.preferredLifetime) = (nil, nil)
      address.flags.formIntersection([.noPrefixRoute, .noDuplicateDetection, .managesTemporary, .home])
      address.otherAttributes = RawAttributes()
      return address
    }
  }

  private var ownRoutes: [Route] {
    routes.filter { $0.leaves(by: cardIndices) || $0.nextHopID != nil }.flatMap { route in
      var route = route
      // Where it leads to is the object's, which is compared by itself; a journal doesn't keep it.
      if route.nextHopID != nil { (route.outputIndex, route.gateway, route.nextHops) = (nil, nil, []) }
      route.flags.formIntersection(.onLink)
      for place in route.nextHops.indices { route.nextHops[place].flags.formIntersection(.onLink) }
      return route.ways
    }
  }
}

extension Route {
  /// Where each of its paths leads, of a route of IPv6: the kernel joins those of one key into one with several paths, also
  /// what it itself made of two routers' advertisements once somebody else adds it again (rt6_qualify_for_ecmp in
  /// include/net/ip6_fib.h). That one has the preference of the first.
  fileprivate var ways: [Route] {
    guard family == .ipv6, nextHopID == nil else { return [self] }
    var alone = self
    if routeProtocol == .routerAdvertisement { alone.preference = nil }
    guard !nextHops.isEmpty else { return [alone] }
    alone.nextHops = []
    return nextHops.map { hop in
      var way = alone
      (way.gateway, way.outputIndex, way.flags) = (hop.gateway, hop.outputIndex, hop.flags)
      return way
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
