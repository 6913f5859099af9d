extension RawSpan {
  /// The bytes.
  var copy: [UInt8] { withUnsafeBytes { Array($0) } }
}

extension MutableRawSpan {
  /// Writes as many bytes as fit.
  mutating func fill(_ bytes: [UInt8]) {
    withUnsafeMutableBytes { $0.copyBytes(from: bytes.prefix($0.count)) }
  }
}

extension [UInt8] {
  /// A number as this machine writes it; 0 where there are too few bytes.
  func number<Value: FixedWidthInteger & BitwiseCopyable>(at position: Int) -> Value {
    guard position >= 0, position + MemoryLayout<Value>.size <= count else { return 0 }
    return withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: Value.self) }
  }

  /// Replaces a number; nothing happens where there are too few bytes.
  mutating func put<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, at position: Int) {
    guard position >= 0, position + MemoryLayout<Value>.size <= count else { return }
    withUnsafeMutableBytes { $0.storeBytes(of: value, toByteOffset: position, as: Value.self) }
  }

  /// Makes the messages of a datagram answers to a request, or to several in turn.
  mutating func address(to port: UInt32, _ sequences: [UInt32]) {
    var position = 0
    var number = 0
    while position + 16 <= count, !sequences.isEmpty {
      put(sequences[number % sequences.count], at: position + 8)
      put(port, at: position + 12)
      number += 1
      let length: UInt32 = self.number(at: position)
      position += Swift.max(16, (Int(length) + 3) & ~3)
    }
  }
}
