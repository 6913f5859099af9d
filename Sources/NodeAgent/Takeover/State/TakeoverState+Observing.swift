import Netlink

extension RouteNetlink {
  /// What rtnetlink tells of the physical interfaces, vhost0, and all that hangs on them.
  mutating func takeoverState(_ subject: TakeoverSubject) throws -> TakeoverState {
    let links = try links(keepingUnread: false)
    let cards = try subject.cards.map { name in
      guard let link = links.first(where: { $0.isNamed(name) }) else {
        throw TakeoverError(
          "look at \(name)",
          "there is no interface of that name any more"
        )
      }
      return TakeoverDevice(link)
    }
    var state = TakeoverState(cards: cards, highestIndex: links.map(\.index).max() ?? 0)
    state.vhost = try Self.vhost(in: links)
    state.packetDevices = links.filter {
      PacketSteering.devices.contains($0.name) && $0.hardwareType.rawValue == 0xFFFF
    }
    .map(TakeoverDevice.init)
    let devices = cards + [state.vhost].compactMap(\.self)
    let indices = Set(devices.map(\.index))
    for family in AddressFamily.allCases {
      state.addresses += try addresses(family: family).filter { indices.contains($0.linkIndex) }
    }
    state.rules = try rules().filter { $0.names(anyOf: Set(cards.map(\.name) + [TakeoverWish.vhostName])) }
    state.nextHops = try nextHopObjects().filter { $0.outputIndex.map(indices.contains) ?? false }
    for device in devices {
      state.neighbours += try neighbours(linkIndex: device.index).filter(\.state.isUsable)
      state.proxies += try neighbours(linkIndex: device.index, areProxies: true)
    }
    let names = Dictionary(links.map { ($0.index, $0.name) }) { first, _ in first }
    try addRoutes(to: &state, by: devices, names)
    if let wanted = subject.destinations { try addForeignDestinations(wanted, to: &state, by: devices) }
    return state
  }

  private static func vhost(in links: [Link]) throws -> TakeoverDevice? {
    guard let link = links.first(where: { $0.name == TakeoverWish.vhostName }) else { return nil }
    guard link.kind == "vhost" else {
      throw TakeoverError(
        "look at \(link.name)",
        "it is no interface of the vrouter module, but \(link.kind.map { "of kind \($0)" } ?? "hardware"); rename or remove it"
      )
    }
    return TakeoverDevice(link)
  }

  private mutating func addRoutes(
    to state: inout TakeoverState, by devices: [TakeoverDevice], _ names: [Int: String]
  ) throws {
    var seen: Set<[UInt8]> = []
    for device in devices {
      for family in AddressFamily.allCases {
        // A multipath route over several of them is listed for each.
        state.routes += try routes(matching: RouteFilter(family: family, outputIndex: device.index))
          .filter { $0.isMovable && seen.insert($0.stored).inserted }
      }
    }
    var seenTables: Set<FamilyTable> = []
    let tables = state.routes.map { FamilyTable(family: $0.family, table: $0.table) }.filter {
      seenTables.insert($0).inserted
    }
    var order = RouteOrder(state.routes, by: Set(devices.map(\.index)))
    // Few hosts have a route for which it has to be known.
    var advertised: AdvertisedRoutes??
    for table in tables {
      order.read(try routes(matching: RouteFilter(family: table.family, table: table.table))) { route in
        let known = advertised ?? AdvertisedRoutes.observe()
        advertised = known
        return route.outputIndex.flatMap { names[$0] }.flatMap { known?.contains(route, on: $0) }
      }
    }
    (state.routes, state.contested, state.shared) = (order.routes, order.contested, order.shared)
  }

  /// Looks which destinations others' routes of the main table lead to.
  fileprivate mutating func addForeignDestinations(
    _ wanted: [IPPrefix], to state: inout TakeoverState, by devices: [TakeoverDevice]
  ) throws {
    let indices = Set(devices.map(\.index))
    for family in Set(wanted.map(\.family)) {
      let found = try routes(matching: RouteFilter(family: family, table: .main)).filter {
        wanted.contains($0.destination) && !$0.leaves(by: indices)
      }
      state.foreignDestinations = (state.foreignDestinations ?? []) + found.map(\.destination)
    }
  }
}

private struct FamilyTable: Hashable {
  let family: AddressFamily
  let table: RouteTable
}
