/// A virtual function of an SR-IOV card, as the card's physical function tells it (`IFLA_VFINFO_LIST` in
/// linux/if_link.h).
public struct VirtualFunction: Sendable, Hashable {
  /// Its number, from 0.
  public var index: UInt32
  /// Its Ethernet address, as the card's administrator set it; zeros if that wasn't done.
  public var macAddress: MACAddress?
  /// The VLAN that all of its packets are in; 0: none is set.
  public var vlanID: UInt32 = 0
  /// The priority in that VLAN's tag.
  public var vlanPriority: UInt32 = 0
  /// Ethernet type of that VLAN's tag.
  public var vlanTag = VLANTag.customer
  /// Packets with another source address are dropped; `nil`: the driver doesn't say.
  public var checksSource: Bool?
  /// It may change its address and listen to everything; `nil`: the driver doesn't say.
  public var isTrusted: Bool?
  /// What its link follows; `nil`: the driver doesn't say.
  public var linkState: VirtualFunctionLinkState?
  /// Least rate in Mbit/s; 0: none is promised.
  public var minimumRate: UInt32 = 0
  /// Largest rate in Mbit/s; 0: no limit.
  public var maximumRate: UInt32 = 0

  /// Makes a virtual function.
  public init(index: UInt32) {
    self.index = index
  }
}

/// What the link of a virtual function follows (`IFLA_VF_LINK_STATE_…`).
public enum VirtualFunctionLinkState: UInt32, Sendable, Hashable {
  /// The card's own link.
  case automatic = 0
  /// Always up.
  case up = 1
  /// Always down.
  case down = 2
}

extension VirtualFunction {
  /// `IFLA_VF_…`; the payload of each begins with the number of the function.
  private enum Attribute: UInt16 {
    case macAddress = 1
    case vlan = 2
    case sourceCheck = 4
    case linkState = 5
    case rate = 6
    case trust = 9
    case vlanList = 12
  }

  /// `IFLA_VF_INFO`, and in it `IFLA_VF_VLAN_INFO`
  private static let item: UInt16 = 1

  /// Reads an `IFLA_VFINFO_LIST`. What drivers don't say is all ones.
  static func list(_ attributes: consuming AttributeCursor) throws(WireError) -> [VirtualFunction] {
    var functions: [VirtualFunction] = []
    while let attribute = try attributes.next() {
      guard attribute.type == item else { continue }
      var function = VirtualFunction(index: 0)
      var nested = attribute.nested
      while let attribute = try nested.next() { try function.read(attribute) }
      functions.append(function)
    }
    return functions
  }

  private mutating func read(_ attribute: borrowing NetlinkAttribute) throws(WireError) {
    let payload = attribute.payload
    guard let kind = Attribute(rawValue: attribute.type) else { return }
    switch kind {
    case .macAddress:
      index = try payload.uint32(at: 0)
      // The longest address that there is has 32 bytes; an Ethernet address takes the first six.
      macAddress = try payload.slice(4, count: 6).macAddress()
    case .vlan:
      vlanID = try payload.uint32(at: 4)
      vlanPriority = try payload.uint32(at: 8)
    case .sourceCheck: checksSource = Self.flag(try payload.uint32(at: 4))
    case .trust: isTrusted = Self.flag(try payload.uint32(at: 4))
    case .linkState: linkState = VirtualFunctionLinkState(rawValue: try payload.uint32(at: 4))
    case .rate:
      minimumRate = try payload.uint32(at: 4)
      maximumRate = try payload.uint32(at: 8)
    case .vlanList:
      var nested = attribute.nested
      while let attribute = try nested.next() {
        guard attribute.type == Self.item else { continue }
        vlanTag = VLANTag(rawValue: UInt16(bigEndian: try attribute.payload.uint16(at: 12)))
      }
    }
  }

  private static func flag(_ number: UInt32) -> Bool? {
    number == .max ? nil : number != 0
  }
}
