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
    for link in links { linksByIndex[link.index] = link.withoutCircumstances }
    for address in addresses { addressesByLink[address.linkIndex, default: []].append(address) }
    self.rules = rules
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
  /// Attributes that say why and how the message was sent rather than what the link is: `IFLA_EXT_MASK`,
  /// `IFLA_EVENT`, `IFLA_NEW_NETNSID`, `IFLA_NEW_IFINDEX`. And counts that change without an event:
  /// `IFLA_PROMISCUITY`, `IFLA_ALLMULTI`.
  private static let circumstances: Set<UInt16> = [29, 44, 45, 49, 30, 61]
  /// A bridge's `IFLA_BR_HELLO_TIMER` to `IFLA_BR_GC_TIMER`, which run all the time.
  private static let bridgeTimers: Set<UInt16> = [16, 17, 18, 19]

  /// The link without what differs between two messages about the same link, so that it's equal whether it was
  /// asked for or an event told of it.
  var withoutCircumstances: Link {
    var link = self
    link.otherAttributes = otherAttributes.without(Self.circumstances)
    if kind == "bridge" { link.kindAttributes = kindAttributes.without(Self.bridgeTimers) }
    return link
  }
}

extension RawAttributes {
  /// Those of other types.
  fileprivate func without(_ types: Set<UInt16>) -> RawAttributes {
    var rest = RawAttributes()
    forEach { attribute in
      if !types.contains(attribute.type) { rest.append(attribute) }
    }
    return rest
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
