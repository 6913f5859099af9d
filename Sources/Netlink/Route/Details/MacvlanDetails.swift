/// What a macvlan or macvtap says of itself (`IFLA_MACVLAN_…` in linux/if_link.h).
public struct MacvlanDetails: Sendable, Hashable {
  /// Whom it can talk to.
  public var mode: MacvlanMode

  /// Makes the details of a macvlan.
  public init(mode: MacvlanMode = .vepa) {
    self.mode = mode
  }
}

/// Whom a macvlan can talk to (`MACVLAN_MODE_…`).
public struct MacvlanMode: RawRepresentable, Sendable, Hashable {
  /// The kernel's number.
  public let rawValue: UInt32
  /// Makes a mode from the kernel's number.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Not to the others on the same interface.
  public static let `private` = Self(rawValue: 1)
  /// To the others by way of the switch outside.
  public static let vepa = Self(rawValue: 2)
  /// To the others directly.
  public static let bridge = Self(rawValue: 4)
  /// It is the only one on the interface.
  public static let passthru = Self(rawValue: 8)
  /// Packets from given Ethernet addresses are its own.
  public static let source = Self(rawValue: 16)
}

/// What an ipvlan or ipvtap says of itself (`IFLA_IPVLAN_…` in linux/if_link.h).
public struct IPVLANDetails: Sendable, Hashable {
  /// At which layer packets are passed on.
  public var mode: IPVLANMode
  /// Bridge (0), private (1) or VEPA (2) (`IPVLAN_F_…`).
  public var flags: UInt16

  /// Makes the details of an ipvlan.
  public init(mode: IPVLANMode = .layer3, flags: UInt16 = 0) {
    self.mode = mode
    self.flags = flags
  }
}

/// At which layer an ipvlan passes packets on (`IPVLAN_MODE_…`).
public struct IPVLANMode: RawRepresentable, Sendable, Hashable {
  /// The kernel's number.
  public let rawValue: UInt16
  /// Makes a mode from the kernel's number.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Layer 2.
  public static let layer2 = Self(rawValue: 0)
  /// Layer 3.
  public static let layer3 = Self(rawValue: 1)
  /// Layer 3, and through the host's packet filter.
  public static let layer3Symmetric = Self(rawValue: 2)
}

extension MacvlanDetails: LinkAttributes {
  /// `IFLA_MACVLAN_MODE`
  static let modeAttribute: UInt16 = 1

  init() { self.init(mode: .vepa) }

  mutating func read(_ attribute: borrowing NetlinkAttribute) throws(WireError) -> Bool {
    guard attribute.type == Self.modeAttribute else { return false }
    mode = MacvlanMode(rawValue: try attribute.payload.uint32())
    return true
  }
}

extension IPVLANDetails: LinkAttributes {
  /// `IFLA_IPVLAN_…`
  enum Attribute: UInt16 {
    case mode = 1
    case flags = 2
  }

  init() { self.init(mode: .layer3) }

  mutating func read(_ attribute: borrowing NetlinkAttribute) throws(WireError) -> Bool {
    switch Attribute(rawValue: attribute.type) {
    case .mode: mode = IPVLANMode(rawValue: try attribute.payload.uint16())
    case .flags: flags = try attribute.payload.uint16()
    case nil: return false
    }
    return true
  }
}
