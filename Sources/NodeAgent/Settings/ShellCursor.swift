/// A position in a shell file that knows its line.
struct ShellCursor: Sendable {
  private let text: [UInt8]
  private(set) var index = 0
  /// The line of the next byte, from 1.
  private(set) var line = 1
  /// Where the line of the next byte starts.
  private(set) var lineStart = 0

  init(_ text: [UInt8]) {
    self.text = text
  }

  /// The next byte as it stands in the file.
  var next: UInt8? { index < text.count ? text[index] : nil }

  /// The byte after the next one.
  var second: UInt8? { index + 1 < text.count ? text[index + 1] : nil }

  @discardableResult
  mutating func take() -> UInt8? {
    guard let byte = next else { return nil }
    index += 1
    if byte == Ascii.lineFeed {
      line += 1
      lineStart = index
    }
    return byte
  }

  /// Takes the next byte if it is this one, after joining continued lines.
  mutating func take(_ byte: UInt8) -> Bool {
    guard peek() == byte else { return false }
    take()
    return true
  }

  /// The next byte after joining continued lines: a backslash at a line's end, outside of single quotes and comments,
  /// makes one line of two.
  mutating func peek() -> UInt8? {
    while next == Ascii.backslash && second == Ascii.lineFeed {
      take()
      take()
    }
    return next
  }

  mutating func skipBlanks() {
    while let byte = peek(), Ascii.isBlank(byte) { take() }
  }

  /// Moves to the end of the line, not over it. Comments don't continue.
  mutating func skipLine() {
    while let byte = next, byte != Ascii.lineFeed { take() }
  }

  /// The rest of the line, for a message; at most 40 characters of it.
  func restOfLine() -> String {
    let rest = text[index...].prefix { $0 != Ascii.lineFeed }
    let whole = String(decoding: rest, as: UTF8.self)
    return whole.count > 40 ? "\(whole.prefix(40))…" : whole
  }

  /// Everything from a place to the end of the line at hand.
  func wholeLines(from start: Int) -> String {
    String(decoding: text[start..<index] + text[index...].prefix { $0 != Ascii.lineFeed }, as: UTF8.self)
  }
}
