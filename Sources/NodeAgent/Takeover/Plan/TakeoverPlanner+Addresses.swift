import Netlink

/// Addresses, and what others know of them.
extension TakeoverPlanner {
  /// What the physical interfaces have and vhost0 takes over.
  var takenOver: [Address] {
    state.cards.flatMap { card in state.addresses(of: card).filter { $0.isTakenOver && !$0.isUnusable } }
  }

  private var held: [Address] { present.vhost.map { present.addresses(of: $0) } ?? [] }

  /// vhost0 gets each address while the interface keeps its own: without the route of its subnet, which is moved, and
  /// without a search for duplicates, which would find the interface's own.
  func addingAddresses() -> [TakeoverOperation] {
    var addresses = takenOver
    // Every interface has link-local ones, and makes them as it comes up; those that somebody gave it are copied.
    if makesVhost {
      addresses += state.cards.flatMap { card in
        state.addresses(of: card).filter { $0.family == .ipv6 && $0.address.isLinkLocal && !$0.isUnusable }
      }
    }
    var seen = held
    var operations: [TakeoverOperation] = []
    for address in addresses.inKernelsOrder where !seen.contains(where: address.isSame) {
      seen.append(address)
      operations.append(.address(.replace, moved(address), on: vhost.name))
    }
    return operations
  }

  private func moved(_ address: Address) -> Address {
    var moved = settled(address)
    if moved.family == .ipv6 { moved.flags.insert(.noDuplicateDetection) }
    // The subnet of link-local addresses is each interface's own.
    if address.isTakenOver { moved.flags.insert(.noPrefixRoute) }
    return moved
  }

  /// The address as vhost0 has it in the end.
  private func settled(_ address: Address) -> Address {
    var settled = address
    settled.linkIndex = vhost.index
    if !ends(address) {
      settled.validLifetime = nil
      // Zero: deprecated, which it stays.
      if address.preferredLifetime != 0 { settled.preferredLifetime = nil }
    }
    if let label = address.label, let card = state.cards.first(where: { $0.index == address.linkIndex }) {
      settled.label = Self.label(label, from: card.name, to: vhost.name)
    }
    return settled
  }

  /// A label begins with the interface's name: `eth0:1` becomes `vhost0:1`.
  static func label(_ label: String, from old: String, to new: String) -> String {
    guard label == old || label.hasPrefix("\(old):") else { return label }
    let changed = new + label.dropFirst(old.count)
    // IFNAMSIZ: 15 bytes and a NUL.
    return changed.utf8.count < 16 ? changed : new
  }

  /// The interface's own go last: those that depend on another of their subnet first.
  func droppingAddresses() -> [TakeoverOperation] {
    takenOver.sorted { $0.flags.contains(.secondary) && !$1.flags.contains(.secondary) }.map { address in
      .address(.delete, address, on: names[address.linkIndex] ?? "")
    }
  }

  /// IPv6 lets flags be changed: vhost0's addresses get those that they had. (IPv4's keep `noprefixroute`.)
  func settlingAddresses() -> [TakeoverOperation] {
    let (held, takenOver) = (held, takenOver)
    return originals.cards.flatMap { originals.addresses(of: $0) }
      .filter { $0.family == .ipv6 && $0.isTakenOver && !$0.isUnusable }
      .flatMap { original -> [TakeoverOperation] in
        var wanted = settled(original)
        let current = held.first(where: wanted.isSame)
        // Neither has it any more: its time ran out, or somebody removed it.
        guard current != nil || takenOver.contains(where: original.isSame) else { return [] }
        guard
          wanted.flags.intersection(Self.settling)
            != (current ?? moved(original)).flags.intersection(Self.settling)
        else { return [] }
        if let current {
          (wanted.validLifetime, wanted.preferredLifetime) = (
            current.validLifetime, current.preferredLifetime
          )
        }
        // The route of the subnet takes the address's lifetime from the second request on: with the first the kernel finds
        // it there already, and leaves it (inet6_addr_modify in net/ipv6/addrconf.c).
        let operation = TakeoverOperation.address(.replace, wanted, on: vhost.name)
        return wanted.validLifetime == nil ? [operation] : [operation, operation]
      }
  }

  private static let settling: AddressFlags = [.noDuplicateDetection, .noPrefixRoute]

  func announcing() -> [TakeoverOperation] {
    let addresses = (takenOver + held.filter(\.isTakenOver)).map(\.address)
    var seen: Set<IPAddress> = []
    let each = addresses.filter { seen.insert($0).inserted }
    return each.isEmpty ? [] : [.announce(each, by: vhost)]
  }
}

/// Neighbours: what is known of them is known at once on vhost0.
extension TakeoverPlanner {
  func addingNeighbours() -> [TakeoverOperation] {
    let known = present.vhost.map { vhost in present.neighbours.filter { $0.linkIndex == vhost.index } } ?? []
    let permanent = Set(known.filter { $0.state == .permanent }.map(\.address))
    let learned = Set(known.map(\.address))
    var seen: Set<IPAddress> = []
    return state.neighbours.filter { state.cardIndices.contains($0.linkIndex) && $0.type == .unicast }
      .compactMap { neighbour in
        let isPermanent = neighbour.state == .permanent
        guard isPermanent || isMoving, neighbour.macAddress != nil,
          !(isPermanent ? permanent : learned).contains(neighbour.address),
          seen.insert(neighbour.address).inserted
        else { return nil }
        var moved = neighbour
        moved.linkIndex = vhost.index
        // Usable, and asked again when it is used.
        if !isPermanent { moved.state = .stale }
        return .neighbour(.replace, moved, on: vhost.name)
      }
  }

  func droppingNeighbours() -> [TakeoverOperation] {
    state.neighbours.filter {
      state.cardIndices.contains($0.linkIndex) && $0.state == .permanent && $0.type == .unicast
        && $0.macAddress != nil
    }
    .map { .neighbour(.delete, $0, on: names[$0.linkIndex] ?? "") }
  }
}

/// What this host answers for.
extension TakeoverPlanner {
  func addingProxies() -> [TakeoverOperation] {
    let there =
      present.vhost.map { vhost in present.proxies.filter { $0.linkIndex == vhost.index }.map(\.address) }
      ?? []
    return state.proxies.filter { state.cardIndices.contains($0.linkIndex) && !there.contains($0.address) }
      .map { proxy in
        var moved = proxy
        moved.linkIndex = vhost.index
        return .neighbour(.replace, moved, on: vhost.name)
      }
  }

  func droppingProxies() -> [TakeoverOperation] {
    state.proxies.filter { state.cardIndices.contains($0.linkIndex) }.map {
      .neighbour(.delete, $0, on: names[$0.linkIndex] ?? "")
    }
  }
}

extension [Address] {
  /// In the order in which they have to be added to be listed in the same one: the kernel puts a new one of IPv6 before
  /// the others of its scope (ipv6_link_dev_addr in net/ipv6/addrconf.c), and one of IPv4 behind them.
  var inKernelsOrder: [Address] { filter { $0.family == .ipv4 } + filter { $0.family == .ipv6 }.reversed() }
}

extension Address {
  /// Another host has it, or it isn't known yet whether one has: it is nobody's to hand on.
  var isUnusable: Bool {
    flags.contains(.duplicate) || flags.contains(.tentative) && !flags.contains(.optimistic)
  }
}
