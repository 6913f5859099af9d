/// What a VXLAN tunnel says of itself (`IFLA_VXLAN_…` in linux/if_link.h).
public struct VXLANDetails: Sendable, Hashable {
  /// The VXLAN's number: 0 to 2^24 − 1.
  public var id: UInt32
  /// Index of the interface that its packets leave by; `nil`: as routes say.
  public var lowerIndex: Int?
  /// The other end, or the group of the other ends; `nil`: neither is set.
  public var remote: IPAddress?
  /// Source address of its packets; `nil`: as routes say.
  public var local: IPAddress?
  /// UDP port of the other end.
  public var port: UInt16
  /// Other ends are learned from the packets that come from them.
  public var learns: Bool
  /// Number and other end come with each packet (`external`).
  public var isExternal: Bool

  /// Makes the details of a VXLAN tunnel; 4789 is the port of RFC 7348, while the kernel's own default is 8472.
  public init(
    id: UInt32 = 0, lowerIndex: Int? = nil, remote: IPAddress? = nil, local: IPAddress? = nil,
    port: UInt16 = 4789, learns: Bool = true, isExternal: Bool = false
  ) {
    self.id = id
    self.lowerIndex = lowerIndex
    self.remote = remote
    self.local = local
    self.port = port
    self.learns = learns
    self.isExternal = isExternal
  }
}

extension VXLANDetails: LinkAttributes {
  /// `IFLA_VXLAN_…`
  enum Attribute: UInt16 {
    case id = 1
    case group = 2
    case lower = 3
    case local = 4
    case learns = 7
    case port = 15
    case groupIPv6 = 16
    case localIPv6 = 17
    case external = 25
  }

  init() { self.init(id: 0) }

  mutating func read(_ attribute: borrowing NetlinkAttribute) throws(WireError) -> Bool {
    let payload = attribute.payload
    switch Attribute(rawValue: attribute.type) {
    case .id: id = try payload.uint32()
    case .lower: lowerIndex = try payload.interfaceIndex()
    case .group: remote = try payload.address(.ipv4)
    case .groupIPv6: remote = try payload.address(.ipv6)
    case .local: local = try payload.address(.ipv4)
    case .localIPv6: local = try payload.address(.ipv6)
    case .port: port = UInt16(bigEndian: try payload.uint16())
    case .learns: learns = try payload.uint8() != 0
    case .external: isExternal = try payload.uint8() != 0
    case nil: return false
    }
    return true
  }
}
