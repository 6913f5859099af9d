/// Writing the wire format.
extension Array where Element == UInt8 {
  /// Adds a number in the host's byte order.
  mutating func append<Value: FixedWidthInteger>(_ value: Value) {
    for shift in stride(from: 0, to: Value.bitWidth, by: 8) {
      #if _endian(little)
      append(UInt8(truncatingIfNeeded: value >> shift))
      #else
      append(UInt8(truncatingIfNeeded: value >> (Value.bitWidth - 8 - shift)))
      #endif
    }
  }

  /// Replaces a 16-bit number in the host's byte order.
  mutating func replace(_ value: UInt16, at position: Int) {
    var bytes: [UInt8] = []
    bytes.append(value)
    replaceSubrange(position..<position + bytes.count, with: bytes)
  }

  /// Replaces a 32-bit number in the host's byte order.
  mutating func replace(_ value: UInt32, at position: Int) {
    var bytes: [UInt8] = []
    bytes.append(value)
    replaceSubrange(position..<position + bytes.count, with: bytes)
  }

  /// Adds zeros until the size is a multiple of `alignment`.
  mutating func pad(to alignment: Int) {
    append(contentsOf: repeatElement(0, count: aligned(count, to: alignment) - count))
  }
}
