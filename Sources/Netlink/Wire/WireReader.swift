/// Bytes of a datagram together with where they lie in it: every read is bounds-checked once and says at
/// which offset of the datagram it failed.
public struct WireReader: ~Escapable {
  /// The bytes.
  public let bytes: RawSpan
  /// Where the first of them lies in the datagram.
  public let offset: Int

  /// Makes a reader of bytes that begin at `offset` of their datagram.
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan, offset: Int = 0) {
    self.bytes = bytes
    self.offset = offset
  }

  /// How many bytes there are.
  public var count: Int { bytes.byteCount }

  /// The bytes from `position` on, no more than `count`.
  @_lifetime(copy self)
  public func slice(_ position: Int, count: Int) throws(WireError) -> WireReader {
    try check(position, count)
    return WireReader(bytes.extracting(position..<position + count), offset: offset + position)
  }

  /// All bytes from `position` on.
  @_lifetime(copy self)
  public func suffix(from position: Int) throws(WireError) -> WireReader {
    try check(position, 0)
    return WireReader(bytes.extracting(position..<count), offset: offset + position)
  }

  /// A byte.
  public func uint8(at position: Int) throws(WireError) -> UInt8 {
    try check(position, 1)
    return bytes.load(UInt8.self, at: position)
  }

  /// A 16-bit number in the host's byte order.
  public func uint16(at position: Int) throws(WireError) -> UInt16 {
    try check(position, 2)
    return bytes.load(UInt16.self, at: position)
  }

  /// A 32-bit number in the host's byte order.
  public func uint32(at position: Int) throws(WireError) -> UInt32 {
    try check(position, 4)
    return bytes.load(UInt32.self, at: position)
  }

  /// A signed 32-bit number in the host's byte order.
  public func int32(at position: Int) throws(WireError) -> Int32 {
    Int32(bitPattern: try uint32(at: position))
  }

  private func check(_ position: Int, _ needed: Int) throws(WireError) {
    let available = (0...count).contains(position) ? count - position : 0
    guard position >= 0, needed >= 0, position <= count, needed <= available else {
      // What lies beyond the end is missing at the end, however far a length field pointed.
      let end = min(max(position, 0), count)
      let missing = needed &+ max(position &- end, 0)
      throw WireError(offset: offset + end, reason: .truncated(needed: missing, available: available))
    }
  }
}
