/// Keeps a ``RouteState`` up to date with the kernel's messages.
///
/// Links and addresses are taken from the messages themselves: each says all about its object, so that one that
/// tells what is known already is no event. Rules and routes are not: the kernel removes routes without
/// a word when an interface or an address goes, and it lists the same rule twice if it was added twice.
/// Messages about them only say that they have to be listed again.
struct RouteTracker {
  let interests: RouteInterests
  private(set) var state: RouteState
  /// The families of which rules have to be listed again.
  var suspectRules: Set<AddressFamily> = []
  /// The families of which routes have to be listed again.
  var suspectRoutes: Set<AddressFamily> = []
  /// Something that routes depend on went on changing after the kernel told of it.
  private(set) var needsBarrier = false

  init(_ interests: RouteInterests, _ state: RouteState) {
    self.interests = interests
    self.state = state
  }

  /// Message types of rtnetlink(7) beyond those that the objects are read from.
  private enum MessageType: UInt16 {
    case newLink = 16
    case deleteLink = 17
    case newAddress = 20
    case deleteAddress = 21
    case newRoute = 24
    case deleteRoute = 25
    case newRule = 32
    case deleteRule = 33
    case newNextHop = 104
    case deleteNextHop = 105
  }

  /// Reads a message; returns what it tells that wasn't known.
  mutating func apply(_ message: borrowing NetlinkMessage) throws(WireError) -> RouteEvent? {
    switch MessageType(rawValue: message.header.type) {
    case .newLink:
      guard let link = try Link(message) else { return nil }
      return set(link).map(RouteEvent.link)
    case .deleteLink:
      guard let link = try Link(message.renamed(Link.messageType)) else { return nil }
      return removeLink(link.index).map(RouteEvent.link)
    case .newAddress:
      guard interests.addresses, let address = try Address(message) else { return nil }
      return set(address).map(RouteEvent.address)
    case .deleteAddress:
      guard interests.addresses, let address = try Address(message.renamed(Address.messageType)) else {
        return nil
      }
      return remove(address).map(RouteEvent.address)
    case .newRoute, .deleteRoute: try suspectRoute(message)
    case .newRule, .deleteRule:
      guard interests.rules else { return nil }
      if let family = AddressFamily(rawValue: try message.payload.uint8(at: 0)) {
        suspectRules.insert(family)
      }
    case .newNextHop, .deleteNextHop:
      if interests.routes != .none { suspectRoutes = Set(AddressFamily.allCases) }
    case nil: break
    }
    return nil
  }

  /// Takes rules that were listed; returns what is new about them.
  mutating func replace(rules: [RoutingRule]) -> [RouteEvent] {
    defer { state.rules = rules }
    return state.changes(to: rules).map(RouteEvent.rule)
  }

  /// Takes routes that were listed; returns what is new about them.
  mutating func replace(routes: [Route]) -> [RouteEvent] {
    defer { state.routes = routes }
    return state.changes(to: routes).map(RouteEvent.route)
  }

  /// What the barrier was for has been done.
  mutating func barrierPassed() { needsBarrier = false }
}

extension RouteTracker {
  private mutating func set(_ link: Link) -> ObjectChange<Link>? {
    // A wireless driver's own events look like links without a name.
    guard !link.name.isEmpty else { return nil }
    guard let known = state.linksByIndex.updateValue(link, forKey: link.index) else { return .added(link) }
    guard !known.saysTheSame(as: link) else { return nil }
    if known.flags != link.flags || known.masterIndex != link.masterIndex { suspectRoutes(by: link.index) }
    return .changed(from: known, to: link)
  }

  private mutating func removeLink(_ index: Int) -> ObjectChange<Link>? {
    guard let known = state.linksByIndex.removeValue(forKey: index) else { return nil }
    suspectRoutes(by: index)
    return .removed(known)
  }

  private mutating func set(_ address: Address) -> ObjectChange<Address>? {
    guard let known = state.addressesByLink[address.linkIndex, default: AddressList()].set(address) else {
      return .added(address)
    }
    return known.saysTheSame(as: address) ? nil : .changed(from: known, to: address)
  }

  private mutating func remove(_ address: Address) -> ObjectChange<Address>? {
    let index = address.linkIndex
    guard let known = state.addressesByLink[index]?.remove(address) else { return nil }
    if state.addressesByLink[index]?.isEmpty == true { state.addressesByLink[index] = nil }
    suspectRoutes(by: index)
    return .removed(known)
  }

  /// A link changed that routes may leave by.
  private mutating func suspectRoutes(by index: Int) {
    let families = state.routes.filter { route in route.paths.contains { $0.outputIndex == index } }
      .map(\.family)
    guard !families.isEmpty else { return }
    suspectRoutes.formUnion(families)
    needsBarrier = true
  }

  private mutating func suspectRoute(_ message: borrowing NetlinkMessage) throws(WireError) {
    guard let family = AddressFamily(rawValue: try message.payload.uint8(at: 0)) else { return }
    switch interests.routes {
    case .none: return
    case .all: suspectRoutes.insert(family)
    case .defaults(let tables):
      // The length of the destination's prefix.
      guard try message.payload.uint8(at: 1) == 0 else { return }
      guard let route = try Route(message.renamed(Route.messageType)), tables.contains(route.table) else {
        return
      }
      suspectRoutes.insert(family)
    }
  }
}

extension NetlinkMessage {
  /// The same message under another type: what was deleted is written as what is new.
  @_lifetime(copy self)
  fileprivate func renamed(_ type: UInt16) -> NetlinkMessage {
    var header = header
    header.type = type
    return NetlinkMessage(header: header, payload: payload)
  }
}
