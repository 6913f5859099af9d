/// Address attributes (`IFA_…` in linux/if_addr.h).
enum AddressAttribute: UInt16 {
  case address = 1
  case local = 2
  case label = 3
  case broadcast = 4
  case cacheInfo = 6
  case flags = 8
  case routeMetric = 9
  case addressProtocol = 11
}

extension Address {
  /// `RTM_NEWADDR`
  static let messageType: UInt16 = 20
  /// `RTM_DELADDR`
  static let deleteType: UInt16 = 21
  /// `RTM_GETADDR`
  static let getType: UInt16 = 22
  /// `struct ifaddrmsg`
  static let headerSize = 8

  /// Reads a message; `nil` if it is about something else or an address of another family.
  init?(_ message: borrowing NetlinkMessage) throws(WireError) {
    guard message.header.type == Self.messageType else { return nil }
    let payload = message.payload
    guard let family = AddressFamily(rawValue: try payload.uint8(at: 0)) else { return nil }
    let length = Int(try payload.uint8(at: 1))
    self.init(
      linkIndex: Int(try payload.int32(at: 4)), prefix: .all(family),
      scope: RouteScope(rawValue: try payload.uint8(at: 3)),
      flags: AddressFlags(rawValue: UInt32(try payload.uint8(at: 2))))

    var address: IPAddress?
    var local: IPAddress?
    var attributes = AttributeCursor(try payload.suffix(from: Self.headerSize))
    while let attribute = try attributes.next() {
      let payload = attribute.payload
      switch AddressAttribute(rawValue: attribute.type) {
      case .address: address = try payload.address(family)
      case .local: local = try payload.address(family)
      case .broadcast: broadcast = try payload.address(family)
      case .label: label = payload.text()
      case .flags: flags = AddressFlags(rawValue: try payload.uint32())
      case .routeMetric: routeMetric = try payload.uint32()
      case .addressProtocol: addressProtocol = try payload.uint8()
      case .cacheInfo:
        // struct ifa_cacheinfo: preferred, valid and two time stamps; all ones mean for ever.
        preferredLifetime = Self.lifetime(try payload.uint32(at: 0))
        validLifetime = Self.lifetime(try payload.uint32(at: 4))
      case nil: otherAttributes.append(attribute)
      }
    }
    // With IFA_LOCAL, IFA_ADDRESS is the peer; without it (IPv6), it's the interface's own.
    guard let own = local ?? address, let prefix = IPPrefix(own, length: length) else {
      throw WireError(offset: payload.offset + 1, reason: .outOfRange(length))
    }
    self.prefix = prefix
    if let local, let address, local != address { peer = address }
  }

  private static func lifetime(_ seconds: UInt32) -> UInt32? {
    seconds == .max ? nil : seconds
  }
}
