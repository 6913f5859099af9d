import Glibc

/// A compiled POSIX extended regular expression (regcomp(3)).
@safe struct PosixPattern: ~Copyable {
  private let compiled: regex_t

  /// Why a text is no regular expression, in the C library's words.
  struct Flaw: Error, Equatable {
    let reason: String
  }

  /// The longest pattern, in bytes: more than names of 127 bytes need, and too little to compile for long.
  static let limit = 255

  init(_ text: String) throws(Flaw) {
    guard text.utf8.count <= Self.limit else { throw Flaw(reason: "it has more than \(Self.limit) bytes") }
    guard Self.repetitions(in: text) <= Self.mostRepetitions else {
      throw Flaw(reason: "its repetitions in braces multiply to more than \(Self.mostRepetitions)")
    }
    var compiled = unsafe regex_t()
    let result = unsafe regcomp(&compiled, text, REG_EXTENDED | REG_NOSUB)
    guard result == 0 else {
      var words = [CChar](repeating: 0, count: 128)
      _ = unsafe regerror(result, &compiled, &words, words.count)
      throw Flaw(
        reason: String(decoding: words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
    unsafe self.compiled = unsafe compiled
  }

  /// What the numbers in braces multiply to: regcomp(3) makes so many copies of what is repeated, and takes memory by
  /// the gigabyte where they are nested. Braces that repeat nothing count as well.
  private static func repetitions(in text: String) -> Int {
    var product = 1
    for part in text.utf8.split(separator: UInt8(ascii: "{"), omittingEmptySubsequences: false).dropFirst() {
      let numbers = part.prefix { $0 != UInt8(ascii: "}") }.split { !(0x30...0x39).contains($0) }
      let largest = numbers.map { $0.prefix(6).reduce(0) { $0 * 10 + Int($1 - 0x30) } }.max() ?? 1
      product = min(product * max(largest, 1), mostRepetitions + 1)
    }
    return product
  }

  /// Enough for `[0-9]{1,3}` some times over.
  private static let mostRepetitions = 1000

  deinit {
    var compiled = unsafe compiled
    unsafe regfree(&compiled)
  }

  /// Whether it is found anywhere in a text.
  func matches(_ text: String) -> Bool {
    // regexec(3) takes the compiled pattern as const.
    unsafe withUnsafePointer(to: compiled) { unsafe regexec($0, text, 0, nil, 0) == 0 }
  }
}
