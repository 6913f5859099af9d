/// A neighbour: the link-layer address that an IP address was resolved to (`ip neighbour`;
/// linux/neighbour.h).
public struct Neighbour: Sendable, Hashable {
  /// Index of the interface that it is behind.
  public var linkIndex: Int
  /// Its IP address.
  public var address: IPAddress
  /// Its link-layer address as it goes over the wire, six bytes for Ethernet; empty while it's unknown.
  public var linkLayerAddress: [UInt8] = []
  /// What is known of it.
  public var state: NeighbourState
  /// Router, proxy and so on.
  public var flags: NeighbourFlags
  /// Unicast, or the type of a broadcast or multicast address that needs no resolving.
  public var type: RouteType
  /// Who added it (5.0 and later); `nil`: not said, as for what the kernel found out by itself.
  public var neighbourProtocol: RouteProtocol?
  /// Requests that were sent for it without an answer.
  public var probes: UInt32 = 0
  /// Attributes that this library doesn't read, as they came. Ages are left out: two readings of one neighbour
  /// would never be equal.
  public var otherAttributes = RawAttributes()

  /// Makes a neighbour.
  public init(
    _ address: IPAddress, linkIndex: Int, macAddress: MACAddress? = nil,
    state: NeighbourState = .permanent, flags: NeighbourFlags = [], type: RouteType = .unicast
  ) {
    self.address = address
    self.linkIndex = linkIndex
    linkLayerAddress = macAddress?.bytes ?? []
    self.state = state
    self.flags = flags
    self.type = type
  }

  /// Its Ethernet address; `nil` if it has none or one of another size.
  public var macAddress: MACAddress? { MACAddress(bytes: linkLayerAddress) }

  /// Its address's family.
  public var family: AddressFamily { address.family }
}

/// What is known of a neighbour (`NUD_…` in linux/neighbour.h).
public struct NeighbourState: OptionSet, Sendable, Hashable {
  /// The kernel's bits; never more than one is set.
  public let rawValue: UInt16
  /// Makes a state from the kernel's bits.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Being resolved.
  public static let incomplete = Self(rawValue: 0x01)
  /// Known to answer.
  public static let reachable = Self(rawValue: 0x02)
  /// Answered some time ago.
  public static let stale = Self(rawValue: 0x04)
  /// Used again, to be asked soon.
  public static let delay = Self(rawValue: 0x08)
  /// Being asked again.
  public static let probe = Self(rawValue: 0x10)
  /// Didn't answer.
  public static let failed = Self(rawValue: 0x20)
  /// Needs no resolving.
  public static let noARP = Self(rawValue: 0x40)
  /// Set by an administrator for good.
  public static let permanent = Self(rawValue: 0x80)

  /// Packets are sent to its link-layer address.
  public var isUsable: Bool {
    !isDisjoint(with: [.reachable, .stale, .delay, .probe, .noARP, .permanent])
  }
}

extension NeighbourState: CustomStringConvertible {
  /// The state as `ip neighbour` writes it.
  public var description: String {
    switch self {
    case []: "NONE"
    case .incomplete: "INCOMPLETE"
    case .reachable: "REACHABLE"
    case .stale: "STALE"
    case .delay: "DELAY"
    case .probe: "PROBE"
    case .failed: "FAILED"
    case .noARP: "NOARP"
    case .permanent: "PERMANENT"
    default: "0x" + String(rawValue, radix: 16)
    }
  }
}

/// Flags of a neighbour (`NTF_…` in linux/neighbour.h).
public struct NeighbourFlags: OptionSet, Sendable, Hashable {
  /// The kernel's bits.
  public let rawValue: UInt8
  /// Makes flags from the kernel's bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// In a request: it is to be resolved now (`NTF_USE`).
  public static let use = Self(rawValue: 0x01)
  /// Answered for by this host (`NTF_PROXY`).
  public static let proxy = Self(rawValue: 0x08)
  /// Learned by something outside the kernel (`NTF_EXT_LEARNED`).
  public static let externallyLearned = Self(rawValue: 0x10)
  /// Hardware knows it (`NTF_OFFLOADED`).
  public static let offloaded = Self(rawValue: 0x20)
  /// A router (`NTF_ROUTER`).
  public static let router = Self(rawValue: 0x80)
}
