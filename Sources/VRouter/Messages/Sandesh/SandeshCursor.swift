internal import Netlink

/// Walks bytes of sandesh's binary encoding. It ends or throws after a number of steps that the bytes' count bounds, and
/// makes nothing of a count before the bytes for it are there.
struct SandeshCursor: ~Escapable {
  /// Nothing that is sent goes deeper than a list of structures.
  private static let deepest = 8

  private let bytes: WireReader
  /// Where the next byte lies.
  private(set) var position = 0

  @_lifetime(copy bytes)
  init(_ bytes: RawSpan, at position: Int = 0) {
    self.bytes = WireReader(bytes)
    self.position = position
  }

  var isAtEnd: Bool { position >= bytes.count }

  /// Passes over so many bytes and tells where they lie.
  mutating func take(_ count: Int) throws(SandeshError) -> Range<Int> {
    let available = max(0, bytes.count - position)
    guard count <= available else {
      throw SandeshError(offset: position, .truncated(needed: count, available: available))
    }
    defer { position += count }
    return position..<position + count
  }

  /// The next number.
  mutating func number<Value: FixedWidthInteger>(_: Value.Type) throws(SandeshError) -> Value {
    let range = try take(Value.bitWidth / 8)
    var value: Value = 0
    for index in range {
      value = value << (Value.bitWidth > 8 ? 8 : 0) | Value(truncatingIfNeeded: try byte(at: index))
    }
    return value
  }

  private func byte(at index: Int) throws(SandeshError) -> UInt8 {
    do throws(WireError) {
      return try bytes.uint8(at: index)
    } catch {
      throw SandeshError(offset: index, .truncated(needed: 1, available: 0))
    }
  }

  /// Passes over a value and tells where it lies.
  mutating func skip(_ type: UInt8, depth: Int = 0) throws(SandeshError) -> Range<Int> {
    let start = position
    guard let known = SandeshType(rawValue: type) else {
      throw SandeshError(offset: start, .unknownType(type))
    }
    guard depth < Self.deepest else { throw SandeshError(offset: start, .tooDeep) }
    if let size = known.size {
      _ = try take(size)
    } else {
      switch known {
      case .structure:
        while let field = try fieldHead() { _ = try skip(field.type, depth: depth + 1) }
      case .list: try skipList(depth)
      default: _ = try take(Int(try number(UInt32.self)))
      }
    }
    return start..<position
  }

  private mutating func skipList(_ depth: Int) throws(SandeshError) {
    let type = try number(UInt8.self)
    let count = Int(try number(UInt32.self))
    // A list of nothing may call it what it likes.
    guard count > 0 else { return }
    if let size = SandeshType(rawValue: type)?.size {
      _ = try take(count * size)
    } else {
      // Each takes a byte at least, so that a count without the bytes for it ends soon.
      for _ in 0..<count { _ = try skip(type, depth: depth + 1) }
    }
  }

  /// A field's type and number; nil at the end of the fields.
  mutating func fieldHead() throws(SandeshError) -> (type: UInt8, number: UInt16)? {
    let type = try number(UInt8.self)
    guard type != 0 else { return nil }
    return (type, try number(UInt16.self))
  }
}
