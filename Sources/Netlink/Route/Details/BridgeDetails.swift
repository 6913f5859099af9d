/// What a bridge says of itself (`IFLA_BR_…` in linux/if_link.h). Its timers are left out.
public struct BridgeDetails: Sendable, Hashable {
  /// It takes part in the spanning tree.
  public var usesSpanningTree = false
  /// It tells packets apart by their VLANs.
  public var filtersVLANs = false
  /// How long a port listens and learns before it forwards, in hundredths of a second.
  public var forwardDelay: UInt32 = 0
  /// How long an address is remembered, in hundredths of a second.
  public var ageingTime: UInt32 = 0

  /// A bridge.
  public init() {}
}

/// What a bridge's port says of itself (`IFLA_BRPORT_…` in linux/if_link.h). Its timers are left out.
public struct BridgePortDetails: Sendable, Hashable {
  /// Where the spanning tree has brought it.
  public var state = BridgePortState.disabled
  /// Its priority in the spanning tree.
  public var priority: UInt16 = 0
  /// Its cost in the spanning tree.
  public var cost: UInt32 = 0
  /// Packets may leave by the port that they came in by.
  public var isHairpin = false
  /// Packets don't pass between it and other isolated ports.
  public var isIsolated = false

  /// A port.
  public init() {}
}

/// State of a bridge's port (`BR_STATE_…` in linux/if_bridge.h).
public enum BridgePortState: UInt8, Sendable, Hashable {
  /// Not in use: the port or the bridge is down.
  case disabled = 0
  /// Waits for the spanning tree.
  case listening = 1
  /// Learns addresses, but forwards nothing yet.
  case learning = 2
  /// Forwards packets.
  case forwarding = 3
  /// Kept from forwarding by the spanning tree.
  case blocking = 4
}

extension BridgeDetails: LinkAttributes {
  /// `IFLA_BR_…`
  private enum Attribute: UInt16 {
    case forwardDelay = 1
    case ageingTime = 4
    case spanningTree = 5
    case filtersVLANs = 7
    case helloTimer = 16
    case changeNoticeTimer = 17
    case changeTimer = 18
    case cleanUpTimer = 19
  }

  mutating func read(_ attribute: borrowing NetlinkAttribute) throws(WireError) -> Bool {
    let payload = attribute.payload
    switch Attribute(rawValue: attribute.type) {
    case .forwardDelay: forwardDelay = try payload.uint32()
    case .ageingTime: ageingTime = try payload.uint32()
    case .spanningTree: usesSpanningTree = try payload.uint32() != 0
    case .filtersVLANs: filtersVLANs = try payload.uint8() != 0
    // Two readings of one bridge would never be equal.
    case .helloTimer, .changeNoticeTimer, .changeTimer, .cleanUpTimer: break
    case nil: return false
    }
    return true
  }
}

extension BridgePortDetails: LinkAttributes {
  /// `IFLA_BRPORT_…`
  private enum Attribute: UInt16 {
    case state = 1
    case priority = 2
    case cost = 3
    case hairpin = 4
    case messageAgeTimer = 21
    case forwardDelayTimer = 22
    case holdTimer = 23
    case isolated = 33
  }

  mutating func read(_ attribute: borrowing NetlinkAttribute) throws(WireError) -> Bool {
    let payload = attribute.payload
    switch Attribute(rawValue: attribute.type) {
    case .state: state = BridgePortState(rawValue: try payload.uint8()) ?? .disabled
    case .priority: priority = try payload.uint16()
    case .cost: cost = try payload.uint32()
    case .hairpin: isHairpin = try payload.uint8() != 0
    case .isolated: isIsolated = try payload.uint8() != 0
    case .messageAgeTimer, .forwardDelayTimer, .holdTimer: break
    case nil: return false
    }
    return true
  }
}
