/// What a bond's port says of itself (`IFLA_BOND_SLAVE_…` in linux/if_link.h).
public struct BondPortDetails: Sendable, Hashable {
  /// It waits in reserve rather than carrying packets.
  public var isBackup = false
  /// What the bond's checks found.
  public var carrierState = BondCarrierState.up
  /// How often its carrier was lost.
  public var failures: UInt32 = 0
  /// The Ethernet address that it had before it joined.
  public var permanentMACAddress: MACAddress?
  /// The aggregator that it belongs to (802.3ad).
  public var aggregatorID: UInt16?
  /// What this end says by LACP (802.3ad).
  public var actorState: LACPState?
  /// What the other end says by LACP (802.3ad).
  public var partnerState: LACPState?

  /// A port that carries packets.
  public init() {}

  /// LACP has come to an end with a partner: both ends are in step and carry packets; `nil` when the bond
  /// doesn't use LACP.
  public var isNegotiated: Bool? {
    guard let actorState, let partnerState else { return nil }
    return actorState.isCarrying && partnerState.isCarrying
      && actorState.isDisjoint(with: [.defaulted, .expired])
  }
}

/// What a bond's check of a port found (`BOND_LINK_…`).
public enum BondCarrierState: UInt8, Sendable, Hashable {
  /// Usable.
  case up = 0
  /// Just lost its carrier.
  case failing = 1
  /// Not usable.
  case down = 2
  /// Just got its carrier.
  case comingBack = 3
}

/// State of an LACP port (IEEE 802.1AX; `LACP_STATE_…` in linux/if_bonding.h).
public struct LACPState: OptionSet, Sendable, Hashable {
  /// The bits as they go over the wire.
  public let rawValue: UInt8
  /// Makes a state from its bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Sends without being asked.
  public static let active = Self(rawValue: 0x01)
  /// Wants to hear every second.
  public static let shortTimeout = Self(rawValue: 0x02)
  /// Can join others.
  public static let aggregatable = Self(rawValue: 0x04)
  /// In step with the other end.
  public static let inSync = Self(rawValue: 0x08)
  /// Takes packets in.
  public static let collecting = Self(rawValue: 0x10)
  /// Sends packets.
  public static let distributing = Self(rawValue: 0x20)
  /// Nothing was heard: assumes what was configured.
  public static let defaulted = Self(rawValue: 0x40)
  /// Nothing was heard for long.
  public static let expired = Self(rawValue: 0x80)

  /// In step, receiving and sending.
  public var isCarrying: Bool { isSuperset(of: [.inSync, .collecting, .distributing]) }
}

extension BondPortDetails: LinkAttributes {
  /// `IFLA_BOND_SLAVE_…`
  private enum Attribute: UInt16 {
    case state = 1
    case carrierState = 2
    case failures = 3
    case permanentAddress = 4
    case aggregatorID = 6
    case actorState = 7
    case partnerState = 8
  }

  mutating func read(_ attribute: borrowing NetlinkAttribute) throws(WireError) -> Bool {
    let payload = attribute.payload
    switch Attribute(rawValue: attribute.type) {
    case .state: isBackup = try payload.uint8() != 0
    case .carrierState: carrierState = BondCarrierState(rawValue: try payload.uint8()) ?? .down
    case .failures: failures = try payload.uint32()
    case .permanentAddress:
      permanentMACAddress = payload.macAddress()
      return permanentMACAddress != nil
    case .aggregatorID: aggregatorID = try payload.uint16()
    case .actorState: actorState = LACPState(rawValue: try payload.uint8())
    // The kernel gives these eight bits sixteen.
    case .partnerState: partnerState = LACPState(rawValue: UInt8(truncatingIfNeeded: try payload.uint16()))
    case nil: return false
    }
    return true
  }
}
