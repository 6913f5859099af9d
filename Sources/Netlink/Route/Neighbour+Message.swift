/// Neighbour attributes (`NDA_…` in linux/neighbour.h).
enum NeighbourAttribute: UInt16 {
  case address = 1
  case linkLayerAddress = 2
  case cacheInfo = 3
  case probes = 4
  case linkIndex = 8
  case neighbourProtocol = 12
}

extension Neighbour {
  /// `RTM_NEWNEIGH`
  static let messageType: UInt16 = 28
  /// `RTM_DELNEIGH`
  static let deleteType: UInt16 = 29
  /// `RTM_GETNEIGH`
  static let getType: UInt16 = 30
  /// `struct ndmsg`
  static let headerSize = 12

  /// Reads a message; `nil` if it is about something else, such as a bridge's table of MAC addresses.
  init?(_ message: borrowing NetlinkMessage) throws(WireError) {
    guard message.header.type == Self.messageType else { return nil }
    let payload = message.payload
    guard let family = AddressFamily(rawValue: try payload.uint8(at: 0)) else { return nil }
    self.init(
      IPPrefix.all(family).address, linkIndex: Int(try payload.int32(at: 4)),
      state: NeighbourState(rawValue: try payload.uint16(at: 8)),
      flags: NeighbourFlags(rawValue: try payload.uint8(at: 10)),
      type: RouteType(rawValue: try payload.uint8(at: 11)))
    var address: IPAddress?
    var attributes = AttributeCursor(try payload.suffix(from: Self.headerSize))
    while let attribute = try attributes.next() {
      let payload = attribute.payload
      switch NeighbourAttribute(rawValue: attribute.type) {
      case .address: address = try payload.address(family)
      case .linkLayerAddress: linkLayerAddress = payload.bytes.array()
      case .probes: probes = try payload.uint32()
      case .neighbourProtocol: neighbourProtocol = RouteProtocol(rawValue: try payload.uint8())
      case .cacheInfo: break
      case .linkIndex, nil: otherAttributes.append(attribute)
      }
    }
    guard let address else { return nil }
    self.address = address
  }
}
