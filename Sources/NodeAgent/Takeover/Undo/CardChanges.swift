import Netlink

/// What became of a takeover's physical interfaces until it is taken back: pulled out, made anew, or renamed.
struct CardChanges: Sendable, Equatable {
  /// Those that are there, by their present names, in the takeover's order.
  var present: [String] = []
  /// Those that are gone.
  var gone: [TakeoverDevice] = []
  /// Those that have another name or index now.
  var moved: [Move] = []

  struct Move: Sendable, Equatable {
    let old: TakeoverDevice
    let new: TakeoverDevice
  }

  /// - Parameters:
  ///   - known: as they were; the index is 0 where nothing tells it.
  ///   - find: the link of that name, or, where there is none, the one of that index.
  init<Failure: Error>(
    _ known: [TakeoverDevice], find: (TakeoverDevice) throws(Failure) -> TakeoverDevice?
  ) throws(Failure) {
    for old in known {
      guard let new = try find(old) else {
        gone.append(old)
        continue
      }
      present.append(new.name)
      if old.index != 0, (old.name, old.index) != (new.name, new.index) {
        moved.append(Move(old: old, new: new))
      }
    }
  }

  init() {}

  /// Whether a link is a physical interface under another name: the same number, which the kernel gives no other link, and
  /// the same address.
  static func isRenamed(_ old: TakeoverDevice, _ link: TakeoverDevice) -> Bool {
    old.index == link.index && old.mac != nil && old.mac == link.mac && old.kind == link.kind
  }

  /// The name that the module knows a physical interface by.
  func oldName(of card: TakeoverDevice) -> String {
    moved.first { $0.new.index == card.index }?.old.name ?? card.name
  }

  /// Whether an interface of the module is that of a link that is gone.
  func isGone(_ vif: TakeoverVif) -> Bool {
    gone.contains { $0.name == vif.name || $0.index != 0 && $0.index == vif.link }
  }

  /// What an operator is told of those that are gone.
  ///
  /// - Parameter before: the state before the takeover, where that is known.
  func warnings(_ before: TakeoverState?) -> [String] {
    gone.map { card in
      let lost = before.map { Self.belongings(of: card, in: $0) } ?? []
      let first = lost.prefix(10).map { "\($0)" }.joined(separator: "; ")
      let rest = lost.count > 10 ? "; and \(lost.count - 10) more" : ""
      return "there is no interface \(card.name) any more: "
        + (lost.isEmpty
          ? "nothing can be given back to it"
          : "what it had before vhost0 took over is not given back to anything: \(first)\(rest)")
    }
      + moved.filter { $0.old.name != $0.new.name }.map {
        "\($0.old.name) is called \($0.new.name) now, and gets back what it had"
      }
  }

  /// What would give it back.
  private static func belongings(of card: TakeoverDevice, in before: TakeoverState) -> [TakeoverOperation] {
    let names = [card.index: card.name]
    return before.addresses(of: card).filter(\.isTakenOver).map { .address(.add, $0, on: card.name) }
      + before.routes.filter { $0.leaves(by: [card.index]) && $0.routeProtocol != .kernel }.map {
        .route(.add, $0, names: names)
      } + before.rules.filter { $0.names(anyOf: [card.name]) }.map { .rule(.add, $0) }
  }
}

extension CardChanges {
  /// A state of before as it is to be now: without what is gone, and with what is called or numbered otherwise.
  func applied(to before: TakeoverState) -> TakeoverState {
    moving(without(before))
  }

  private func without(_ before: TakeoverState) -> TakeoverState {
    guard !gone.isEmpty else { return before }
    var state = before
    let (indices, names) = (Set(gone.map(\.index)), Set(gone.map(\.name)))
    state.cards.removeAll { indices.contains($0.index) }
    state.addresses.removeAll { indices.contains($0.linkIndex) }
    state.neighbours.removeAll { indices.contains($0.linkIndex) }
    state.proxies.removeAll { indices.contains($0.linkIndex) }
    state.vifs.removeAll(where: isGone)
    state.rules.removeAll { $0.names(anyOf: names) }
    let objects = Set(
      state.nextHops.filter { $0.outputIndex.map(indices.contains) ?? false }.map(\.id))
    state.nextHops.removeAll { objects.contains($0.id) }
    state.routes.removeAll { $0.nextHopID.map(objects.contains) ?? false }
    for place in state.routes.indices where !state.routes[place].nextHops.isEmpty {
      state.routes[place].nextHops.removeAll { $0.outputIndex.map(indices.contains) ?? false }
    }
    // Of one over several, what is left of it stays; one whose last path is gone has none at all.
    state.routes.removeAll { $0.leaves(by: indices) || $0.outputIndex == nil && $0.paths.isEmpty }
    return state
  }

  private func moving(_ before: TakeoverState) -> TakeoverState {
    var state = before
    for move in moved {
      let (old, new) = (move.old, move.new)
      for place in state.cards.indices where state.cards[place].index == old.index {
        (state.cards[place].name, state.cards[place].index) = (new.name, new.index)
      }
      for place in state.addresses.indices where state.addresses[place].linkIndex == old.index {
        state.addresses[place].linkIndex = new.index
        state.addresses[place].label = state.addresses[place].label.map {
          TakeoverPlanner.label($0, from: old.name, to: new.name)
        }
      }
      state.routes = state.routes.map {
        $0.leaves(by: [old.index]) ? $0.leaving(by: new.index, inPlaceOf: [old.index]) : $0
      }
      for place in state.nextHops.indices where state.nextHops[place].outputIndex == old.index {
        state.nextHops[place].outputIndex = new.index
      }
      for place in state.neighbours.indices where state.neighbours[place].linkIndex == old.index {
        state.neighbours[place].linkIndex = new.index
      }
      for place in state.proxies.indices where state.proxies[place].linkIndex == old.index {
        state.proxies[place].linkIndex = new.index
      }
      state.rules = state.rules.map { rule in
        rule.names(anyOf: [old.name]) ? rule.naming(new.name, inPlaceOf: [old.name]) : rule
      }
      state.controls = Dictionary(
        state.controls.map { ($0.key.replacing("/\(old.name)/", with: "/\(new.name)/"), $0.value) }
      ) { first, _ in first }
    }
    return state
  }
}
