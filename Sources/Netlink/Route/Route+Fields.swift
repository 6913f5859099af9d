/// A routing table (`rt_class_t` in linux/rtnetlink.h).
public struct RouteTable: RawRepresentable, Sendable, Hashable {
  /// The table's number.
  public let rawValue: UInt32
  /// Makes a table from its number.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// 253, which nothing but habit uses.
  public static let `default` = Self(rawValue: 253)
  /// Where routes are unless told otherwise.
  public static let main = Self(rawValue: 254)
  /// The kernel's own: this host's addresses and broadcasts.
  public static let local = Self(rawValue: 255)
}

extension RouteTable: CustomStringConvertible {
  /// The table as `ip` writes it.
  public var description: String {
    switch self {
    case .default: "default"
    case .main: "main"
    case .local: "local"
    default: String(rawValue)
    }
  }
}

/// What happens to packets that take a route (`RTN_…` in linux/rtnetlink.h).
public struct RouteType: RawRepresentable, Sendable, Hashable {
  /// The kernel's number.
  public let rawValue: UInt8
  /// Makes a type from the kernel's number.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Sent on to a gateway or a neighbour.
  public static let unicast = Self(rawValue: 1)
  /// Taken in by this host.
  public static let local = Self(rawValue: 2)
  /// Taken in, and sent as broadcast.
  public static let broadcast = Self(rawValue: 3)
  /// Taken in as unicast, though several hosts have the address.
  public static let anycast = Self(rawValue: 4)
  /// Sent to a group.
  public static let multicast = Self(rawValue: 5)
  /// Dropped silently.
  public static let blackhole = Self(rawValue: 6)
  /// Refused as unreachable.
  public static let unreachable = Self(rawValue: 7)
  /// Refused as prohibited.
  public static let prohibit = Self(rawValue: 8)
  /// Looked up in another table.
  public static let `throw` = Self(rawValue: 9)
}

extension RouteType: CustomStringConvertible {
  /// The type as `ip` writes it.
  public var description: String {
    switch self {
    case .unicast: "unicast"
    case .local: "local"
    case .broadcast: "broadcast"
    case .anycast: "anycast"
    case .multicast: "multicast"
    case .blackhole: "blackhole"
    case .unreachable: "unreachable"
    case .prohibit: "prohibit"
    case .throw: "throw"
    default: String(rawValue)
    }
  }
}

/// Who added a route (`RTPROT_…` in linux/rtnetlink.h).
public struct RouteProtocol: RawRepresentable, Sendable, Hashable {
  /// The kernel's number.
  public let rawValue: UInt8
  /// Makes a protocol from the kernel's number.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Nobody said.
  public static let unspecified = Self(rawValue: 0)
  /// An ICMP redirect.
  public static let redirect = Self(rawValue: 1)
  /// The kernel, with an address.
  public static let kernel = Self(rawValue: 2)
  /// Somebody at boot, such as `ip route add`.
  public static let boot = Self(rawValue: 3)
  /// The administrator.
  public static let `static` = Self(rawValue: 4)
  /// A router advertisement.
  public static let routerAdvertisement = Self(rawValue: 9)
  /// DHCP.
  public static let dhcp = Self(rawValue: 16)
}

extension RouteProtocol: CustomStringConvertible {
  /// The protocol as `ip` writes it.
  public var description: String {
    switch self {
    case .unspecified: "unspec"
    case .redirect: "redirect"
    case .kernel: "kernel"
    case .boot: "boot"
    case .static: "static"
    case .routerAdvertisement: "ra"
    case .dhcp: "dhcp"
    default: String(rawValue)
    }
  }
}

/// Flags of a route or a path (`RTNH_F_…`, `RTM_F_…` in linux/rtnetlink.h).
public struct RouteFlags: OptionSet, Sendable, Hashable {
  /// The kernel's bits.
  public let rawValue: UInt32
  /// Makes flags from the kernel's bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Not usable (`RTNH_F_DEAD`).
  public static let dead = Self(rawValue: 0x1)
  /// Looked up once more for the gateway (`RTNH_F_PERVASIVE`).
  public static let pervasive = Self(rawValue: 0x2)
  /// The gateway is taken as attached, though no address's subnet holds it (`RTNH_F_ONLINK`).
  public static let onLink = Self(rawValue: 0x4)
  /// Hardware forwards it (`RTNH_F_OFFLOAD`).
  public static let offloaded = Self(rawValue: 0x8)
  /// The interface has no carrier (`RTNH_F_LINKDOWN`).
  public static let linkDown = Self(rawValue: 0x10)
  /// The neighbour is unresolved (`RTNH_F_UNRESOLVED`).
  public static let unresolved = Self(rawValue: 0x20)
  /// Hardware traps it (`RTNH_F_TRAP`).
  public static let trapped = Self(rawValue: 0x40)
  /// A cached copy, not a table's entry (`RTM_F_CLONED`).
  public static let cloned = Self(rawValue: 0x200)
  /// An answer that says the table it came from (`RTM_F_LOOKUP_TABLE`).
  public static let lookedUpTable = Self(rawValue: 0x1000)

  /// In a request: the table's entry is wanted (`RTM_F_FIB_MATCH`, 4.13 and later).
  public static let tableEntry = Self(rawValue: 0x2000)

  /// Those that belong to a path rather than to the route.
  static let ofNextHop: Self = [.dead, .pervasive, .onLink, .offloaded, .linkDown, .unresolved, .trapped]
}
