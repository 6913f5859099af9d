/// What a VLAN says of itself (`IFLA_VLAN_…` in linux/if_link.h). Priority maps stay unread.
public struct VLANDetails: Sendable, Hashable {
  /// The VLAN's number: 0 to 4095.
  public var id: UInt16
  /// Ethernet type of the tag.
  public var tag: VLANTag
  /// Header order, loose binding and so on.
  public var flags: VLANFlags

  /// Makes the details of a VLAN.
  public init(id: UInt16 = 0, tag: VLANTag = .customer, flags: VLANFlags = .reordersHeader) {
    self.id = id
    self.tag = tag
    self.flags = flags
  }
}

/// Ethernet type of a VLAN's tag.
public struct VLANTag: RawRepresentable, Sendable, Hashable {
  /// The Ethernet type.
  public let rawValue: UInt16
  /// Makes a tag from an Ethernet type.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// 802.1Q: what is meant by a VLAN.
  public static let customer = Self(rawValue: 0x8100)
  /// 802.1ad: the outer one of two.
  public static let service = Self(rawValue: 0x88a8)
}

/// Flags of a VLAN (`enum vlan_flags` in linux/if_vlan.h).
public struct VLANFlags: OptionSet, Sendable, Hashable {
  /// The kernel's bits.
  public let rawValue: UInt32
  /// Makes flags from the kernel's bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Packets look as if they had no tag; the default (`VLAN_FLAG_REORDER_HDR`).
  public static let reordersHeader = Self(rawValue: 0x01)
  /// Registered by GVRP (`VLAN_FLAG_GVRP`).
  public static let gvrp = Self(rawValue: 0x02)
  /// Its state doesn't follow that of the interface below (`VLAN_FLAG_LOOSE_BINDING`).
  public static let looseBinding = Self(rawValue: 0x04)
  /// Registered by MVRP (`VLAN_FLAG_MVRP`).
  public static let mvrp = Self(rawValue: 0x08)
  /// Its state follows the bridge ports of the VLAN (`VLAN_FLAG_BRIDGE_BINDING`).
  public static let bridgeBinding = Self(rawValue: 0x10)
}

extension VLANDetails: LinkAttributes {
  /// `IFLA_VLAN_…`
  enum Attribute: UInt16 {
    case id = 1
    case flags = 2
    case tag = 5
  }

  init() { self.init(id: 0) }

  mutating func read(_ attribute: borrowing NetlinkAttribute) throws(WireError) -> Bool {
    let payload = attribute.payload
    switch Attribute(rawValue: attribute.type) {
    case .id: id = try payload.uint16()
    // struct ifla_vlan_flags: the flags, and a mask that means nothing here.
    case .flags: flags = VLANFlags(rawValue: try payload.uint32(at: 0))
    case .tag: tag = VLANTag(rawValue: UInt16(bigEndian: try payload.uint16()))
    case nil: return false
    }
    return true
  }
}
