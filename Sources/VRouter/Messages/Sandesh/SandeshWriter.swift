/// Writes a message of sandesh's binary encoding.
public struct SandeshWriter: SandeshCoder {
  private var bytes: [UInt8] = []

  /// Begins a message.
  public init(_ name: String) {
    append(Array(name.utf8))
  }

  /// The message.
  public var finished: [UInt8] { bytes + [0] }

  /// Writes a field as it is: with its type, and its value in the bytes that it has on the wire.
  public mutating func append(_ number: UInt16, type: UInt8, value: some Sequence<UInt8>) {
    bytes.append(type)
    append(number)
    bytes += value
  }

  /// Writes a number.
  public mutating func code<Value: SandeshInteger>(_ number: UInt16, _ value: inout Value) {
    append(number, type: Value.sandeshType, value: [])
    append(value)
  }

  /// Writes a list.
  public mutating func code<Value: SandeshInteger>(_ number: UInt16, _ values: inout [Value]) {
    append(number, type: SandeshType.list.rawValue, value: [Value.sandeshType])
    append(UInt32(clamping: values.count))
    for value in values { append(value) }
  }

  /// Writes text.
  public mutating func code(_ number: UInt16, _ text: inout String) {
    append(number, type: SandeshType.string.rawValue, value: [])
    append(Array(text.utf8))
  }

  private mutating func append(_ counted: [UInt8]) {
    append(UInt32(clamping: counted.count))
    bytes += counted
  }

  private mutating func append(_ value: some FixedWidthInteger) {
    for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }
}
