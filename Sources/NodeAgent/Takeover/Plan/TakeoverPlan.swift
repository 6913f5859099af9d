import Netlink

/// How vhost0 takes over: a pure function of what was seen and what is wanted. What is so already is left out, so that
/// the plan of a takeover that is done is empty.
struct TakeoverPlan: Sendable, Equatable {
  /// The state that it starts from, and that is gone back to if it fails.
  let before: TakeoverState
  let wish: TakeoverWish
  let vhost: TakeoverDevice
  private(set) var steps: [TakeoverStep]
  /// Routes that it adds, and that nothing had before.
  let added: [Route]
  /// Addresses that would end on their interface, and don't on vhost0: see ``lifetimeWarnings``.
  let unrenewed: [Address]

  var isEmpty: Bool { steps.isEmpty }

  /// What has to be so for the takeover to be whole: not what /proc/sys and /sys say, which may be read-only, nor what was
  /// learned of neighbours, which comes and goes.
  var essentials: [TakeoverOperation] {
    steps.filter { $0.kind != .announce }.flatMap(\.operations).filter {
      switch $0 {
      case .setControl: false
      case .neighbour(_, let neighbour, _): neighbour.state == .permanent
      default: true
      }
    }
  }

  /// All operations, in their order.
  var operations: [TakeoverOperation] { steps.flatMap(\.operations) }

  /// - Parameter originals: the state that an interrupted takeover began with; nil: `state` itself.
  init(_ state: TakeoverState, wish: TakeoverWish, originals: TakeoverState? = nil) {
    let planner = TakeoverPlanner(state: state, wish: wish, originals: originals ?? state)
    before = state
    self.wish = wish
    vhost = planner.vhost
    added = planner.wantedRoutes
    unrenewed = planner.unrenewed
    steps = planner.steps()
  }
}

extension TakeoverPlan {
  /// The part that comes before it is known that the node is reached by vhost0.
  var withoutCommit: TakeoverPlan {
    var plan = self
    plan.steps.removeAll { $0.kind.isCommit }
    return plan
  }
}

/// Works a plan out. Each kind of thing is planned in a file of its own.
struct TakeoverPlanner {
  /// What it is planned from: over several physical interfaces, without what these have.
  let state: TakeoverState
  let wish: TakeoverWish
  /// What the physical interfaces had when the takeover began; of several, nothing.
  let originals: TakeoverState
  /// The destinations in the main table to which these interfaces lead already.
  let known: Set<IPPrefix>
  /// vhost0 as it will be.
  let vhost: TakeoverDevice
  /// Whether vhost0 is made: there is none, or one with a MAC address that the module can't change.
  let makesVhost: Bool

  init(state: TakeoverState, wish: TakeoverWish, originals: TakeoverState) {
    self.wish = wish
    (self.state, self.originals) = (state.movable, originals.movable)
    known = Set(state.routes.filter { $0.table == .main }.map(\.destination))
    let isUsable = state.vhost.map { $0.mac == wish.mac } ?? false
    makesVhost = !isUsable
    var vhost = TakeoverDevice(
      name: TakeoverWish.vhostName, index: state.vhost?.index ?? state.highestIndex + 1, mac: wish.mac,
      mtu: wish.mtu, master: state.cards.first?.master, kind: "vhost")
    vhost.vrfTable = state.cards.first?.vrfTable
    self.vhost = vhost
  }

  /// What vhost0 has that stays: nothing, when it is made anew.
  var present: TakeoverState {
    guard makesVhost, let old = state.vhost else { return state }
    var rest = state
    rest.vhost = nil
    rest.addresses.removeAll { $0.linkIndex == old.index }
    rest.neighbours.removeAll { $0.linkIndex == old.index }
    rest.proxies.removeAll { $0.linkIndex == old.index }
    rest.routes.removeAll { $0.leaves(by: [old.index]) }
    return rest
  }

  var names: [Int: String] {
    var names = Dictionary(state.cards.map { ($0.index, $0.name) }) { first, _ in first }
    names[vhost.index] = vhost.name
    return names
  }

  func steps() -> [TakeoverStep] {
    let operations = TakeoverStep.Kind.allCases.map { kind in
      TakeoverStep(kind: kind, operations: self.operations(kind))
    }
    let changes = operations.filter { !$0.operations.isEmpty }
    // Nothing moves: what is left may be an address that a network manager put back, whose end needs no proof.
    guard changes.contains(where: { $0.kind != .announce }) else { return [] }
    return operations.filter { !$0.operations.isEmpty || $0.kind == .verify }
  }

  private func operations(_ kind: TakeoverStep.Kind) -> [TakeoverOperation] {
    switch kind {
    case .makeVhost: makingVhost()
    case .setControls: settingControls()
    case .raiseVhost: present.vhost?.isUp == true ? [] : [.raise(name: vhost.name, index: vhost.index)]
    case .addAddresses: addingAddresses()
    case .addNeighbours: addingNeighbours() + addingProxies()
    case .addRules: addingRules()
    case .steerPackets: isMoving ? steeringPackets() : []
    case .hearMulticast: hearingMulticast()
    case .removeHost: readdsHost ? [.removeVif(name: vhost.name)] : []
    case .addCards: state.cards.filter { state.vif(of: $0) == nil }.map { .addCard($0) }
    case .addHost:
      state.vif(of: vhost) == nil || readdsHost ? [.addHost(vhost, over: state.cards)] : []
    case .moveConnectedRoutes: movingRoutes { $0.isConnected && $0.nextHopID == nil }
    case .moveNextHops: movingNextHops()
    case .moveRoutes: movingRoutes { !$0.isConnected && $0.nextHopID == nil } + addingWantedRoutes()
    case .dropRoutes: droppingRoutes()
    case .announce: isMoving ? announcing() : []
    case .verify: []
    case .dropRules: droppingRules()
    case .dropNeighbours: droppingNeighbours() + droppingProxies()
    case .dropAddresses: droppingAddresses()
    case .settleAddresses: settlingAddresses()
    case .restoreControls: restoringControls()
    }
  }

  private func makingVhost() -> [TakeoverOperation] {
    guard makesVhost else {
      guard let vhost = state.vhost, vhost.mtu != wish.mtu else { return [] }
      return [.setMTU(name: vhost.name, index: vhost.index, wish.mtu)]
    }
    var operations: [TakeoverOperation] = []
    if let old = state.vhost { operations.append(.removeLink(name: old.name, index: old.index)) }
    return operations + [.makeVhost(vhost)]
  }

  /// Once the interface hasn't the addresses any more, neighbours' questions for them (to ff02::1:ff…, RFC 4291 section
  /// 2.7.1) are no longer among what its hardware lets through: vhost0 alone is a member of these groups then.
  private func hearingMulticast() -> [TakeoverOperation] {
    let isNeeded = (state.cards + [state.vhost].compactMap(\.self)).contains { device in
      state.addresses(of: device).contains { $0.family == .ipv6 && $0.isTakenOver }
    }
    guard isNeeded else { return [] }
    return state.cards.filter { !$0.hearsAllMulticast }.map {
      .hearMulticast(true, name: $0.name, index: $0.index)
    }
  }

  /// Whether the module has vhost0 over interfaces that are gone from it, as a cleanup leaves it that was killed: its
  /// cross connects don't come back with them, as they are said in the request that adds it.
  private var readdsHost: Bool { state.vif(of: vhost) != nil && state.hasNoCard }

  /// Whether frames or addresses change their interface.
  var isMoving: Bool {
    makesVhost || state.vif(of: vhost) == nil || state.cards.contains { state.vif(of: $0) == nil }
      || !addingAddresses().isEmpty
  }
}
