/// Rule attributes (`FRA_…` in linux/fib_rules.h).
enum RuleAttribute: UInt16 {
  case destination = 1
  case source = 2
  case inputInterface = 3
  case goTo = 4
  case priority = 6
  case mark = 10
  case realms = 11
  case tunnelID = 12
  case suppressedGroup = 13
  case suppressedPrefixLength = 14
  case table = 15
  case markMask = 16
  case outputInterface = 17
  case padding = 18
  case usesVRFTable = 19
  case userIDs = 20
  case ruleProtocol = 21
  case ipProtocol = 22
  case sourcePorts = 23
  case destinationPorts = 24
  case codePoint = 25
}

extension RoutingRule {
  /// `RTM_NEWRULE`
  static let messageType: UInt16 = 32
  /// `RTM_DELRULE`
  static let deleteType: UInt16 = 33
  /// `RTM_GETRULE`
  static let getType: UInt16 = 34
  /// `struct fib_rule_hdr`
  static let headerSize = 12

  /// Reads a message; `nil` if it is about something else or a rule of another family.
  init?(_ message: borrowing NetlinkMessage) throws(WireError) {
    guard message.header.type == Self.messageType else { return nil }
    let payload = message.payload
    // Multicast routing has rules of its own, under numbers that aren't address families.
    guard let family = AddressFamily(rawValue: try payload.uint8(at: 0)) else { return nil }
    self.init(
      family, priority: 0, action: RuleAction(rawValue: try payload.uint8(at: 7)),
      table: RouteTable(rawValue: UInt32(try payload.uint8(at: 4))),
      flags: RuleFlags(rawValue: try payload.uint32(at: 8)))
    typeOfService = try payload.uint8(at: 3)
    let destinationLength = Int(try payload.uint8(at: 1))
    let sourceLength = Int(try payload.uint8(at: 2))
    // A length without an address stands for that many zero bits.
    destination = try Self.prefix(family, destinationLength, at: payload.offset + 1)
    source = try Self.prefix(family, sourceLength, at: payload.offset + 2)

    var attributes = AttributeCursor(try payload.suffix(from: Self.headerSize))
    while let attribute = try attributes.next() {
      let payload = attribute.payload
      switch RuleAttribute(rawValue: attribute.type) {
      case .destination: destination = try payload.prefix(family, length: destinationLength)
      case .source: source = try payload.prefix(family, length: sourceLength)
      case .table: table = RouteTable(rawValue: try payload.uint32())
      case .padding: break
      case nil: otherAttributes.append(attribute)
      default: try readSelector(attribute)
      }
    }
    // A mark of 0 isn't sent, but a mask is sent wherever a mark is compared.
    if markMask != nil, mark == nil { mark = 0 }
    if markMask == .max { markMask = nil }
    // A goto's target and an action without a table leave the table at 0.
    if action != .lookUp || table?.rawValue == 0 { table = nil }
  }

  private mutating func readSelector(_ attribute: borrowing NetlinkAttribute) throws(WireError) {
    let payload = attribute.payload
    switch RuleAttribute(rawValue: attribute.type) {
    case .priority: priority = try payload.uint32()
    case .inputInterface: inputInterface = payload.text()
    case .outputInterface: outputInterface = payload.text()
    case .goTo: goToPriority = try payload.uint32()
    case .mark: mark = try payload.uint32()
    case .markMask: markMask = try payload.uint32()
    case .realms: realms = try payload.uint32()
    case .tunnelID: tunnelID = UInt64(bigEndian: try payload.uint64())
    case .suppressedGroup: suppressedGroup = Self.unlessAllOnes(try payload.uint32())
    case .suppressedPrefixLength:
      suppressedPrefixLength = Self.unlessAllOnes(try payload.uint32()).map(Int.init)
    case .usesVRFTable: usesVRFTable = try payload.uint8() != 0
    case .ruleProtocol: ruleProtocol = RouteProtocol(rawValue: try payload.uint8())
    case .ipProtocol: ipProtocol = try payload.uint8()
    case .codePoint: codePoint = try payload.uint8()
    case .sourcePorts: sourcePorts = try payload.range(UInt16.self)
    case .destinationPorts: destinationPorts = try payload.range(UInt16.self)
    case .userIDs: userIDs = try payload.range(UInt32.self)
    case .destination, .source, .table, .padding, nil: break
    }
  }

  private static func prefix(
    _ family: AddressFamily, _ length: Int, at offset: Int
  ) throws(WireError) -> IPPrefix? {
    guard length > 0 else { return nil }
    guard let prefix = IPPrefix(IPPrefix.all(family).address, length: length) else {
      throw WireError(offset: offset, reason: .outOfRange(length))
    }
    return prefix
  }

  private static func unlessAllOnes(_ number: UInt32) -> UInt32? {
    number == .max ? nil : number
  }
}
