/// What the kernel says about a refused request beyond its errno (`enum nlmsgerr_attrs` in linux/netlink.h).
public struct ExtendedAck: Sendable, Hashable {
  /// The kernel's sentence.
  public var message: String?
  /// Byte offset in the request of the attribute that was refused.
  public var offset: Int?
  /// Type of the attribute at ``offset``, taken from the request.
  public var attributeType: UInt16?
  /// Type of an attribute that is missing in the request (6.0 and later).
  public var missingType: UInt16?
  /// Byte offset in the request of the attribute in which one is missing; `nil` is the message itself.
  public var missingInside: Int?
  /// What the kernel expected of the attribute: nested attributes as in `NL_POLICY_TYPE_ATTR_…` (5.8 and later).
  public var policy: RawAttributes?

  /// What ``policy`` comes to.
  public var expected: AttributePolicy? { policy.map { AttributePolicy($0) } }

  /// Says nothing.
  public init() {}

  /// Nothing was said.
  public var isEmpty: Bool { self == ExtendedAck() }

  private enum Attribute: UInt16 {
    case message = 1
    case offset = 2
    case policy = 4
    case missingType = 5
    case missingNest = 6
  }

  /// Reads the attributes that follow an ERROR or DONE.
  init(_ attributes: consuming AttributeCursor, request: [UInt8]) throws(WireError) {
    while let attribute = try attributes.next() {
      switch Attribute(rawValue: attribute.type) {
      case .message: message = attribute.payload.text()
      case .offset: offset = Int(try attribute.payload.uint32())
      case .missingType: missingType = UInt16(truncatingIfNeeded: try attribute.payload.uint32())
      case .missingNest: missingInside = Int(try attribute.payload.uint32())
      case .policy:
        var kept = RawAttributes()
        var nested = attribute.nested
        while let attribute = try nested.next() { kept.append(attribute) }
        policy = kept
      case nil: break
      }
    }
    if let offset, offset >= MessageHeader.size {
      // An offset beyond the request says nothing about it.
      let request = WireReader(request.rawSpan)
      attributeType = (try? request.uint16(at: offset + 2)).map { $0 & ~NetlinkAttribute.flags }
    }
  }
}

extension ExtendedAck: CustomStringConvertible {
  /// One line for people.
  public var description: String {
    var parts: [String] = []
    if let message { parts.append("the kernel says \"\(message.printable)\"") }
    if let offset {
      parts.append("at byte \(offset) of the request" + (attributeType.map { " (attribute \($0))" } ?? ""))
    }
    if let expected { parts.append("it expects \(expected)") }
    if let missingType {
      let place = missingInside.map { " inside the one at byte \($0)" } ?? ""
      parts.append("attribute \(missingType) is missing\(place)")
    }
    return parts.joined(separator: ", ")
  }
}

extension String {
  /// The text with control characters replaced, so that what comes from outside can't forge log lines.
  var printable: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.map { scalar in
          switch scalar.properties.generalCategory {
          case .control, .format, .lineSeparator, .paragraphSeparator: "\u{fffd}"
          default: scalar
          }
        }))
  }
}
