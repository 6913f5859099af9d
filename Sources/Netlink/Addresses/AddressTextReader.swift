/// Reads the pieces of address texts, byte by byte, without ever accepting more than the grammar says.
struct AddressTextReader {
  private let text: [UInt8]
  private var position = 0

  init(_ text: String) {
    self.text = Array(text.utf8)
  }

  var isAtEnd: Bool { position == text.count }

  private var next: UInt8? { position < text.count ? text[position] : nil }

  /// Steps over one byte if it is the one that is expected.
  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  /// A decimal number without leading zeros, no greater than `limit`.
  mutating func decimal(upTo limit: Int) -> Int? {
    let start = position
    var value = 0
    while let digit = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) {
      value = value * 10 + Int(digit - UInt8(ascii: "0"))
      position += 1
      guard value <= limit else { return nil }
    }
    let digits = position - start
    guard digits > 0, digits == 1 || text[start] != UInt8(ascii: "0") else { return nil }
    return value
  }

  /// A hexadecimal number of `digits` digits.
  mutating func hexadecimal(digits: ClosedRange<Int>) -> UInt16? {
    var value: UInt16 = 0
    var count = 0
    while count < digits.upperBound, let character = next, let digit = Self.hexDigit(character) {
      value = value << 4 | UInt16(digit)
      position += 1
      count += 1
    }
    return count >= digits.lowerBound ? value : nil
  }

  mutating func ipv4() -> IPv4Address? {
    var value: UInt32 = 0
    for index in 0..<4 {
      if index > 0, !skip(".") { return nil }
      guard let number = decimal(upTo: 255) else { return nil }
      value = value << 8 | UInt32(number)
    }
    return IPv4Address(rawValue: value)
  }

  /// An IPv6 address in any of the three forms of RFC 4291, section 2.2.
  mutating func ipv6() -> IPv6Address? {
    var groups: [UInt16] = []
    var gap: Int?
    if skip(":") {
      guard skip(":") else { return nil }
      gap = 0
    }
    while groups.count < 8 {
      let start = position
      guard let group = hexadecimal(digits: 1...4) else {
        // Only directly after "::" may a group be missing.
        guard gap == groups.count else { return nil }
        break
      }
      if next == UInt8(ascii: ".") {
        position = start
        guard groups.count <= 6, let tail = ipv4() else { return nil }
        groups.append(UInt16(truncatingIfNeeded: tail.rawValue >> 16))
        groups.append(UInt16(truncatingIfNeeded: tail.rawValue))
        break
      }
      groups.append(group)
      guard groups.count < 8, skip(":") else { break }
      if skip(":") {
        guard gap == nil else { return nil }
        gap = groups.count
      }
    }
    if let gap {
      // "::" stands for at least one group.
      guard groups.count < 8 else { return nil }
      groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
    }
    guard groups.count == 8 else { return nil }
    return IPv6Address(rawValue: groups.reduce(0) { $0 << 16 | UInt128($1) })
  }

  private static func hexDigit(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
