/// An Ethernet address.
public struct MACAddress: Sendable, Hashable {
  /// The address as a number below 2^48: `00:00:00:00:00:01` is 1.
  public let rawValue: UInt64

  /// Makes an address from its number; `nil` if it has more than 48 bits.
  public init?(rawValue: UInt64) {
    guard rawValue >> 48 == 0 else { return nil }
    self.rawValue = rawValue
  }

  /// Makes an address from its bytes; `nil` unless there are six.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 6 else { return nil }
    rawValue = bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The six bytes in the order in which they go over the wire.
  public var bytes: [UInt8] {
    stride(from: 40, through: 0, by: -8).map { UInt8(truncatingIfNeeded: rawValue >> UInt64($0)) }
  }

  /// All zeros: what loopback has.
  public var isZero: Bool { rawValue == 0 }
  /// The group bit is set: no interface has such an address of its own.
  public var isMulticast: Bool { rawValue >> 40 & 1 == 1 }
  /// Given by software rather than by the card's maker.
  public var isLocallyAdministered: Bool { rawValue >> 40 & 2 == 2 }
}

extension MACAddress: Comparable {
  /// Orders by number.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension MACAddress: LosslessStringConvertible {
  /// Reads six pairs of hexadecimal digits joined by colons; `nil` unless the whole text is that.
  public init?(_ description: String) {
    var reader = AddressTextReader(description)
    var value: UInt64 = 0
    for index in 0..<6 {
      if index > 0, !reader.skip(":") { return nil }
      guard let byte = reader.hexadecimal(digits: 2...2) else { return nil }
      value = value << 8 | UInt64(byte)
    }
    guard reader.isAtEnd else { return nil }
    rawValue = value
  }

  /// The address in lower case, as in `52:54:00:12:34:56`.
  public var description: String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
  }
}
