/// What a program on the bus answered, or another message that came meanwhile.
struct BusReply: Sendable, Equatable {
  /// What kind of message it is (D-Bus specification, "Message Types"): 2 METHOD_RETURN, 3 ERROR, others are passed over.
  var type: UInt8 = 0
  /// The call that it answers.
  var replySerial: UInt32?
  /// An error's name.
  var errorName: String?
  /// The first value of the body, if it is of a type that this program knows.
  var value: BusValue?

  /// As much as a message may have that is taken: answers have some hundred bytes.
  static let sizeLimit = 1 << 16
  /// What has to be there to tell a message's size.
  static let fixedSize = 16

  /// The size of the message that begins so, or nil for one that isn't taken.
  static func size(of start: ArraySlice<UInt8>) -> Int? {
    var reader = BusReader(Array(start))
    // Every bus of this host writes in the host's own order, which is little-endian where this program runs.
    guard reader.byte() == UInt8(ascii: "l"), reader.skip(3), let body = reader.number(),
      reader.number() != nil, let fields = reader.number()
    else { return nil }
    let header = (fixedSize + Int(fields) + 7) / 8 * 8
    let size = header + Int(body)
    return size <= sizeLimit ? size : nil
  }

  /// Reads a whole message; nil when it isn't well formed.
  init?(_ message: [UInt8]) {
    var reader = BusReader(message)
    guard reader.skip(1), let type = reader.byte(), reader.skip(2), reader.number() != nil,
      reader.number() != nil, let fields = reader.number()
    else { return nil }
    self.type = type
    let end = Self.fixedSize + Int(fields)
    guard end <= message.count else { return nil }
    var bodySignature = ""
    while reader.position < end {
      guard reader.align(to: 8), let code = reader.byte(), let signature = reader.signature(),
        let value = reader.value(of: signature)
      else { return nil }
      switch (code, value) {
      case (4, .string(let name)): errorName = name
      case (5, .uint32(let serial)): replySerial = serial
      case (8, .string(let signature)): bodySignature = signature
      default: break
      }
    }
    guard reader.align(to: 8) else { return nil }
    value = bodySignature.first.flatMap { reader.value(of: String($0)) }
  }
}

/// Reads values one after the other; nil where there isn't what was asked for.
struct BusReader {
  private let bytes: [UInt8]
  private(set) var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func skip(_ count: Int) -> Bool {
    guard count >= 0, bytes.count - position >= count else { return false }
    position += count
    return true
  }

  mutating func align(to size: Int) -> Bool { skip((size - position % size) % size) }

  mutating func byte() -> UInt8? { skip(1) ? bytes[position - 1] : nil }

  mutating func number() -> UInt32? {
    guard align(to: 4), skip(4) else { return nil }
    return bytes[position - 4..<position].reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  mutating func signature() -> String? { byte().flatMap { text(Int($0)) } }

  /// A value of one of the types that this program knows, and a signature as text.
  mutating func value(of signature: String) -> BusValue? {
    switch signature {
    case "s": number().flatMap { text(Int($0)) }.map(BusValue.string)
    case "o": number().flatMap { text(Int($0)) }.map(BusValue.objectPath)
    case "g": self.signature().map(BusValue.string)
    case "u": number().map(BusValue.uint32)
    case "b": number().map { .boolean($0 != 0) }
    default: nil
    }
  }

  /// Text of a length, with the zero that ends it.
  private mutating func text(_ length: Int) -> String? {
    guard skip(length), byte() == 0 else { return nil }
    return String(decoding: bytes[position - 1 - length..<position - 1], as: UTF8.self)
  }
}
