/// What the kernel expects an attribute to be (`enum netlink_attribute_type` and `enum netlink_policy_type_attr` in
/// linux/netlink.h): how a value was wrong that it refused.
public struct AttributePolicy: Sendable, Hashable {
  /// The kernel's number of the type (`NL_ATTR_TYPE_…`).
  public var type: UInt32?
  /// The smallest and the largest number that are allowed.
  public var range: Range?
  /// The fewest bytes that are allowed.
  public var minimumLength: UInt32?
  /// The most bytes that are allowed.
  public var maximumLength: UInt32?
  /// The bits that are allowed.
  public var mask: UInt64?

  /// Bounds of a number.
  public enum Range: Sendable, Hashable {
    /// Of a signed number.
    case signed(Int64?, Int64?)
    /// Of an unsigned number.
    case unsigned(UInt64?, UInt64?)
  }

  /// Reads the attributes of an `NLMSGERR_ATTR_POLICY`. What isn't understood is passed over: it is an explanation.
  init(_ attributes: RawAttributes) {
    var signed: (Int64?, Int64?) = (nil, nil)
    var unsigned: (UInt64?, UInt64?) = (nil, nil)
    attributes.forEach { attribute in
      let payload = attribute.payload
      switch attribute.type {
      case 1: type = try? payload.uint32()
      case 2: signed.0 = payload.wide.map(Int64.init(bitPattern:))
      case 3: signed.1 = payload.wide.map(Int64.init(bitPattern:))
      case 4: unsigned.0 = payload.wide
      case 5: unsigned.1 = payload.wide
      case 6: minimumLength = try? payload.uint32()
      case 7: maximumLength = try? payload.uint32()
      case 10: mask = (try? payload.uint32()).map(UInt64.init)
      case 12: mask = payload.wide
      default: break
      }
    }
    if signed.0 != nil || signed.1 != nil {
      range = .signed(signed.0, signed.1)
    } else if unsigned.0 != nil || unsigned.1 != nil {
      range = .unsigned(unsigned.0, unsigned.1)
    }
  }

  /// In the order of the kernel's numbers.
  private static let names = [
    "nothing", "a flag", "a u8", "a u16", "a u32", "a u64", "an s8", "an s16", "an s32", "an s64", "bytes",
    "text",
    "text ended by NUL", "nested attributes", "an array of nested attributes", "a 32-bit field with mask",
    "a signed number", "an unsigned number",
  ]
}

extension WireReader {
  /// A 64-bit number in the host's byte order, if the payload is exactly that.
  fileprivate var wide: UInt64? { count == 8 ? bytes.load(UInt64.self, at: 0) : nil }
}

extension AttributePolicy: CustomStringConvertible {
  /// What is expected, as in "a u32 from 68 to 65535".
  public var description: String {
    var text = "a value"
    if let type {
      text = Self.names.indices.contains(Int(type)) ? Self.names[Int(type)] : "a value of type \(type)"
    }
    switch range {
    case .signed(let low, let high): text += Self.bounds(low, high)
    case .unsigned(let low, let high): text += Self.bounds(low, high)
    case nil: break
    }
    if minimumLength != nil || maximumLength != nil {
      text += Self.bounds(minimumLength, maximumLength, "bytes ") + " long"
    }
    if let mask { text += " within the bits 0x" + String(mask, radix: 16) }
    return text
  }

  private static func bounds(
    _ low: (some FixedWidthInteger)?, _ high: (some FixedWidthInteger)?, _ unit: String = ""
  ) -> String {
    let unit = unit.isEmpty ? "" : " " + unit.dropLast()
    return switch (low, high) {
    case (let low?, let high?): " from \(low) to \(high)" + unit
    case (let low?, nil): " from \(low)" + unit
    case (nil, let high?): " up to \(high)" + unit
    case (nil, nil): ""
    }
  }
}
