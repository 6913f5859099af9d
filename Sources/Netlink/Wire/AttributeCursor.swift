/// One attribute: a type and a payload, which may hold attributes in turn (`struct nlattr` in
/// linux/netlink.h).
public struct NetlinkAttribute: ~Escapable {
  /// The type, without the two flag bits.
  public let type: UInt16
  /// The sender marked the payload as attributes (`NLA_F_NESTED`). Most of the kernel doesn't.
  public let isMarkedNested: Bool
  /// The sender marked the payload as big-endian (`NLA_F_NET_BYTEORDER`).
  public let isNetworkByteOrder: Bool
  /// The payload, without padding.
  public let payload: WireReader
  /// Header and payload, without padding.
  let whole: WireReader

  /// Walks the attributes that the payload holds.
  public var nested: AttributeCursor {
    @_lifetime(copy self)
    get { AttributeCursor(payload) }
  }

  @_lifetime(copy whole)
  init(rawType: UInt16, whole: WireReader) throws(WireError) {
    type = rawType & ~Self.flags
    isMarkedNested = rawType & Self.nestedFlag != 0
    isNetworkByteOrder = rawType & Self.networkByteOrderFlag != 0
    payload = try whole.suffix(from: Self.headerSize)
    self.whole = whole
  }

  static let headerSize = 4
  static let alignment = 4
  static let nestedFlag: UInt16 = 1 << 15
  static let networkByteOrderFlag: UInt16 = 1 << 14
  static let flags = nestedFlag | networkByteOrderFlag
}

/// Walks the attributes of a message or of an attribute. It ends or throws after a bounded number of steps,
/// whatever the bytes are: every attribute takes at least its header. One to three bytes after the last
/// attribute are padding and are ignored, as the kernel itself does.
public struct AttributeCursor: ~Escapable {
  private let bytes: WireReader
  private var position = 0

  /// Makes a cursor at the first attribute.
  @_lifetime(copy bytes)
  public init(_ bytes: WireReader) {
    self.bytes = bytes
  }

  /// The next attribute; `nil` at the end.
  @_lifetime(copy self)
  public mutating func next() throws(WireError) -> NetlinkAttribute? {
    let available = bytes.count - position
    guard available >= NetlinkAttribute.headerSize else { return nil }
    let length = Int(try bytes.uint16(at: position))
    let rawType = try bytes.uint16(at: position + 2)
    guard length >= NetlinkAttribute.headerSize else {
      throw WireError(offset: bytes.offset + position, reason: .lengthTooSmall(length))
    }
    guard length <= available else {
      throw WireError(
        offset: bytes.offset + position, reason: .lengthTooLarge(length, available: available))
    }
    let whole = try bytes.slice(position, count: length)
    position = min(bytes.count, position + aligned(length, to: NetlinkAttribute.alignment))
    return try NetlinkAttribute(rawType: rawType, whole: whole)
  }
}
