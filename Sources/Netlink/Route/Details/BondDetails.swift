/// What a bond says of itself (`IFLA_BOND_…` in linux/if_link.h, Documentation/networking/bonding).
public struct BondDetails: Sendable, Hashable {
  /// How packets are spread over the ports.
  public var mode = BondMode.balanceRoundRobin
  /// Index of the port that carries packets, in modes with only one such; `nil`: none does, or the mode has no
  /// such port.
  public var activePortIndex: Int?
  /// Index of the port that is preferred; `nil`: none is.
  public var primaryPortIndex: Int?
  /// Milliseconds between checks of the ports' carriers; 0: not checked.
  public var carrierInterval: UInt32 = 0
  /// Milliseconds between ARP probes; 0: none are sent.
  public var arpInterval: UInt32 = 0
  /// Milliseconds for which a port's carrier must be there before the port is used.
  public var upDelay: UInt32 = 0
  /// Milliseconds for which a port's carrier must be gone before the port is given up.
  public var downDelay: UInt32 = 0
  /// Usable ports below which the bond has no carrier; 0 is the same as 1.
  public var minimumPorts: UInt32 = 0
  /// What a packet's port is chosen by.
  public var hashPolicy = BondHashPolicy.layer2
  /// LACP packets are asked for every second rather than every 30 (802.3ad).
  public var hasFastLACP = false
  /// The aggregator that is in use (802.3ad); `nil` for other modes and while there is none.
  public var aggregator: BondAggregator?

  /// A bond as it is without options.
  public init() {}

  /// What LACP came to; `nil` unless the mode is ``BondMode/lacp``.
  public var hasLACPPartner: Bool? {
    mode == .lacp ? aggregator?.partner != nil : nil
  }
}

/// The ports of an 802.3ad bond that are in use together (`IFLA_BOND_AD_INFO_…`).
public struct BondAggregator: Sendable, Hashable {
  /// Its number within the bond.
  public var id: UInt16 = 0
  /// How many ports it has.
  public var ports: UInt16 = 0
  /// This end's key.
  public var actorKey: UInt16 = 0
  /// The other end's key.
  public var partnerKey: UInt16 = 0
  /// The other end's system address; `nil` while no partner answers.
  public var partner: MACAddress?

  /// An aggregator without ports and partner.
  public init() {}
}

/// How a bond spreads packets over its ports.
public struct BondMode: RawRepresentable, Sendable, Hashable {
  /// The kernel's number.
  public let rawValue: UInt8
  /// Makes a mode from the kernel's number.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// In turn.
  public static let balanceRoundRobin = Self(rawValue: 0)
  /// One port, the others wait.
  public static let activeBackup = Self(rawValue: 1)
  /// By hash.
  public static let balanceXor = Self(rawValue: 2)
  /// Every packet by every port.
  public static let broadcast = Self(rawValue: 3)
  /// Negotiated with the other end (802.3ad).
  public static let lacp = Self(rawValue: 4)
  /// By load, sending only.
  public static let balanceTransmit = Self(rawValue: 5)
  /// By load.
  public static let balanceLoad = Self(rawValue: 6)
}

extension BondMode: CustomStringConvertible {
  /// The mode as `ip` writes it.
  public var description: String {
    switch self {
    case .balanceRoundRobin: "balance-rr"
    case .activeBackup: "active-backup"
    case .balanceXor: "balance-xor"
    case .broadcast: "broadcast"
    case .lacp: "802.3ad"
    case .balanceTransmit: "balance-tlb"
    case .balanceLoad: "balance-alb"
    default: String(rawValue)
    }
  }
}

/// What a bond chooses a packet's port by.
public struct BondHashPolicy: RawRepresentable, Sendable, Hashable {
  /// The kernel's number.
  public let rawValue: UInt8
  /// Makes a policy from the kernel's number.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Ethernet addresses.
  public static let layer2 = Self(rawValue: 0)
  /// IP addresses and ports.
  public static let layer34 = Self(rawValue: 1)
  /// Ethernet and IP addresses.
  public static let layer23 = Self(rawValue: 2)
}

extension BondDetails: LinkAttributes {
  /// `IFLA_BOND_…`
  enum Attribute: UInt16 {
    case mode = 1
    case activePort = 2
    case carrierInterval = 3
    case upDelay = 4
    case downDelay = 5
    case arpInterval = 7
    case primaryPort = 11
    case hashPolicy = 14
    case minimumPorts = 18
    case lacpRate = 21
    case aggregator = 23
  }

  mutating func read(_ attribute: borrowing NetlinkAttribute) throws(WireError) -> Bool {
    let payload = attribute.payload
    switch Attribute(rawValue: attribute.type) {
    case .mode: mode = BondMode(rawValue: try payload.uint8())
    case .activePort: activePortIndex = try payload.interfaceIndex()
    case .primaryPort: primaryPortIndex = try payload.interfaceIndex()
    case .carrierInterval: carrierInterval = try payload.uint32()
    case .upDelay: upDelay = try payload.uint32()
    case .downDelay: downDelay = try payload.uint32()
    case .arpInterval: arpInterval = try payload.uint32()
    case .minimumPorts: minimumPorts = try payload.uint32()
    case .hashPolicy: hashPolicy = BondHashPolicy(rawValue: try payload.uint8())
    case .lacpRate: hasFastLACP = try payload.uint8() == 1
    case .aggregator: aggregator = try BondAggregator(attribute.nested)
    case nil: return false
    }
    return true
  }
}

extension BondAggregator {
  fileprivate init(_ attributes: consuming AttributeCursor) throws(WireError) {
    self.init()
    while let attribute = try attributes.next() {
      switch attribute.type {
      case 1: id = try attribute.payload.uint16()
      case 2: ports = try attribute.payload.uint16()
      case 3: actorKey = try attribute.payload.uint16()
      case 4: partnerKey = try attribute.payload.uint16()
      case 5:
        // All zeros: nobody answered.
        if let address = attribute.payload.macAddress(), !address.isZero { partner = address }
      default: break
      }
    }
  }
}
