/// Link attributes (`IFLA_…` in linux/if_link.h).
enum LinkAttribute: UInt16 {
  case address = 1
  case name = 3
  case mtu = 4
  case lower = 5
  case statistics = 7
  case master = 10
  case operationalState = 16
  case linkInfo = 18
  case virtualFunctionCount = 21
  case virtualFunctions = 22
  case statistics64 = 23
  case familyDetails = 26
  case extensionMask = 29
  case carrier = 33
  case lowerNamespaceID = 37
  case expressDataPath = 43
  case properties = 52
  case alternativeName = 53
  case permanentAddress = 54
  case parentDevice = 56
  case parentBus = 57
}

/// Attributes within `IFLA_LINKINFO`.
enum LinkInfoAttribute: UInt16 {
  case kind = 1
  case data = 2
  case portKind = 4
  case portData = 5
}

extension Link {
  /// `RTM_NEWLINK`
  static let messageType: UInt16 = 16
  /// `RTM_DELLINK`
  static let deleteType: UInt16 = 17
  /// `RTM_GETLINK`
  static let getType: UInt16 = 18
  /// `struct ifinfomsg`
  static let headerSize = 16

  /// Reads a message; `nil` if it is about something else.
  init?(_ message: borrowing NetlinkMessage, keepingUnread: Bool = true) throws(WireError) {
    guard message.header.type == Self.messageType else { return nil }
    let payload = message.payload
    // AF_BRIDGE messages are about a bridge's port, not about the interface.
    guard try payload.uint8(at: 0) == 0 else { return nil }
    self.init(
      index: Int(try payload.int32(at: 4)), name: "",
      hardwareType: HardwareType(rawValue: try payload.uint16(at: 2)),
      flags: LinkFlags(rawValue: try payload.uint32(at: 8)))
    try read(try payload.suffix(from: Self.headerSize), keepingUnread: keepingUnread)
  }

  private mutating func read(_ bytes: WireReader, keepingUnread: Bool) throws(WireError) {
    // Hosts have thousands of links with some fifty attributes each: what is kept apart is put there once, and
    // neighbours that are kept as they came are copied together.
    var rest = LinkRest.Values()
    var attributes = AttributeCursor(bytes)
    var kept = 0..<0
    while let attribute = try attributes.next() {
      let start = attribute.whole.offset - bytes.offset
      let isRead = try read(attribute, &rest)
      if !isRead, keepingUnread {
        kept = (kept.isEmpty ? start : kept.lowerBound)..<start + attribute.whole.count
      }
      // Padding is not copied: what lies there is nothing that anybody said.
      if isRead || kept.count % NetlinkAttribute.alignment != 0 {
        try rest.otherAttributes.append(bytes, kept)
        kept = 0..<0
      }
    }
    try rest.otherAttributes.append(bytes, kept)
    self.rest = LinkRest(rest)
  }

  /// Reads an attribute.
  ///
  /// - Returns: false if it is to be kept as it came.
  private mutating func read(
    _ attribute: borrowing NetlinkAttribute, _ rest: inout LinkRest.Values
  ) throws(WireError) -> Bool {
    let payload = attribute.payload
    switch LinkAttribute(rawValue: attribute.type) {
    case .name: name = payload.text()
    case .mtu: mtu = Int(try payload.uint32())
    case .lower: lowerIndex = try payload.interfaceIndex()
    case .lowerNamespaceID:
      // -1: the namespace has no number here.
      lowerNamespaceID = Int(try payload.int32())
    case .master: masterIndex = try payload.interfaceIndex()
    case .operationalState: operationalState = OperationalState(rawValue: try payload.uint8()) ?? .unknown
    case .carrier: carrier = try payload.uint8() != 0
    case .linkInfo: try readLinkInfo(attribute, &rest)
    case .virtualFunctionCount: rest.virtualFunctionCount = Int(try payload.uint32())
    case .virtualFunctions: rest.virtualFunctions = try VirtualFunction.list(attribute.nested)
    case .properties: try rest.readProperties(attribute.nested)
    case .parentDevice: rest.parentDevice = payload.text()
    case .parentBus: rest.parentBus = payload.text()
    case .expressDataPath: rest.hasXDPProgram = try Self.isXDPAttached(attribute.nested)
    case .address:
      macAddress = payload.macAddress()
      // Other sizes, such as InfiniBand's and tunnels', are kept as they are.
      return macAddress != nil || payload.count == 0
    case .permanentAddress:
      permanentMACAddress = payload.macAddress()
      return permanentMACAddress != nil || payload.count == 0
    case .statistics, .statistics64, .familyDetails:
      // They change all the time: two readings of one link would never be equal.
      break
    case .extensionMask, .alternativeName, nil: return false
    }
    return true
  }

  /// `IFLA_XDP`: of its attributes the second (`IFLA_XDP_ATTACHED`) says by which way a program is attached; 0 is none.
  private static func isXDPAttached(_ attributes: consuming AttributeCursor) throws(WireError) -> Bool {
    while let attribute = try attributes.next() {
      if attribute.type == 2 { return try attribute.payload.uint8() != 0 }
    }
    return false
  }

  private mutating func readLinkInfo(
    _ info: borrowing NetlinkAttribute, _ rest: inout LinkRest.Values
  ) throws(WireError) {
    // What the data means depends on the kind, which needn't come first.
    var kinds = info.nested
    while let attribute = try kinds.next() {
      switch LinkInfoAttribute(rawValue: attribute.type) {
      case .kind: kind = attribute.payload.text()
      case .portKind: rest.portKind = attribute.payload.text()
      case .data, .portData, nil: break
      }
    }
    var attributes = info.nested
    while let attribute = try attributes.next() {
      switch LinkInfoAttribute(rawValue: attribute.type) {
      case .data:
        rest.details = try LinkDetails(kind: kind ?? "", attribute.nested, unread: &rest.kindAttributes)
      case .portData:
        rest.portDetails = try PortDetails(
          kind: rest.portKind ?? "", attribute.nested, unread: &rest.portAttributes)
      case .kind, .portKind, nil: break
      }
    }
  }

}

extension LinkRest.Values {
  fileprivate mutating func readProperties(_ attributes: consuming AttributeCursor) throws(WireError) {
    while let attribute = try attributes.next() {
      if LinkAttribute(rawValue: attribute.type) == .alternativeName {
        alternativeNames.append(attribute.payload.text())
      }
    }
  }
}
