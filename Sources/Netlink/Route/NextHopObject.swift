/// A nexthop object: a path, or several, that routes name by a number (`ip nexthop`, 5.3 and later;
/// linux/nexthop.h).
public struct NextHopObject: Sendable, Hashable {
  /// Its number, from 1.
  public var id: UInt32
  /// Family of its gateway, and of the routes that may use it; `nil` for groups and blackholes of any family.
  public var family: AddressFamily?
  /// Index of the interface that packets leave by.
  public var outputIndex: Int?
  /// The gateway; `nil` if the destination is attached directly.
  public var gateway: IPAddress?
  /// Packets are dropped.
  public var isBlackhole = false
  /// The objects that it consists of, if it is a group; else empty.
  public var members: [Member] = []
  /// How a group spreads packets; `nil` for what is no group.
  public var groupType: GroupType?
  /// It leads to another end of a tunnel rather than to a gateway (`fdb`).
  public var isTunnelEnd = false
  /// How far it reaches.
  public var scope: RouteScope = .universe
  /// Who added it.
  public var routeProtocol: RouteProtocol = .unspecified
  /// On-link, dead and so on.
  public var flags: RouteFlags = []
  /// Attributes that this library doesn't read, such as encapsulation, as they came.
  public var otherAttributes = RawAttributes()

  /// An object of a group.
  public struct Member: Sendable, Hashable {
    /// The object's number.
    public var id: UInt32
    /// Its share among the group's: 1 to 256 (65,536 from 6.12).
    public var weight: Int

    /// Makes a member.
    public init(_ id: UInt32, weight: Int = 1) {
      self.id = id
      self.weight = weight
    }
  }

  /// How a group spreads packets (`NEXTHOP_GRP_TYPE_…`).
  public struct GroupType: RawRepresentable, Sendable, Hashable {
    /// The kernel's number.
    public let rawValue: UInt16
    /// Makes a type from the kernel's number.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// By hash, over all paths that are alive.
    public static let multipath = Self(rawValue: 0)
    /// By hash, so that few flows move when a path goes (5.13 and later).
    public static let resilient = Self(rawValue: 1)
  }

  /// Makes an object with one path.
  public init(id: UInt32, family: AddressFamily? = nil, outputIndex: Int? = nil, gateway: IPAddress? = nil) {
    self.id = id
    self.family = family ?? gateway?.family
    self.outputIndex = outputIndex
    self.gateway = gateway
  }

  /// What it encapsulates packets in; `nil`: nothing.
  public var encapsulationType: EncapsulationType? {
    EncapsulationType(otherAttributes, NextHopObjectAttribute.encapsulationType.rawValue)
  }
}

extension Route {
  /// The route with the paths of the nexthop object that it names, where the kernel told only the number
  /// (as it does with `net.ipv4.nexthop_compat_mode=0`). A route that has its paths stays as it is; so does
  /// one whose object isn't there.
  public func resolved(with objects: [UInt32: NextHopObject]) -> Route {
    guard isUnresolved, let nextHopID, let object = objects[nextHopID] else { return self }
    var route = self
    if object.members.isEmpty {
      route.gateway = object.gateway
      route.outputIndex = object.outputIndex
      route.flags.formUnion(object.flags.intersection(.ofNextHop))
    } else {
      // Groups don't contain groups.
      route.nextHops = object.members.compactMap { member in
        guard let path = objects[member.id], path.members.isEmpty else { return nil }
        return NextHop(
          outputIndex: path.outputIndex, gateway: path.gateway, weight: member.weight,
          flags: path.flags.intersection(.ofNextHop))
      }
    }
    return route
  }

  /// It leads by a nexthop object of which only the number is known.
  public var isUnresolved: Bool { nextHopID != nil && type == .unicast && paths.isEmpty }
}
