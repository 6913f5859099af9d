/// An IPv6 address, without a zone.
///
/// Text is read as RFC 4291 section 2.2 defines it (`::` stands for at least one group; a zone such as
/// `%eth0` is refused) and written as RFC 5952 recommends.
public struct IPv6Address: Sendable, Hashable {
  /// The address as a number: `::1` is 1.
  public var rawValue: UInt128

  /// Makes an address from its number.
  public init(rawValue: UInt128) {
    self.rawValue = rawValue
  }

  /// `::`
  public static let any = IPv6Address(rawValue: 0)
  /// `::1`
  public static let loopback = IPv6Address(rawValue: 1)

  /// The sixteen bytes in the order in which they go over the wire.
  public var bytes: [UInt8] {
    stride(from: 120, through: 0, by: -8).map { UInt8(truncatingIfNeeded: rawValue >> UInt128($0)) }
  }

  /// The eight groups, from left to right.
  public var groups: [UInt16] {
    stride(from: 112, through: 0, by: -16).map { UInt16(truncatingIfNeeded: rawValue >> UInt128($0)) }
  }

  /// In fe80::/10.
  public var isLinkLocal: Bool { rawValue >> 118 == 0xfe80 >> 6 }
  /// `::1`
  public var isLoopback: Bool { self == .loopback }
  /// In ff00::/8.
  public var isMulticast: Bool { rawValue >> 120 == 0xff }
  /// The IPv4 address that an address in ::ffff:0:0/96 stands for.
  public var mappedIPv4: IPv4Address? {
    rawValue >> 32 == 0xffff ? IPv4Address(rawValue: UInt32(truncatingIfNeeded: rawValue)) : nil
  }
}

extension IPv6Address: Comparable {
  /// Orders by number.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension IPv6Address: LosslessStringConvertible {
  /// Reads an address; `nil` unless the whole text is one.
  public init?(_ description: String) {
    var reader = AddressTextReader(description)
    guard let address = reader.ipv6(), reader.isAtEnd else { return nil }
    self = address
  }

  /// The address as RFC 5952 writes it: lower case, the longest run of two or more zero groups (the first
  /// of equals) as `::`, mapped IPv4 addresses as `::ffff:10.0.0.1`.
  public var description: String {
    if let mappedIPv4 { return "::ffff:\(mappedIPv4)" }
    let run = longestZeroRun
    var text: [UInt8] = []
    text.reserveCapacity(39)
    for index in 0..<8 {
      if run.count > 1, run.contains(index) {
        if index == run.lowerBound { text += [Self.colon, Self.colon] }
        continue
      }
      if index > 0, index != run.upperBound || run.count < 2 { text.append(Self.colon) }
      Self.append(group(index), to: &text)
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static let colon = UInt8(ascii: ":")

  /// A group by its place, from the left.
  private func group(_ index: Int) -> UInt16 {
    UInt16(truncatingIfNeeded: rawValue >> UInt128(112 - 16 * index))
  }

  /// Hexadecimal digits, without zeros in front.
  private static func append(_ group: UInt16, to text: inout [UInt8]) {
    for shift in stride(from: UInt16(12), through: 0, by: -4) where shift == 0 || group >> shift != 0 {
      let digit = UInt8(truncatingIfNeeded: group >> shift & 15)
      text.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
  }

  private var longestZeroRun: Range<Int> {
    var longest = 0..<0
    var start = 0
    for index in 0...8 where index == 8 || group(index) != 0 {
      if index - start > longest.count { longest = start..<index }
      start = index + 1
    }
    return longest
  }
}
