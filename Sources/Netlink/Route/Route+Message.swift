/// Route attributes (`RTA_…` in linux/rtnetlink.h).
enum RouteAttribute: UInt16 {
  case destination = 1
  case source = 2
  case outputInterface = 4
  case gateway = 5
  case metric = 6
  case preferredSource = 7
  case metrics = 8
  case multipath = 9
  case cacheInfo = 12
  case table = 15
  case via = 18
  case preference = 20
  case encapsulationType = 21
  case nextHopID = 30
}

extension Route {
  /// `RTM_NEWROUTE`
  static let messageType: UInt16 = 24
  /// `RTM_DELROUTE`
  static let deleteType: UInt16 = 25
  /// `RTM_GETROUTE`
  static let getType: UInt16 = 26
  /// `struct rtmsg`
  static let headerSize = 12

  /// Reads a message; `nil` if it is about something else or a route of another family.
  init?(_ message: borrowing NetlinkMessage) throws(WireError) {
    guard message.header.type == Self.messageType else { return nil }
    let payload = message.payload
    guard let family = AddressFamily(rawValue: try payload.uint8(at: 0)) else { return nil }
    self.init(
      to: .all(family),
      table: RouteTable(rawValue: UInt32(try payload.uint8(at: 4))),
      type: RouteType(rawValue: try payload.uint8(at: 7)),
      scope: RouteScope(rawValue: try payload.uint8(at: 6)),
      routeProtocol: RouteProtocol(rawValue: try payload.uint8(at: 5)),
      flags: RouteFlags(rawValue: try payload.uint32(at: 8)))
    let destinationLength = Int(try payload.uint8(at: 1))
    let sourceLength = Int(try payload.uint8(at: 2))
    typeOfService = try payload.uint8(at: 3)
    destination = try Self.prefix(destination.address, destinationLength, at: payload.offset + 1)
    if sourceLength > 0 {
      source = try Self.prefix(IPPrefix.all(family).address, sourceLength, at: payload.offset + 2)
    }

    var attributes = AttributeCursor(try payload.suffix(from: Self.headerSize))
    while let attribute = try attributes.next() {
      let payload = attribute.payload
      switch RouteAttribute(rawValue: attribute.type) {
      case .destination:
        destination = try Self.prefix(try payload.address(family), destinationLength, at: payload.offset)
      case .source:
        source = try Self.prefix(try payload.address(family), sourceLength, at: payload.offset)
      case .outputInterface: outputIndex = try payload.interfaceIndex()
      case .gateway: gateway = try payload.address(family)
      case .via: gateway = try payload.via()
      case .metric: metric = try payload.uint32()
      case .preferredSource: preferredSource = try payload.address(family)
      case .table: table = RouteTable(rawValue: try payload.uint32())
      case .preference: preference = try payload.uint8()
      case .nextHopID: nextHopID = try payload.uint32()
      case .multipath: nextHops = try NextHop.list(payload, family: family)
      case .metrics: metrics = try RouteMetrics(attribute.nested)
      case .cacheInfo:
        // Counters and ages: two readings of one route would never be equal.
        break
      case .encapsulationType, nil: otherAttributes.append(attribute)
      }
    }
  }

  private static func prefix(
    _ address: IPAddress, _ length: Int, at offset: Int
  ) throws(WireError) -> IPPrefix {
    guard let prefix = IPPrefix(address, length: length) else {
      throw WireError(offset: offset, reason: .outOfRange(length))
    }
    return prefix
  }
}

extension NextHop {
  /// `struct rtnexthop`
  private static let headerSize = 8

  /// Reads the paths of an `RTA_MULTIPATH`: each has a header with its own length, then attributes.
  static func list(_ bytes: WireReader, family: AddressFamily) throws(WireError) -> [NextHop] {
    var nextHops: [NextHop] = []
    var position = 0
    while bytes.count - position >= headerSize {
      let length = Int(try bytes.uint16(at: position))
      let available = bytes.count - position
      guard length >= headerSize else {
        throw WireError(offset: bytes.offset + position, reason: .lengthTooSmall(length))
      }
      guard length <= available else {
        throw WireError(
          offset: bytes.offset + position, reason: .lengthTooLarge(length, available: available))
      }
      nextHops.append(try NextHop(try bytes.slice(position, count: length), family: family))
      position = min(bytes.count, position + aligned(length, to: NetlinkAttribute.alignment))
    }
    return nextHops
  }

  private init(_ bytes: WireReader, family: AddressFamily) throws(WireError) {
    let index = Int(try bytes.int32(at: 4))
    // The kernel counts the weight from 0.
    self.init(
      outputIndex: index == 0 ? nil : index, weight: Int(try bytes.uint8(at: 3)) + 1,
      flags: RouteFlags(rawValue: UInt32(try bytes.uint8(at: 2))))
    var attributes = AttributeCursor(try bytes.suffix(from: Self.headerSize))
    while let attribute = try attributes.next() {
      switch RouteAttribute(rawValue: attribute.type) {
      case .gateway: gateway = try attribute.payload.address(family)
      case .via: gateway = try attribute.payload.via()
      default: otherAttributes.append(attribute)
      }
    }
  }
}

extension WireReader {
  /// The gateway of `struct rtvia`: an address of a family that isn't the route's; `nil` for families that
  /// this library doesn't read.
  func via() throws(WireError) -> IPAddress? {
    let number = try uint16(at: 0)
    guard let family = AddressFamily.allCases.first(where: { $0.rawValue == number }) else { return nil }
    return try suffix(from: 2).address(family)
  }
}
