/// A message of generic netlink (`struct genlmsghdr` in linux/genetlink.h).
public struct GenericMessage: ~Escapable {
  /// What the message is.
  public let command: UInt8
  /// Version of the family's protocol.
  public let version: UInt8
  /// The family's own header.
  public let header: WireReader
  /// What follows: attributes, of families that keep to the rules.
  public let payload: WireReader

  /// Walks the attributes.
  public var attributes: AttributeCursor {
    @_lifetime(copy self)
    get { AttributeCursor(payload) }
  }

  static let headerSize = 4

  /// Reads a message whose type says that it's one; `headerSize`: bytes of the family's own header.
  @_lifetime(copy message)
  init(_ message: borrowing NetlinkMessage, headerSize: Int = 0) throws(WireError) {
    command = try message.payload.uint8(at: 0)
    version = try message.payload.uint8(at: 1)
    // The kernel pads the header to four bytes.
    let end = Self.headerSize + aligned(headerSize, to: NetlinkAttribute.alignment)
    header = try message.payload.slice(Self.headerSize, count: headerSize)
    payload = try message.payload.suffix(from: end)
  }
}
