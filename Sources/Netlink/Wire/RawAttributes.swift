/// Attributes kept as they came: those of which this library doesn't know the meaning.
public struct RawAttributes: Sendable, Hashable {
  /// The attributes one after the other, headers and padding included, as on the wire.
  public private(set) var bytes: [UInt8] = []

  /// Bytes that most links' need: 272 of a veth on Linux 6.18.
  private static let usualSize = 288

  /// No attributes.
  public init() {}

  /// There are none.
  public var isEmpty: Bool { bytes.isEmpty }

  /// The types, in order.
  public var types: [UInt16] {
    var types: [UInt16] = []
    forEach { types.append($0.type) }
    return types
  }

  /// The payload of the first attribute of a type.
  public subscript(type: UInt16) -> [UInt8]? {
    var found: [UInt8]?
    forEach { attribute in
      if found == nil, attribute.type == type { found = attribute.payload.bytes.array() }
    }
    return found
  }

  /// Calls `body` with each attribute in order.
  public func forEach(_ body: (borrowing NetlinkAttribute) -> Void) {
    var cursor = AttributeCursor(WireReader(bytes.rawSpan))
    // What lies here was written by `append` and can't be malformed.
    while let attribute = try? cursor.next() { body(attribute) }
  }

  mutating func append(_ attribute: borrowing NetlinkAttribute) {
    append(whole: attribute.whole)
  }

  /// Adds neighbours: what lies in a range of bytes, in which a cursor found nothing but attributes.
  mutating func append(_ attributes: WireReader, _ range: Range<Int>) throws(WireError) {
    guard !range.isEmpty else { return }
    append(whole: try attributes.slice(range.lowerBound, count: range.count))
  }

  private mutating func append(whole attributes: WireReader) {
    if bytes.isEmpty { bytes.reserveCapacity(Self.usualSize) }
    attributes.bytes.append(to: &bytes)
    if bytes.count % NetlinkAttribute.alignment != 0 { bytes.pad(to: NetlinkAttribute.alignment) }
  }
}

extension RawAttributes: CustomStringConvertible {
  /// The types with the sizes of their payloads, as in `[13: 4 bytes, 14: 32 bytes]`.
  public var description: String {
    var parts: [String] = []
    forEach { parts.append("\($0.type): \($0.payload.count) bytes") }
    return "[" + parts.joined(separator: ", ") + "]"
  }
}
