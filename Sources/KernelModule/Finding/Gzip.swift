/// Unpacks a file that gzip(1) packed (RFC 1952), for the lists of symbols that EL's kernels bring (`symvers.gz`).
///
/// Of our own, since libkmod reads no such list, and a library for it would be one more that every host must have.
enum Gzip {
  /// The content of one packed file.
  ///
  /// - Parameter limit: as many bytes may come of it.
  /// - Returns: nil when it isn't whole: damaged, cut short, longer than the limit, or not packed at all.
  static func unpacked(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
    guard let start = contentStart(bytes), bytes.count >= start + 8 else { return nil }
    var inflation = Inflation(bytes[start..<bytes.count - 8], limit: limit)
    guard let content = inflation.content(), inflation.isAtEnd else { return nil }
    // The trailer: checksum and size, little endian.
    let trailer = bytes.suffix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard UInt32(truncatingIfNeeded: trailer) == checksum(content),
      UInt32(truncatingIfNeeded: trailer >> 32) == UInt32(truncatingIfNeeded: content.count)
    else { return nil }
    return content
  }

  /// Where the packed content begins: after the header and what it may hold (RFC 1952, section 2.3).
  private static func contentStart(_ bytes: [UInt8]) -> Int? {
    guard bytes.count > 10, bytes.starts(with: [0x1f, 0x8b, 8]), bytes[3] & 0xe0 == 0 else { return nil }
    let flags = bytes[3]
    var position = 10
    if flags & 0x04 != 0 {
      guard bytes.count > position + 2 else { return nil }
      position += 2 + Int(bytes[position]) + Int(bytes[position + 1]) << 8
    }
    // A name and a comment, each up to a zero byte.
    for flag: UInt8 in [0x08, 0x10] where flags & flag != 0 {
      guard position < bytes.count, let end = bytes[position...].firstIndex(of: 0) else { return nil }
      position = end + 1
    }
    if flags & 0x02 != 0 { position += 2 }
    return position < bytes.count ? position : nil
  }

  /// CRC-32 as gzip has it (RFC 1952, section 8).
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    let table = (0..<UInt32(256)).map { start in
      (0..<8).reduce(start) { value, _ in value & 1 == 1 ? 0xedb8_8320 ^ value >> 1 : value >> 1 }
    }
    return ~bytes.reduce(UInt32.max) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
  }
}

/// Unpacks a stream of DEFLATE (RFC 1951). Every read is checked against the end, every copy against what there is.
private struct Inflation {
  private let bytes: ArraySlice<UInt8>
  private let limit: Int
  private var position: Int
  /// Bits that were read and not used yet, the next one lowest, and how many.
  private var bits: UInt32 = 0
  private var bitCount = 0
  private var output: [UInt8] = []

  init(_ bytes: ArraySlice<UInt8>, limit: Int) {
    (self.bytes, self.limit) = (bytes, limit)
    position = bytes.startIndex
  }

  /// Whether nothing follows what was unpacked.
  var isAtEnd: Bool { position == bytes.endIndex }

  /// Nil when the stream is damaged, or longer than the limit.
  mutating func content() -> [UInt8]? {
    while true {
      guard let isLast = take(1), let kind = take(2) else { return nil }
      let isWhole =
        switch kind {
        case 0: copyStored()
        case 1: copyPacked(Self.fixedLengths, Self.fixedDistances)
        case 2: readCodes().map { codes in copyPacked(codes.lengths, codes.distances) } ?? false
        default: false
        }
      guard isWhole else { return nil }
      if isLast == 1 { return output }
    }
  }

  private mutating func take(_ count: Int) -> Int? {
    while bitCount < count {
      guard position < bytes.endIndex else { return nil }
      bits |= UInt32(bytes[position]) << UInt32(bitCount)
      position += 1
      bitCount += 8
    }
    let value = bits & (1 << UInt32(count) - 1)
    bits >>= UInt32(count)
    bitCount -= count
    return Int(value)
  }

  private mutating func copyStored() -> Bool {
    // The rest of a byte is left out.
    (bits, bitCount) = (0, 0)
    guard bytes.endIndex - position >= 4 else { return false }
    let length = Int(bytes[position]) | Int(bytes[position + 1]) << 8
    let complement = Int(bytes[position + 2]) | Int(bytes[position + 3]) << 8
    position += 4
    guard length == ~complement & 0xffff, bytes.endIndex - position >= length, output.count + length <= limit
    else { return false }
    output += bytes[position..<position + length]
    position += length
    return true
  }

  private mutating func copyPacked(_ lengths: HuffmanCode, _ distances: HuffmanCode) -> Bool {
    while true {
      guard let symbol = decode(lengths) else { return false }
      if symbol == 256 { return true }
      if symbol < 256 {
        guard output.count < limit else { return false }
        output.append(UInt8(symbol))
        continue
      }
      guard symbol < 286, let more = take(Self.lengthBits[symbol - 257]), let place = decode(distances),
        place < 30,
        let farther = take(Self.distanceBits[place])
      else { return false }
      let length = Self.lengthStarts[symbol - 257] + more
      let distance = Self.distanceStarts[place] + farther
      guard distance <= output.count, output.count + length <= limit else { return false }
      // Byte by byte: what is copied may reach into the copy.
      for index in output.count - distance..<output.count - distance + length { output.append(output[index]) }
    }
  }

  private mutating func decode(_ code: HuffmanCode) -> Int? {
    var value = 0
    var first = 0
    var index = 0
    for length in 1...15 {
      guard let bit = take(1) else { return nil }
      value |= bit
      let count = code.counts[length]
      if value - count < first { return code.symbols[index + value - first] }
      index += count
      first = (first + count) << 1
      value <<= 1
    }
    return nil
  }

  /// The codes that a block brings: lengths of codes, packed by a code of their own (RFC 1951, section 3.2.7).
  private mutating func readCodes() -> (lengths: HuffmanCode, distances: HuffmanCode)? {
    guard let more = take(5), let places = take(5), let packed = take(4), more <= 29, places <= 29 else {
      return nil
    }
    var lengths = [Int](repeating: 0, count: 19)
    for index in 0..<packed + 4 {
      guard let length = take(3) else { return nil }
      lengths[Self.order[index]] = length
    }
    guard let code = HuffmanCode(lengths) else { return nil }
    let count = more + 257 + places + 1
    lengths = []
    while lengths.count < count {
      guard let symbol = decode(code) else { return nil }
      switch symbol {
      case 16:
        guard let last = lengths.last, let times = take(2) else { return nil }
        lengths += Array(repeating: last, count: times + 3)
      case 17:
        guard let times = take(3) else { return nil }
        lengths += Array(repeating: 0, count: times + 3)
      case 18:
        guard let times = take(7) else { return nil }
        lengths += Array(repeating: 0, count: times + 11)
      default: lengths.append(symbol)
      }
    }
    guard lengths.count == count, lengths[256] != 0, let own = HuffmanCode(Array(lengths[..<(more + 257)])),
      let distances = HuffmanCode(Array(lengths[(more + 257)...]))
    else { return nil }
    return (own, distances)
  }

  private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
  private static let lengthStarts = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
    227, 258,
  ]
  private static let lengthBits = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
  ]
  private static let distanceStarts = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073,
    4097, 6145,
    8193, 12289, 16385, 24577,
  ]
  private static let distanceBits = [
    0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
  ]
  /// Codes that need no description (RFC 1951, section 3.2.6).
  private static let fixedLengths = HuffmanCode(
    trusted: Array(repeating: 8, count: 144) + Array(repeating: 9, count: 112)
      + Array(repeating: 7, count: 24)
      + Array(repeating: 8, count: 8))
  private static let fixedDistances = HuffmanCode(trusted: Array(repeating: 5, count: 30))
}

/// A canonical prefix code (RFC 1951, section 3.2.2).
private struct HuffmanCode {
  /// How many symbols have a code of each length, 0 to 15.
  let counts: [Int]
  /// The symbols in the order of their codes.
  let symbols: [Int]

  /// Nil for lengths that more symbols would need than there are codes.
  init?(_ lengths: [Int]) {
    self.init(trusted: lengths)
    var left = 1
    for count in counts.dropFirst() {
      left = left << 1 - count
      guard left >= 0 else { return nil }
    }
  }

  init(trusted lengths: [Int]) {
    var counts = [Int](repeating: 0, count: 16)
    for length in lengths { counts[length] += 1 }
    symbols = (1...15).flatMap { length in lengths.indices.filter { lengths[$0] == length } }
    self.counts = counts
  }
}
