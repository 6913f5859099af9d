internal import Netlink

/// The attribute that messages travel in, and the module's mistake in it.
///
/// A message of the family is a netlink header, a generic netlink header (command 1), and one attribute of type 1.
/// Of an answer, the attribute's length doesn't count its own four bytes (linux/vr_genetlink.c of tf-vrouter): by the
/// rules the last four bytes of the payload would be cut off.
enum VRouterPayload {
  static let command: UInt8 = 1
  static let attribute: UInt16 = 1
  private static let headerSize = 4

  /// The bytes of sandesh's messages in an answer.
  static func read(_ message: borrowing NetlinkMessage, of family: GenericFamily) throws(WireError)
    -> [UInt8]?
  {
    guard let message = try family.message(message) else { return nil }
    let length = Int(try message.payload.uint16(at: 0))
    let type = try message.payload.uint16(at: 2)
    guard type == attribute else {
      throw WireError(offset: message.payload.offset + 2, reason: .outOfRange(Int(type)))
    }
    // What the whole message holds tells how its length was counted, since the two ways differ by a multiple of
    // what messages are padded to.
    let isByTheRules = length >= headerSize && aligned(length) == aligned(message.payload.count)
    let payload = try message.payload.slice(
      headerSize, count: isByTheRules ? length - headerSize : length)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(payload.count)
    for index in 0..<payload.count { bytes.append(try payload.uint8(at: index)) }
    return bytes
  }

  /// A request as the module's own tools send it: unpadded, with version 0.
  static func request(
    _ operation: String, on subject: String?, to family: GenericFamily, _ bytes: [UInt8]
  ) -> NetlinkRequest {
    var family = family
    family.version = 0
    var request = family.request(operation, on: subject, command: command)
    request.append(headerSize + bytes.count, as: UInt16.self)
    request.append(attribute)
    request.append(bytes: bytes)
    return request
  }

  private static func aligned(_ length: Int) -> Int { (length + 3) & ~3 }
}
