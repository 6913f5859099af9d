/// The lines of a list of symbols, taken apart without a copy: such lists have a hundred thousand lines.
struct SymbolLines {
  /// The first three fields of a line, as ranges of the list; a field that isn't there is empty.
  struct Fields {
    var first = 0..<0
    var second = 0..<0
    var third = 0..<0
  }

  private let bytes: [UInt8]
  private let separator: UInt8

  init(_ bytes: [UInt8], separator: UInt8) {
    (self.bytes, self.separator) = (bytes, separator)
  }

  /// Calls the body with each line that has at least two fields. A tab ends a field in any case.
  func forEach(_ body: (Fields) -> Void) {
    var fields = Fields()
    var number = 0
    var start = 0
    for index in bytes.indices {
      let byte = bytes[index]
      guard byte == separator || byte == 0x0a || byte == 0x09 else { continue }
      Self.put(start..<index, number, &fields)
      number += 1
      start = index + 1
      if byte == 0x0a {
        if number > 1 { body(fields) }
        (fields, number) = (Fields(), 0)
      }
    }
    if number > 0 {
      Self.put(start..<bytes.count, number, &fields)
      body(fields)
    }
  }

  private static func put(_ range: Range<Int>, _ number: Int, _ fields: inout Fields) {
    switch number {
    case 0: fields.first = range
    case 1: fields.second = range
    case 2: fields.third = range
    default: break
    }
  }
}

/// Tells quickly that a name is none of the wanted ones.
struct NameFilter {
  private let hashes: Set<UInt64>

  init(_ names: some Sequence<String>) {
    hashes = Set(names.map { name in Self.hash(Array(name.utf8), 0..<name.utf8.count) })
  }

  /// False: it is none of them. True: it most probably is.
  func mayHold(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
    hashes.contains(Self.hash(bytes, range))
  }

  /// FNV-1a, 64 bits: short, and good enough for names.
  private static func hash(_ bytes: [UInt8], _ range: Range<Int>) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for index in range { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01b3 }
    return hash
  }
}
