/// An IPv4 address.
///
/// Text is read strictly: four decimal numbers of 0 to 255 without leading zeros, signs or blanks, joined
/// by dots. `010.1.1.1` is refused because some readers take it for octal.
public struct IPv4Address: Sendable, Hashable {
  /// The address as a number in the host's byte order: 10.0.0.1 is `0x0a00_0001`.
  public var rawValue: UInt32

  /// Makes an address from its number in the host's byte order.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// Makes an address from its four numbers, as in `IPv4Address(10, 0, 0, 1)`.
  public init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
    rawValue = UInt32(first) << 24 | UInt32(second) << 16 | UInt32(third) << 8 | UInt32(fourth)
  }

  /// 0.0.0.0
  public static let any = IPv4Address(rawValue: 0)
  /// 127.0.0.1
  public static let loopback = IPv4Address(127, 0, 0, 1)

  /// The four bytes in the order in which they go over the wire.
  public var bytes: [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: rawValue >> $0) }
  }

  /// In 127.0.0.0/8.
  public var isLoopback: Bool { rawValue >> 24 == 127 }
  /// In 169.254.0.0/16.
  public var isLinkLocal: Bool { rawValue >> 16 == 0xa9fe }
  /// In 224.0.0.0/4.
  public var isMulticast: Bool { rawValue >> 28 == 0xe }
}

extension IPv4Address: Comparable {
  /// Orders by number.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension IPv4Address: LosslessStringConvertible {
  /// Reads an address; `nil` unless the whole text is one.
  public init?(_ description: String) {
    var reader = AddressTextReader(description)
    guard let address = reader.ipv4(), reader.isAtEnd else { return nil }
    self = address
  }

  /// The address as in `10.0.0.1`.
  public var description: String {
    bytes.map(String.init).joined(separator: ".")
  }
}
