import Netlink

/// Addresses, neighbours and controls go back.
extension UndoPlanner {
  /// What vhost0 has that others know the node by.
  private var held: [Address] {
    vhost.map { vhost in state.addresses(of: vhost).filter(\.isTakenOver) } ?? []
  }

  /// What a physical interface is to have in the end, in an order in which the first of a subnet comes first.
  func wantedAddresses(of card: TakeoverDevice) -> [Address] {
    let known = (before.map { $0.addresses(of: card) } ?? []).filter(\.isTakenOver)
    if isRollback { return known.map(current) }
    let isAlone = state.cards.count == 1
    return held.compactMap { address in
      if let original = known.first(where: { $0.isSame(as: address) }) { return current(original) }
      // What was vhost0's alone before the takeover, or came later: it goes to the only interface, or the first.
      guard isAlone || card == state.cards.first, !isKnownElsewhere(address, than: card) else { return nil }
      return returned(address, to: card)
    }
  }

  private func isKnownElsewhere(_ address: Address, than card: TakeoverDevice) -> Bool {
    before?.addresses.contains { $0.isSame(as: address) && $0.linkIndex != card.index } ?? false
  }

  /// With the time that it has left now.
  private func current(_ original: Address) -> Address {
    guard let now = held.first(where: { $0.isSame(as: original) }) else { return original }
    var address = original
    (address.validLifetime, address.preferredLifetime) = (now.validLifetime, now.preferredLifetime)
    // Nobody would have renewed it on vhost0, which has it for good; the interface has its manager again.
    if isRollback, now.validLifetime == nil, let valid = original.validLifetime {
      address.validLifetime = remaining(of: valid)
      address.preferredLifetime = original.preferredLifetime.map(remaining)
    }
    return address
  }

  /// What is left of a time now, of one that was not over already at least as long as its manager, which stood still, needs to
  /// ask for more.
  private func remaining(of seconds: UInt32) -> UInt32 {
    min(seconds, UInt32(clamping: max(Int64(seconds) - max(elapsed, 0), Self.leastRemaining)))
  }

  private static let leastRemaining: Int64 = 60

  private func returned(_ address: Address, to card: TakeoverDevice) -> Address {
    var returned = address
    returned.linkIndex = card.index
    returned.label = address.label.map {
      TakeoverPlanner.label($0, from: TakeoverWish.vhostName, to: card.name)
    }
    // The takeover gave it these.
    returned.flags.remove(.noDuplicateDetection)
    if !hasOwnSubnet(address) { returned.flags.remove(.noPrefixRoute) }
    return returned
  }

  /// Whether an address of vhost0 has its subnet's route by somebody's hand, with a metric or in a table that the kernel
  /// wouldn't choose, as NetworkManager makes it: the address came without one then.
  private func hasOwnSubnet(_ address: Address) -> Bool {
    guard let vhost else { return false }
    let subnets = state.routes.filter { $0.leaves(by: [vhost.index]) && $0.isSubnet(of: address) }
    return !subnets.isEmpty && !subnets.contains { $0.comes(with: address, on: vhost) }
  }

  func returningAddresses() -> [TakeoverOperation] {
    state.cards.flatMap { card -> [TakeoverOperation] in
      let there = state.addresses(of: card)
      return wantedAddresses(of: card).inKernelsOrder.filter { wanted in !there.contains(where: wanted.isSame)
      }.map { address in
        var address = address
        // vhost0 still has it: a search for duplicates could find that.
        if address.family == .ipv6 { address.flags.insert(.noDuplicateDetection) }
        return .address(.replace, address, on: card.name)
      }
    }
  }

  /// IPv6's get the flags that they had.
  func settlingAddresses() -> [TakeoverOperation] {
    let settling: AddressFlags = [.noDuplicateDetection, .noPrefixRoute]
    return state.cards.flatMap { card -> [TakeoverOperation] in
      let there = state.addresses(of: card)
      return settled(card, there).filter { $0.family == .ipv6 }.compactMap {
        wanted -> TakeoverOperation? in
        let now = there.first(where: wanted.isSame)
        let flags = now?.flags ?? wanted.flags.union(.noDuplicateDetection)
        guard flags.intersection(settling) != wanted.flags.intersection(settling) else { return nil }
        // An address that stayed where it was is nobody's to change.
        guard now == nil || before != nil else { return nil }
        return .address(.replace, wanted, on: card.name)
      }
    }
  }

  /// Those whose flags are looked at: also of what went back already, when vhost0 is gone since.
  private func settled(_ card: TakeoverDevice, _ there: [Address]) -> [Address] {
    guard vhost == nil, !isRollback, let before else { return wantedAddresses(of: card) }
    return before.addresses(of: card).filter { original in
      original.isTakenOver && there.contains(where: original.isSame)
    }
  }

  /// What was set for good goes back with vhost0, if it hadn't been the interface's.
  func returningNeighbours() -> [TakeoverOperation] {
    guard let card = state.cards.first, isRollback || !hasNothingToReturn else { return [] }
    var wanted: [Neighbour] = []
    if isRollback, let before {
      wanted = before.neighbours.filter {
        before.cardIndices.contains($0.linkIndex) && $0.state == .permanent
      }
    } else {
      wanted = state.neighbours.filter { $0.linkIndex == vhost?.index && $0.state == .permanent }.map {
        neighbour in
        var returned = neighbour
        let original = before?.neighbours.first {
          $0.address == neighbour.address && before?.cardIndices.contains($0.linkIndex) == true
        }
        returned.linkIndex = original?.linkIndex ?? card.index
        return returned
      }
    }
    return wanted.filter { neighbour in
      // Not by its type: the kernel tells that, and a journal doesn't keep it.
      !neighbour.address.isMulticast && neighbour.macAddress != nil
        && !state.neighbours.contains {
          $0.linkIndex == neighbour.linkIndex && $0.address == neighbour.address && $0.state == .permanent
        }
    }.map { .neighbour(.replace, $0, on: names[$0.linkIndex] ?? "") }
  }
}

/// Neighbours that are known on vhost0.
extension UndoPlanner {
  /// Are known on the physical interfaces at once: an answer to a question that these ask would still arrive on vhost0, and
  /// be asked for again only a second later.
  func warmingNeighbours() -> [TakeoverOperation] {
    guard let vhost, !hasNothingToReturn, state.cards.contains(where: { state.vif(of: $0) != nil }) else {
      return []
    }
    return state.neighbours.filter {
      $0.linkIndex == vhost.index && $0.type == .unicast && $0.state != .permanent
    }
    .compactMap { neighbour in
      let card = state.cards.first { card in
        wantedAddresses(of: card).contains { !$0.prefix.isHost && $0.prefix.contains(neighbour.address) }
      }
      guard let card = card ?? state.cards.first, neighbour.macAddress != nil,
        !state.neighbours.contains(where: {
          $0.linkIndex == card.index && $0.address == neighbour.address
            && $0.macAddress == neighbour.macAddress
        })
      else { return nil }
      var known = neighbour
      known.linkIndex = card.index
      known.state = .stale
      return .neighbour(.replace, known, on: card.name)
    }
  }
}

/// A vhost0 that stays.
extension UndoPlanner {
  /// Keeps nothing that it hadn't before.
  func clearingVhost() -> [TakeoverOperation] {
    guard keepsVhost, let before, let old = before.vhost, let vhost else { return [] }
    let addresses = held.filter { !before.addresses(of: old).contains(where: $0.isSame) }
    func new(_ list: KeyPath<TakeoverState, [Neighbour]>) -> [Neighbour] {
      state[keyPath: list].filter { neighbour in
        neighbour.linkIndex == vhost.index
          && !before[keyPath: list].contains {
            $0.linkIndex == vhost.index && $0.address == neighbour.address
          }
      }
    }
    let neighbours = new(\.neighbours).filter { $0.state == .permanent } + new(\.proxies)
    return addresses.map { .address(.delete, $0, on: vhost.name) }
      + neighbours.map { .neighbour(.delete, $0, on: vhost.name) }
      + (vhost.isUp && !old.isUp ? [.lower(name: vhost.name, index: vhost.index)] : [])
  }
}

/// What this host answers for.
extension UndoPlanner {
  func returningProxies() -> [TakeoverOperation] {
    guard let card = state.cards.first, isRollback || !hasNothingToReturn else { return [] }
    var wanted = isRollback ? before?.proxies.filter { state.cardIndices.contains($0.linkIndex) } ?? [] : []
    if !isRollback {
      wanted = state.proxies.filter { $0.linkIndex == vhost?.index }.map { proxy in
        var returned = proxy
        let original = before?.proxies.first {
          $0.address == proxy.address && state.cardIndices.contains($0.linkIndex)
        }
        returned.linkIndex = original?.linkIndex ?? card.index
        return returned
      }
    }
    return wanted.filter { proxy in
      !state.proxies.contains { $0.linkIndex == proxy.linkIndex && $0.address == proxy.address }
    }.map { .neighbour(.replace, $0, on: names[$0.linkIndex] ?? "") }
  }
}

/// What /proc/sys and /sys say.
extension UndoPlanner {
  /// While frames and routes are on different interfaces, a strict filter would drop what comes.
  func looseningControls() -> [TakeoverOperation] {
    guard let vhost else { return [] }
    let all = Int(state.controls[InterfaceControls.reversePathOfAll] ?? "") ?? 0
    let room = NeighbourTableRoom.raised(forUndoing: state, to: before)
    return ([vhost] + state.cards).compactMap { device -> TakeoverOperation? in
      let path = InterfaceControls.reversePath(device.name)
      guard let now = state.controls[path], max(all, Int(now) ?? 0) == 1 else { return nil }
      return .setControl(path: path, value: "2")
    } + room.sorted { $0.key < $1.key }.map { .setControl(path: $0.key, value: $0.value) }
  }

  func restoringControls() -> [TakeoverOperation] {
    let loosened = Dictionary(
      looseningControls().compactMap { operation -> (String, String)? in
        if case .setControl(let path, let value) = operation { (path, value) } else { nil }
      }, uniquingKeysWith: { _, last in last })
    // Without a journal, the interface gets back what it had until this very undoing. What a takeover doesn't change is
    // whoever's set it meanwhile.
    var wanted = state.controls
    for (path, value) in before?.controls ?? [:]
    where InterfaceControls.isChanged(path, cards: state.cardNames) { wanted[path] = value }
    let vhostPaths = Set(InterfaceControls.paths(of: TakeoverWish.vhostName))
    var operations = wanted.sorted { $0.key < $1.key }.compactMap { path, value -> TakeoverOperation? in
      guard keepsVhost || !vhostPaths.contains(path), let now = loosened[path] ?? state.controls[path],
        now != value
      else { return nil }
      return .setControl(path: path, value: value)
    }
    if let before {
      operations += NeighbourTableRoom.unrestored(in: state, since: before).sorted { $0.key < $1.key }.map {
        .setControl(path: $0.key, value: $0.value)
      }
      operations += state.cards.filter { card in
        card.hearsAllMulticast
          && before.cards.contains { $0.index == card.index && !$0.hearsAllMulticast }
      }
      .map { .hearMulticast(false, name: $0.name, index: $0.index) }
    }
    if isRollback, let before {
      if keepsVhost, let old = before.vhost, let vhost, vhost.mtu != old.mtu {
        operations.append(.setMTU(name: vhost.name, index: vhost.index, old.mtu))
      }
      operations += before.packetDevices.filter { old in
        !old.isUp && state.packetDevices.contains { $0.index == old.index && $0.isUp }
      }
      .map { .lower(name: $0.name, index: $0.index) }
    }
    return operations
  }
}
