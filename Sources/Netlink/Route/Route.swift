/// A route (rtnetlink(7), linux/rtnetlink.h).
public struct Route: Sendable, Hashable {
  /// Where it leads; 0.0.0.0/0 or ::/0 for a default route.
  public var destination: IPPrefix
  /// Only packets from there take it (IPv6).
  public var source: IPPrefix?
  /// Only packets with this type of service take it (`rtm_tos`; IPv4, as IPv6 has none); 0: all do.
  public var typeOfService: UInt8 = 0
  /// The table that it's in.
  public var table: RouteTable
  /// What happens to packets.
  public var type: RouteType
  /// How far the destination is.
  public var scope: RouteScope
  /// Who added it.
  public var routeProtocol: RouteProtocol
  /// Among routes to one destination the lowest wins; IPv4's default is 0, IPv6's 1024.
  public var metric: UInt32 = 0
  /// The gateway of a route with one path; another family's for IPv4 via IPv6.
  public var gateway: IPAddress?
  /// Index of the interface that packets leave by, of a route with one path.
  public var outputIndex: Int?
  /// The address that this host's own packets get as their source.
  public var preferredSource: IPAddress?
  /// On-link, dead and so on, of a route with one path; and of the whole route.
  public var flags: RouteFlags
  /// The paths of a multipath route; empty for one path: see ``paths``.
  public var nextHops: [NextHop] = []
  /// The nexthop object that it uses (5.3 and later).
  public var nextHopID: UInt32?
  /// IPv6 router preference as in RFC 4191: 0 medium, 1 high, 3 low.
  public var preference: UInt8?
  /// Metrics such as the MTU.
  public var metrics = RouteMetrics()
  /// Attributes that this library doesn't read, such as encapsulation, as they came.
  public var otherAttributes = RawAttributes()

  /// Makes a route.
  public init(
    to destination: IPPrefix, table: RouteTable = .main, type: RouteType = .unicast,
    scope: RouteScope = .universe, routeProtocol: RouteProtocol = .boot, flags: RouteFlags = []
  ) {
    self.destination = destination
    self.table = table
    self.type = type
    self.scope = scope
    self.routeProtocol = routeProtocol
    self.flags = flags
  }

  /// The destination's family.
  public var family: AddressFamily { destination.family }

  /// The destination is everything, wherever packets come from.
  public var isDefault: Bool { destination.isDefault && (source?.isDefault ?? true) }

  /// The interface that holds the address which an entry of a local table is about; `nil` for other routes.
  public var localHolderIndex: Int? { type == .local ? outputIndex : nil }

  /// All paths: the multipath ones, or the only one; none for types that lead nowhere.
  public var paths: [NextHop] {
    if !nextHops.isEmpty { return nextHops }
    guard outputIndex != nil || gateway != nil else { return [] }
    return [NextHop(outputIndex: outputIndex, gateway: gateway, flags: flags.intersection(.ofNextHop))]
  }
}

/// One path of a route.
public struct NextHop: Sendable, Hashable {
  /// Index of the interface that packets leave by.
  public var outputIndex: Int?
  /// The gateway; `nil` if the destination is attached directly.
  public var gateway: IPAddress?
  /// Its share among the paths: 1 to 256.
  public var weight: Int
  /// On-link, dead and so on.
  public var flags: RouteFlags
  /// Attributes that this library doesn't read, such as encapsulation, as they came.
  public var otherAttributes = RawAttributes()

  /// Makes a path.
  public init(outputIndex: Int?, gateway: IPAddress? = nil, weight: Int = 1, flags: RouteFlags = []) {
    self.outputIndex = outputIndex
    self.gateway = gateway
    self.weight = weight
    self.flags = flags
  }
}
