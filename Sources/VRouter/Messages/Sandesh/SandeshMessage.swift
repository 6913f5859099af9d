/// A message of sandesh's binary encoding, whose fields are known by number and type only.
///
/// Thrift's binary encoding without headers, big-endian (sandesh/library/c/protocol/thrift_binary_protocol.c of
/// tf-common): u32 length and bytes of the name; fields, each a byte for its type, i16 for its number, and the value; a
/// zero byte. Everything is kept, also what nobody here knows.
public struct SandeshMessage: Sendable, Equatable {
  /// A field, and where its value lies in the message.
  public struct Field: Sendable, Equatable {
    /// Its number.
    public let number: UInt16
    /// Its type on the wire.
    public let type: UInt8
    /// The bytes of its value in ``SandeshMessage/bytes``.
    public let range: Range<Int>
  }

  /// The message as it is on the wire.
  public let bytes: [UInt8]
  /// Its name; what isn't UTF-8 is replaced.
  public let name: String
  /// Its fields, in their order.
  public let fields: [Field]

  /// Reads all messages that lie back to back.
  public static func decode(_ payload: [UInt8]) throws(SandeshError) -> [SandeshMessage] {
    var messages: [SandeshMessage] = []
    var position = 0
    while position < payload.count {
      let message = try SandeshMessage(payload, at: position)
      position += message.bytes.count
      messages.append(message)
    }
    return messages
  }

  /// Reads the message that begins at a position.
  private init(_ payload: [UInt8], at start: Int) throws(SandeshError) {
    let span = payload.span
    // A byte has no padding, so that all of them are to be read.
    var cursor = unsafe SandeshCursor(span.bytes, at: start)
    let name = try cursor.take(Int(try cursor.number(UInt32.self)))
    var fields: [Field] = []
    while let head = try cursor.fieldHead() {
      let range = try cursor.skip(head.type)
      fields.append(
        Field(
          number: head.number, type: head.type,
          range: range.lowerBound - start..<range.upperBound - start))
    }
    self.name = String(decoding: payload[name], as: UTF8.self)
    self.fields = fields
    bytes = Array(payload[start..<cursor.position])
  }

  /// A number that a field holds; nil if there is none of that type.
  public func number<Value: SandeshInteger>(_ number: UInt16, as _: Value.Type) -> Value? {
    guard let range = value(number, Value.sandeshType) else { return nil }
    return Self.read(bytes[range])
  }

  /// A text that a field holds; what isn't UTF-8 is replaced.
  public func text(_ number: UInt16) -> String? {
    // Behind its length.
    value(number, SandeshType.string.rawValue).map {
      String(decoding: bytes[$0].dropFirst(4), as: UTF8.self)
    }
  }

  /// A list of numbers that a field holds; nil if there is none with elements of that type.
  public func list<Value: SandeshInteger>(_ number: UInt16, of _: Value.Type) -> [Value]? {
    guard let range = value(number, SandeshType.list.rawValue), let type = bytes[range].first else {
      return nil
    }
    // Behind the type of its elements and their count.
    let elements = bytes[range].dropFirst(5)
    guard type == Value.sandeshType || elements.isEmpty else { return nil }
    let size = Value.bitWidth / 8
    return stride(from: elements.startIndex, to: elements.endIndex, by: size).map {
      Self.read(elements[$0..<$0 + size])
    }
  }

  /// Where the value of a field lies. Of several with one number and type, the last holds, as in the kernel.
  private func value(_ number: UInt16, _ type: UInt8) -> Range<Int>? {
    fields.last { $0.number == number && $0.type == type }?.range
  }

  private static func read<Value: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>) -> Value {
    bytes.reduce(0) { $0 << (Value.bitWidth > 8 ? 8 : 0) | Value(truncatingIfNeeded: $1) }
  }
}
