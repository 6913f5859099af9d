/// Attribute payloads: the whole of the bytes is one value.
extension WireReader {
  /// A byte; the payload must be exactly that.
  public func uint8() throws(WireError) -> UInt8 {
    try expect(1)
    return try uint8(at: 0)
  }

  /// A 16-bit number in the host's byte order; the payload must be exactly that.
  public func uint16() throws(WireError) -> UInt16 {
    try expect(2)
    return try uint16(at: 0)
  }

  /// A 32-bit number in the host's byte order; the payload must be exactly that.
  public func uint32() throws(WireError) -> UInt32 {
    try expect(4)
    return try uint32(at: 0)
  }

  /// A signed 32-bit number in the host's byte order; the payload must be exactly that.
  public func int32() throws(WireError) -> Int32 {
    Int32(bitPattern: try uint32())
  }

  /// A 64-bit number in the host's byte order; the payload must be exactly that.
  public func uint64() throws(WireError) -> UInt64 {
    try expect(8)
    return bytes.load(UInt64.self, at: 0)
  }

  /// An interface index; 0 means none.
  public func interfaceIndex() throws(WireError) -> Int? {
    let index = try int32()
    return index == 0 ? nil : Int(index)
  }

  /// Text up to the first NUL or the end. What isn't UTF-8 is replaced, never a failure.
  public func text() -> String {
    var end = 0
    while end < count, bytes.load(UInt8.self, at: end) != 0 { end += 1 }
    return bytes.extracting(0..<end).text()
  }

  /// An IP address of a family; the payload must have that family's size.
  public func address(_ family: AddressFamily) throws(WireError) -> IPAddress {
    switch family {
    case .ipv4:
      try expect(4)
      return .v4(IPv4Address(rawValue: UInt32(bigEndian: bytes.load(UInt32.self, at: 0))))
    case .ipv6:
      try expect(16)
      return .v6(IPv6Address(rawValue: UInt128(bigEndian: bytes.load(UInt128.self, at: 0))))
    }
  }

  /// An Ethernet address; `nil` when the payload has another size, as InfiniBand's and tunnels' have.
  public func macAddress() -> MACAddress? {
    guard count == 6 else { return nil }
    let high = UInt16(bigEndian: bytes.load(UInt16.self, at: 0))
    let low = UInt32(bigEndian: bytes.load(UInt32.self, at: 2))
    return MACAddress(rawValue: UInt64(high) << 32 | UInt64(low))
  }

  func expect(_ size: Int) throws(WireError) {
    guard count == size else {
      throw WireError(offset: offset, reason: .wrongSize(count, expected: size))
    }
  }
}

/// Values that consist of two.
extension WireReader {
  /// An IP address that a length of its own belongs to; a length that the family doesn't have is refused.
  func prefix(_ family: AddressFamily, length: Int) throws(WireError) -> IPPrefix {
    guard let prefix = IPPrefix(try address(family), length: length) else {
      throw WireError(offset: offset, reason: .outOfRange(length))
    }
    return prefix
  }

  /// The first and the last number of a range, in the host's byte order. The wrong way round is refused.
  func range<Value: FixedWidthInteger & BitwiseCopyable>(
    _ type: Value.Type
  ) throws(WireError) -> ClosedRange<Value> {
    let size = MemoryLayout<Value>.size
    try expect(2 * size)
    let first = bytes.load(type, at: 0)
    let last = bytes.load(type, at: size)
    guard first <= last else {
      throw WireError(offset: offset, reason: .outOfRange(Int(truncatingIfNeeded: last)))
    }
    return first...last
  }
}
