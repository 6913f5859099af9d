import Glibc

/// The two ways by which the program speaks. Both write whole texts, past no buffer that a crash would lose.
enum Output {
  /// To standard output: what was asked for.
  static func report(_ text: String) {
    write(text, to: STDOUT_FILENO)
  }

  /// To standard error: why it was not done.
  static func error(_ text: String) {
    write(text, to: STDERR_FILENO)
  }

  /// The text with control characters spelt out, but for the ends of lines: the name of an interface, or of a file of a
  /// capture, must not drive the terminal that shows it.
  static func harmless(_ text: String) -> String {
    // Nearly every text has none, and most have nothing that could be part of one.
    guard !isPlain(text),
      text.unicodeScalars.contains(where: { $0 != "\n" && ControlCharacters.contains($0) })
    else { return text }
    return text.unicodeScalars.map { scalar in
      scalar != "\n" && ControlCharacters.contains(scalar) ? scalar.escaped(asASCII: true) : String(scalar)
    }.joined()
  }

  /// Whether all of it is printable ASCII and ends of lines.
  private static func isPlain(_ text: String) -> Bool {
    let bytes = text.utf8Span.span
    return bytes.indices.allSatisfy { 0x20..<0x7F ~= bytes[$0] || bytes[$0] == UInt8(ascii: "\n") }
  }

  private static func write(_ text: String, to descriptor: CInt) {
    var text = harmless(text)
    text.withUTF8 { bytes in
      var written = 0
      while written < bytes.count {
        let rest = unsafe UnsafeBufferPointer(rebasing: bytes[written...])
        let count = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
        // A reader that went away ends the program by SIGPIPE; anything else leaves nobody to tell.
        guard count > 0 || errno == EINTR else { return }
        written += max(count, 0)
      }
    }
  }
}
