/// Attributes of nexthop objects (`NHA_…` in linux/nexthop.h).
enum NextHopObjectAttribute: UInt16 {
  case id = 1
  case group = 2
  case groupType = 3
  case blackhole = 4
  case outputInterface = 5
  case gateway = 6
  case encapsulationType = 7
  case tunnelEnd = 11
}

extension NextHopObject {
  /// `RTM_NEWNEXTHOP`
  static let messageType: UInt16 = 104
  /// `RTM_DELNEXTHOP`
  static let deleteType: UInt16 = 105
  /// `RTM_GETNEXTHOP`
  static let getType: UInt16 = 106
  /// `struct nhmsg`
  static let headerSize = 8

  /// Reads a message; `nil` if it is about something else.
  init?(_ message: borrowing NetlinkMessage) throws(WireError) {
    guard message.header.type == Self.messageType else { return nil }
    let payload = message.payload
    self.init(id: 0, family: AddressFamily(rawValue: try payload.uint8(at: 0)))
    scope = RouteScope(rawValue: try payload.uint8(at: 1))
    routeProtocol = RouteProtocol(rawValue: try payload.uint8(at: 2))
    flags = RouteFlags(rawValue: try payload.uint32(at: 4))
    var attributes = AttributeCursor(try payload.suffix(from: Self.headerSize))
    while let attribute = try attributes.next() {
      let payload = attribute.payload
      switch NextHopObjectAttribute(rawValue: attribute.type) {
      case .id: id = try payload.uint32()
      case .group: members = try Self.members(payload)
      case .groupType: groupType = GroupType(rawValue: try payload.uint16())
      case .blackhole: isBlackhole = true
      case .outputInterface: outputIndex = try payload.interfaceIndex()
      case .gateway:
        if let family { gateway = try payload.address(family) } else { otherAttributes.append(attribute) }
      case .tunnelEnd: isTunnelEnd = true
      case .encapsulationType, nil: otherAttributes.append(attribute)
      }
    }
  }

  /// Reads the `struct nexthop_grp` of a group: number, weight less one, its upper byte (6.12), unused.
  private static func members(_ bytes: WireReader) throws(WireError) -> [Member] {
    let size = 8
    guard bytes.count.isMultiple(of: size) else {
      throw WireError(
        offset: bytes.offset, reason: .wrongSize(bytes.count, expected: aligned(bytes.count, to: size)))
    }
    var members: [Member] = []
    for position in stride(from: 0, to: bytes.count, by: size) {
      let weight = Int(try bytes.uint8(at: position + 4)) | Int(try bytes.uint8(at: position + 5)) << 8
      members.append(Member(try bytes.uint32(at: position), weight: weight + 1))
    }
    return members
  }
}
