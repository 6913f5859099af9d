/// The only places where the wire format is read without the type system's help.
extension RawSpan {
  /// An integer at a position. The standard library traps if it doesn't lie within the span; callers check
  /// first and throw instead.
  func load<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type, at position: Int) -> Value {
    // Every bit pattern is a valid fixed-width integer, and alignment doesn't matter to an unaligned load.
    unsafe unsafeLoadUnaligned(fromByteOffset: position, as: type)
  }

  /// A copy of the bytes.
  func array() -> [UInt8] {
    // The pointer doesn't leave the closure.
    unsafe withUnsafeBytes { unsafe Array($0) }
  }

  /// The bytes as text; what isn't UTF-8 is replaced.
  func text() -> String {
    // The pointer doesn't leave the closure.
    unsafe withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// Adds a copy of the bytes to an array.
  func append(to array: inout [UInt8]) {
    // The pointer doesn't leave the closure.
    unsafe withUnsafeBytes { unsafe array.append(contentsOf: $0) }
  }
}

extension MutableRawSpan {
  /// Copies as many bytes as fit to the front.
  @_lifetime(self: copy self)
  mutating func copy(_ bytes: [UInt8]) {
    let fitting = bytes.prefix(byteCount)
    // No more bytes than there is room for; the pointer doesn't leave the closure.
    unsafe withUnsafeMutableBytes { unsafe $0.copyBytes(from: fitting) }
  }
}

extension Array where Element == UInt8 {
  /// The elements as raw bytes.
  var rawSpan: RawSpan {
    @_lifetime(borrow self)
    borrowing get {
      // A byte has no padding.
      let span = span
      return unsafe _overrideLifetime(span.bytes, borrowing: self)
    }
  }
}
