/// Links, addresses, rules and routes at a moment.
public struct RouteState: Sendable, Hashable {
  var linksByIndex: [Int: Link] = [:]
  var addressesByLink: [Int: [Address]] = [:]
  /// Rules, in the kernel's order, if they are watched.
  public internal(set) var rules: [RoutingRule] = []
  /// Routes, in the kernel's order, if they are watched: those that ``RouteInterests/routes`` names.
  public internal(set) var routes: [Route] = []

  init() {}

  init(links: [Link], addresses: [Address], rules: [RoutingRule] = []) {
    for link in links { linksByIndex[link.index] = link }
    for address in addresses { add(address) }
    self.rules = rules
  }

  /// Adds an address that was listed; of one that was listed twice the last word is right.
  private mutating func add(_ address: Address) {
    var addresses = addressesByLink.removeValue(forKey: address.linkIndex) ?? []
    if let position = addresses.firstIndex(where: address.isSame) {
      addresses[position] = address
    } else {
      addresses.append(address)
    }
    addressesByLink[address.linkIndex] = addresses
  }

  /// Links by index, lowest first.
  public var links: [Link] {
    linksByIndex.values.sorted { $0.index < $1.index }
  }

  /// Addresses, those of the lowest index first; those of one link in the order in which they came to it.
  public var addresses: [Address] {
    addressesByLink.sorted { $0.key < $1.key }.flatMap(\.value)
  }

  /// The link with an index.
  public func link(index: Int) -> Link? { linksByIndex[index] }

  /// The link with a name, be it the name or an alternative one.
  public func link(named name: String) -> Link? {
    linksByIndex.values.first { $0.isNamed(name) }
  }

  /// The addresses of a link.
  public func addresses(linkIndex: Int) -> [Address] { addressesByLink[linkIndex] ?? [] }
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
  /// The kernel takes both for one address.
  func isSame(as other: Address) -> Bool {
    guard linkIndex == other.linkIndex, address == other.address else { return false }
    // IPv4 tells addresses apart by their subnets and peers, too.
    return family == .ipv6 || (prefix == other.prefix && peer == other.peer)
  }

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
