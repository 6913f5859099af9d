/// Links, addresses, rules and routes at a moment.
public struct RouteState: Sendable, Hashable {
  var linksByIndex: [Int: Link] = [:]
  var addressesByLink: [Int: AddressList] = [:]
  /// Rules, in the kernel's order, if they are watched.
  public internal(set) var rules: [RoutingRule] = []
  /// Routes, in the kernel's order, if they are watched: those that ``RouteInterests/routes`` names.
  public internal(set) var routes: [Route] = []

  init() {}

  init(links: [Link], addresses: [Address], rules: [RoutingRule] = []) {
    for link in links { linksByIndex[link.index] = link }
    // Of what was listed twice the last word is right.
    for address in addresses { _ = addressesByLink[address.linkIndex, default: AddressList()].set(address) }
    self.rules = rules
  }

  /// Links by index, lowest first.
  public var links: [Link] {
    linksByIndex.values.sorted { $0.index < $1.index }
  }

  /// Addresses, those of the lowest index first; those of one link in the order in which they came to it.
  public var addresses: [Address] {
    addressesByLink.sorted { $0.key < $1.key }.flatMap(\.value.inOrder)
  }

  /// The link with an index.
  public func link(index: Int) -> Link? { linksByIndex[index] }

  /// The link with a name, be it the name or an alternative one.
  public func link(named name: String) -> Link? {
    linksByIndex.values.first { $0.isNamed(name) }
  }

  /// The addresses of a link.
  public func addresses(linkIndex: Int) -> [Address] { addressesByLink[linkIndex]?.inOrder ?? [] }
}

extension Link {
  /// Nothing differs but attributes that this library doesn't read. Among them are what says why and how a message
  /// was sent (`IFLA_EVENT`, `IFLA_EXT_MASK`), counts that change without an event (`IFLA_PROMISCUITY`, the
  /// addresses that a bridge learned) and whatever a later kernel adds.
  func saysTheSame(as other: Link) -> Bool {
    var other = other
    other.kindAttributes = kindAttributes
    other.portAttributes = portAttributes
    other.otherAttributes = otherAttributes
    return self == other
  }
}

extension Address {
  /// Nothing differs but how much of a limited time is left.
  func saysTheSame(as other: Address) -> Bool {
    var other = other
    if Self.isLimited(preferredLifetime), Self.isLimited(other.preferredLifetime) {
      other.preferredLifetime = preferredLifetime
    }
    if Self.isLimited(validLifetime), Self.isLimited(other.validLifetime) {
      other.validLifetime = validLifetime
    }
    return self == other
  }

  /// Neither over nor for ever.
  private static func isLimited(_ lifetime: UInt32?) -> Bool {
    lifetime.map { $0 > 0 } ?? false
  }
}
