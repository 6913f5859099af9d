/// An IP address of an interface (rtnetlink(7), linux/if_addr.h).
public struct Address: Sendable, Hashable {
  /// The interface's index.
  public var linkIndex: Int
  /// The interface's own address with the length of its subnet's prefix.
  public var prefix: IPPrefix
  /// The other end's address on a point-to-point interface.
  public var peer: IPAddress?
  /// The subnet's broadcast address (IPv4).
  public var broadcast: IPAddress?
  /// A name for the address, usually the interface's own (IPv4).
  public var label: String?
  /// Where the address is valid.
  public var scope: RouteScope
  /// Permanent, tentative, deprecated and so on.
  public var flags: AddressFlags
  /// Seconds until it's no longer used for new connections; `nil`: for ever.
  public var preferredLifetime: UInt32?
  /// Seconds until it's removed; `nil`: for ever.
  public var validLifetime: UInt32?
  /// Metric of the route that comes with it; `nil`: the kernel's default.
  public var routeMetric: UInt32?
  /// Who added it (`IFAPROT_…`, 5.18 and later); `nil`: not said.
  public var addressProtocol: UInt8?
  /// Attributes that this library doesn't read, as they came.
  public var otherAttributes = RawAttributes()

  /// Makes an address.
  public init(
    linkIndex: Int, prefix: IPPrefix, scope: RouteScope = .universe, flags: AddressFlags = .permanent
  ) {
    self.linkIndex = linkIndex
    self.prefix = prefix
    self.scope = scope
    self.flags = flags
  }

  /// The interface's own address.
  public var address: IPAddress { prefix.address }
  /// The address's family.
  public var family: AddressFamily { prefix.family }
}

/// Flags of an address (linux/if_addr.h).
public struct AddressFlags: OptionSet, Sendable, Hashable {
  /// The kernel's bits.
  public let rawValue: UInt32
  /// Makes flags from the kernel's bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Not the first of its subnet on the interface (IPv4), or a privacy address (IPv6) (`IFA_F_SECONDARY`).
  public static let secondary = Self(rawValue: 0x01)
  /// Taken without looking for duplicates (`IFA_F_NODAD`).
  public static let noDuplicateDetection = Self(rawValue: 0x02)
  /// Usable before the search for duplicates ends (`IFA_F_OPTIMISTIC`).
  public static let optimistic = Self(rawValue: 0x04)
  /// Another host has it (`IFA_F_DADFAILED`).
  public static let duplicate = Self(rawValue: 0x08)
  /// A mobile node's home address (`IFA_F_HOMEADDRESS`).
  public static let home = Self(rawValue: 0x10)
  /// Past its preferred lifetime (`IFA_F_DEPRECATED`).
  public static let deprecated = Self(rawValue: 0x20)
  /// Duplicates are still searched for: not usable yet (`IFA_F_TENTATIVE`).
  public static let tentative = Self(rawValue: 0x40)
  /// Without a lifetime (`IFA_F_PERMANENT`).
  public static let permanent = Self(rawValue: 0x80)
  /// Privacy addresses are made from it (`IFA_F_MANAGETEMPADDR`).
  public static let managesTemporary = Self(rawValue: 0x100)
  /// Comes without a route to its subnet (`IFA_F_NOPREFIXROUTE`).
  public static let noPrefixRoute = Self(rawValue: 0x200)
  /// Its group is joined (`IFA_F_MCAUTOJOIN`).
  public static let joinsGroup = Self(rawValue: 0x400)

  /// Those that a request can set; the others are the kernel's.
  static let settable: Self = [
    .noDuplicateDetection, .optimistic, .home, .managesTemporary, .noPrefixRoute, .joinsGroup,
  ]
}

/// How far an address or route reaches (`rt_scope_t` in linux/rtnetlink.h): smaller numbers reach farther.
public struct RouteScope: RawRepresentable, Sendable, Hashable {
  /// The kernel's number.
  public let rawValue: UInt8
  /// Makes a scope from the kernel's number.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Everywhere, `global` to `ip`.
  public static let universe = Self(rawValue: 0)
  /// Within the site.
  public static let site = Self(rawValue: 200)
  /// Directly attached.
  public static let link = Self(rawValue: 253)
  /// This host.
  public static let host = Self(rawValue: 254)
  /// Nowhere: the destination doesn't exist.
  public static let nowhere = Self(rawValue: 255)
}

extension RouteScope: CustomStringConvertible {
  /// The scope as `ip` writes it.
  public var description: String {
    switch self {
    case .universe: "global"
    case .site: "site"
    case .link: "link"
    case .host: "host"
    case .nowhere: "nowhere"
    default: String(rawValue)
    }
  }
}
