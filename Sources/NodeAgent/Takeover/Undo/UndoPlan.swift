import Netlink

/// How what a takeover did is taken back: a pure function of the state now, and of the state before where that is known.
///
/// Nothing that was noted as done is believed: what is on vhost0 now goes back to the physical interfaces, whoever put
/// it there.
struct UndoPlan: Sendable, Equatable {
  let state: TakeoverState
  let steps: [Step]
  /// What can't be put back as it was, and why.
  let warnings: [String]

  var isEmpty: Bool { steps.isEmpty }
  var operations: [TakeoverOperation] { steps.flatMap(\.operations) }

  struct Step: Sendable, Equatable {
    let kind: Kind
    let operations: [TakeoverOperation]

    var datagrams: [[TakeoverOperation]] {
      switch kind {
      case .dropNewRoutes, .returnConnectedRoutes, .returnRoutes, .dropRoutes: operations.chunked(64)
      default: operations.map { [$0] }
      }
    }
  }

  /// In the order in which they come. What the host sends goes by the physical interfaces first, while what it receives
  /// still arrives on vhost0: the other way round, all would be lost in between (measured).
  enum Kind: String, Sendable, CaseIterable {
    case loosenControls = "loosen-controls"
    case returnAddresses = "return-addresses"
    case returnNeighbours = "return-neighbours"
    /// What the kernel made behind another interface's, and is to be where vhost0's is.
    case dropNewRoutes = "drop-new-routes"
    case returnConnectedRoutes = "return-connected-routes"
    case returnNextHops = "return-nexthop-objects"
    case returnRoutes = "return-routes"
    case dropRoutes = "drop-routes"
    case removeCards = "remove-cards"
    case returnRules = "return-rules"
    case announce = "announce"
    case dropRules = "drop-rules"
    case clearVhost = "clear-vhost"
    case removeHost = "remove-host"
    case removeVhost = "remove-vhost"
    case settleAddresses = "settle-addresses"
    case restoreControls = "restore-controls"

    /// Whether nothing may come after it when it failed.
    var isVital: Bool { self == .returnAddresses || self == .removeCards }

    /// Of a module that can't be asked it isn't known whether it gives the frames back at all. It is tried before anything
    /// is moved, so that a node that works on goes on working; what is lost in between where it does is the lesser evil.
    static func order(_ state: TakeoverState) -> [Kind] {
      guard state.moduleProblem != nil, state.vhost != nil else { return allCases }
      return [.removeCards] + allCases.filter { $0 != .removeCards }
    }
  }

  /// - Parameters:
  ///   - before: what a journal tells of the state before the takeover.
  ///   - isRollback: everything of `before` is brought back, also what neither side has any more; else only what
  ///     vhost0 has, since the rest may have been removed on purpose meanwhile.
  ///   - added: routes that the takeover added; without a journal those that the settings ask for.
  ///   - elapsed: seconds since `before`.
  ///   - changes: what became of the physical interfaces; `before` has them as they are now.
  init(
    _ state: TakeoverState, before: TakeoverState?, isRollback: Bool, added: [RouteKey] = [],
    elapsed: Int64 = 0, changes: CardChanges = CardChanges()
  ) {
    let planner = UndoPlanner(
      state: state, before: before, isRollback: isRollback, added: Set(added), elapsed: elapsed,
      changes: changes)
    self.state = state
    steps = Kind.order(state).map { Step(kind: $0, operations: planner.operations($0)) }.filter {
      !$0.operations.isEmpty
    }
    warnings = planner.warnings
  }
}

struct UndoPlanner {
  let state: TakeoverState
  let before: TakeoverState?
  let isRollback: Bool
  let added: Set<RouteKey>
  let elapsed: Int64
  let changes: CardChanges

  /// vhost0 as it is now.
  var vhost: TakeoverDevice? { state.vhost }

  var names: [Int: String] {
    Dictionary((state.cards + [vhost].compactMap(\.self)).map { ($0.index, $0.name) }) { first, _ in first }
  }

  /// A vhost0 that was there before with nothing on it stays; one of another make is made again.
  var keepsVhost: Bool {
    guard isRollback, let old = before?.vhost else { return false }
    return old.index == vhost?.index && old.mac == vhost?.mac
  }

  /// Over several interfaces, which kept what they have, vhost0 has nothing that is theirs.
  var hasNothingToReturn: Bool {
    state.cards.count + changes.gone.count > 1
      && (vhost.map { state.addresses(of: $0).filter(\.isTakenOver) } ?? []).isEmpty
  }

  func operations(_ kind: UndoPlan.Kind) -> [TakeoverOperation] {
    guard !state.cards.isEmpty else { return operationsWithoutCards(kind) }
    return switch kind {
    case .loosenControls: looseningControls()
    case .returnAddresses: returningAddresses()
    case .removeCards: removingCards()
    case .dropNewRoutes: droppingNewRoutes()
    case .returnConnectedRoutes: returningRoutes { $0.isConnected && $0.nextHopID == nil }
    case .returnNextHops: returningNextHops()
    case .returnRoutes: returningRoutes { !$0.isConnected || $0.nextHopID != nil }
    case .dropRoutes: droppingRoutes()
    case .returnRules: returningRules()
    case .returnNeighbours: returningNeighbours() + warmingNeighbours() + returningProxies()
    case .announce: announcing()
    case .dropRules: droppingRules()
    case .clearVhost: clearingVhost()
    case .removeHost: removingHost()
    case .removeVhost: removingVhost()
    case .settleAddresses: settlingAddresses()
    case .restoreControls: restoringControls()
    }
  }

  /// With nobody left to give anything to: what the takeover made goes, and what vhost0 has with it.
  private func operationsWithoutCards(_ kind: UndoPlan.Kind) -> [TakeoverOperation] {
    switch kind {
    case .removeCards: removingCards()
    // A vhost0 that stays keeps only what it had.
    case .dropRoutes: isRollback ? droppingRoutes() : []
    case .dropRules: droppingRules()
    case .clearVhost: clearingVhost()
    case .removeHost: removingHost()
    case .removeVhost: removingVhost()
    case .restoreControls: restoringControls()
    default: []
    }
  }

  private func removingCards() -> [TakeoverOperation] {
    guard state.moduleProblem == nil else {
      // Blindly, as what the module has isn't known: without an answer vhost0 stays, since the interface may be deaf.
      let names = state.cards.map(changes.oldName) + changes.gone.map(\.name)
      return vhost == nil ? [] : names.map { .removeVif(name: $0) }
    }
    let there = state.cards.compactMap { card -> TakeoverVif? in
      guard let vif = state.vif(of: card), !(isRollback && before?.vif(of: card) != nil) else { return nil }
      return vif
    }
    let left = state.otherCards.filter(changes.isGone)
    return (there + left).map { .removeVif(name: $0.name) }
  }

  private func removingHost() -> [TakeoverOperation] {
    guard let vif = state.vifs.first(where: { $0.name == TakeoverWish.vhostName }),
      !(isRollback && before?.vifs.contains(where: { $0.name == vif.name }) == true)
    else { return [] }
    return [.removeVif(name: vif.name)]
  }

  private func removingVhost() -> [TakeoverOperation] {
    guard !keepsVhost else { return [] }
    var operations: [TakeoverOperation] = []
    if let vhost { operations.append(.removeLink(name: vhost.name, index: vhost.index)) }
    if isRollback, let old = before?.vhost {
      operations.append(.makeVhost(old))
      if old.isUp { operations.append(.raise(name: old.name, index: old.index)) }
    }
    return operations
  }

  private func announcing() -> [TakeoverOperation] {
    guard vhost != nil else { return [] }
    return state.cards.compactMap { card in
      let addresses = wantedAddresses(of: card).map(\.address)
      return addresses.isEmpty ? nil : .announce(addresses, by: card)
    }
  }
}
