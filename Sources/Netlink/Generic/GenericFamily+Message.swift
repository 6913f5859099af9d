extension GenericFamily {
  /// Attributes of a family (`CTRL_ATTR_…` in linux/genetlink.h).
  enum Attribute: UInt16 {
    case id = 1
    case name = 2
    case version = 3
    case headerSize = 4
    case largestAttribute = 5
    case operations = 6
    case groups = 7
  }

  /// A family's own header isn't larger than this; the kernel's are 0 or a few bytes.
  private static let largestHeader: UInt32 = 4096

  /// Reads a message of the family that knows all families; `nil` if it is about something else.
  init?(_ message: borrowing NetlinkMessage) throws(WireError) {
    guard let message = try GenericFamily.control.message(message), message.command == Self.newFamily else {
      return nil
    }
    self.init(id: 0, name: "")
    var attributes = message.attributes
    while let attribute = try attributes.next() {
      let payload = attribute.payload
      switch Attribute(rawValue: attribute.type) {
      case .id: id = try payload.uint16()
      case .name: name = payload.text()
      case .version: version = try payload.uint32()
      case .headerSize:
        let size = try payload.uint32()
        guard size <= Self.largestHeader else {
          throw WireError(offset: payload.offset, reason: .outOfRange(Int(size)))
        }
        headerSize = Int(size)
      case .largestAttribute: largestAttribute = Int(try payload.uint32())
      case .operations:
        var list = attribute.nested
        while let attribute = try list.next() { operations.append(try Operation(attribute.nested)) }
      case .groups:
        var list = attribute.nested
        while let attribute = try list.next() { groups.append(try Group(attribute.nested)) }
      case nil: break
      }
    }
    // A family without a number would send its requests as NOOP.
    guard id >= Self.smallestID else {
      throw WireError(offset: message.payload.offset, reason: .outOfRange(Int(id)))
    }
  }

  /// The family that knows all families: the only one with a fixed number (`GENL_ID_CTRL`).
  static let control: GenericFamily = {
    var family = GenericFamily(id: 0x10, name: "nlctrl")
    family.version = 2
    return family
  }()
  /// `GENL_MIN_ID`
  private static let smallestID: UInt16 = 0x10
  /// `CTRL_CMD_NEWFAMILY`
  static let newFamily: UInt8 = 1
  /// `CTRL_CMD_GETFAMILY`
  static let getFamily: UInt8 = 3
}

/// `CTRL_ATTR_OP_…`
extension GenericFamily.Operation {
  fileprivate init(_ attributes: consuming AttributeCursor) throws(WireError) {
    self.init(command: 0)
    while let attribute = try attributes.next() {
      switch attribute.type {
      case 1: command = try attribute.payload.uint32()
      case 2: flags = GenericFamily.Flags(rawValue: try attribute.payload.uint32())
      default: break
      }
    }
  }
}

/// `CTRL_ATTR_MCAST_GRP_…`
extension GenericFamily.Group {
  fileprivate init(_ attributes: consuming AttributeCursor) throws(WireError) {
    self.init(name: "", id: 0)
    while let attribute = try attributes.next() {
      switch attribute.type {
      case 1: name = attribute.payload.text()
      case 2: id = try attribute.payload.uint32()
      default: break
      }
    }
  }
}
