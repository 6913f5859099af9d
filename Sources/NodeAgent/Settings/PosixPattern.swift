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
