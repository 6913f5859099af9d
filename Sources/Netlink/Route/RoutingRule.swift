/// A rule that says which routing table a packet's route is looked up in (`ip rule`; linux/fib_rules.h).
///
/// The rules of a family are gone through by ``priority``, lowest first. The first whose selectors all match
/// and whose table has a route to the destination decides.
public struct RoutingRule: Sendable, Hashable {
  /// Family of the packets.
  public var family: AddressFamily
  /// Lower ones come first; the kernel's own are 0 (local), 32766 (main) and 32767 (default).
  public var priority: UInt32
  /// What happens to packets that it matches.
  public var action: RuleAction
  /// The table that is looked up; `nil` for actions other than ``RuleAction/lookUp`` and for ``usesVRFTable``.
  public var table: RouteTable?
  /// Only packets from there; `nil`: from anywhere.
  public var source: IPPrefix?
  /// Only packets to there; `nil`: to anywhere.
  public var destination: IPPrefix?
  /// Only packets that came in by the interface of this name; `lo` stands for this host's own.
  public var inputInterface: String?
  /// Only packets of sockets that are bound to the interface of this name.
  public var outputInterface: String?
  /// Only packets whose mark is this one within ``markMask``; `nil`: any.
  public var mark: UInt32?
  /// The bits of the mark that are compared; `nil`: all, or there is no mark to compare.
  public var markMask: UInt32?
  /// Only packets with this type of service (IPv4) or traffic class (IPv6); 0: any.
  public var typeOfService: UInt8 = 0
  /// Only packets with this differentiated services code point (6.12 and later); `nil`: any.
  public var codePoint: UInt8?
  /// Only packets of this IP protocol, such as 6 for TCP (4.17 and later); `nil`: any.
  public var ipProtocol: UInt8?
  /// Only packets from these ports (4.17 and later); `nil`: any.
  public var sourcePorts: ClosedRange<UInt16>?
  /// Only packets to these ports (4.17 and later); `nil`: any.
  public var destinationPorts: ClosedRange<UInt16>?
  /// Only packets of these users' sockets (4.10 and later); `nil`: any.
  public var userIDs: ClosedRange<UInt32>?
  /// Only packets of the tunnel with this number; `nil`: any.
  public var tunnelID: UInt64?
  /// Priority of the rule to go on with, for ``RuleAction/goTo``.
  public var goToPriority: UInt32?
  /// Routes whose destination's prefix isn't longer than this are passed over; `nil`: none is.
  public var suppressedPrefixLength: Int?
  /// Routes by interfaces of this group are passed over; `nil`: none is.
  public var suppressedGroup: UInt32?
  /// Realms given to packets (IPv4); `nil`: none.
  public var realms: UInt32?
  /// The table is that of the VRF which the packet's interface belongs to (`FRA_L3MDEV`).
  public var usesVRFTable = false
  /// Inverted, permanent and so on.
  public var flags: RuleFlags
  /// Who added it (4.17 and later).
  public var ruleProtocol: RouteProtocol = .unspecified
  /// Attributes that this library doesn't read, as they came.
  public var otherAttributes = RawAttributes()

  /// Makes a rule that looks up a table for every packet of a family.
  public init(
    _ family: AddressFamily, priority: UInt32, action: RuleAction = .lookUp, table: RouteTable? = .main,
    flags: RuleFlags = []
  ) {
    self.family = family
    self.priority = priority
    self.action = action
    self.table = action == .lookUp ? table : nil
    self.flags = flags
  }

  /// It matches the packets that its selectors do **not** describe (`ip rule add not …`).
  public var isInverted: Bool { flags.contains(.inverted) }

  /// It matches every packet: no selector is set, and none that this library doesn't know.
  public var matchesEverything: Bool {
    !isInverted && !usesVRFTable && source == nil && destination == nil && inputInterface == nil
      && outputInterface == nil && mark == nil && typeOfService == 0 && codePoint == nil
      && ipProtocol == nil && sourcePorts == nil && destinationPorts == nil && userIDs == nil
      && tunnelID == nil && otherAttributes.isEmpty
  }

  /// The rules that the kernel makes for a family by itself: local, main and (IPv4) default.
  public static func kernelDefaults(_ family: AddressFamily) -> [RoutingRule] {
    var rules = [
      RoutingRule(family, priority: 0, table: .local), RoutingRule(family, priority: 32766, table: .main),
    ]
    if family == .ipv4 { rules.append(RoutingRule(family, priority: 32767, table: .default)) }
    return rules
  }
}

/// What a rule does with packets (`FR_ACT_…` in linux/fib_rules.h).
public struct RuleAction: RawRepresentable, Sendable, Hashable {
  /// The kernel's number.
  public let rawValue: UInt8
  /// Makes an action from the kernel's number.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Their route is looked up in a table.
  public static let lookUp = Self(rawValue: 1)
  /// The rules go on at another priority.
  public static let goTo = Self(rawValue: 2)
  /// Nothing: the next rule is tried.
  public static let none = Self(rawValue: 3)
  /// Dropped silently.
  public static let blackhole = Self(rawValue: 6)
  /// Refused as unreachable.
  public static let unreachable = Self(rawValue: 7)
  /// Refused as prohibited.
  public static let prohibit = Self(rawValue: 8)
}

extension RuleAction: CustomStringConvertible {
  /// The action as `ip` writes it.
  public var description: String {
    switch self {
    case .lookUp: "lookup"
    case .goTo: "goto"
    case .none: "nop"
    case .blackhole: "blackhole"
    case .unreachable: "unreachable"
    case .prohibit: "prohibit"
    default: String(rawValue)
    }
  }
}

/// Flags of a rule (`FIB_RULE_…` in linux/fib_rules.h).
public struct RuleFlags: OptionSet, Sendable, Hashable {
  /// The kernel's bits.
  public let rawValue: UInt32
  /// Makes flags from the kernel's bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The kernel's own, not to be deleted (`FIB_RULE_PERMANENT`).
  public static let permanent = Self(rawValue: 0x1)
  /// Matches what the selectors don't describe (`FIB_RULE_INVERT`).
  public static let inverted = Self(rawValue: 0x2)
  /// The rule to go on with doesn't exist (`FIB_RULE_UNRESOLVED`).
  public static let unresolved = Self(rawValue: 0x4)
  /// The input interface doesn't exist: nothing matches (`FIB_RULE_IIF_DETACHED`).
  public static let inputInterfaceMissing = Self(rawValue: 0x8)
  /// The output interface doesn't exist: nothing matches (`FIB_RULE_OIF_DETACHED`).
  public static let outputInterfaceMissing = Self(rawValue: 0x10)
}
