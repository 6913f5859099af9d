extension ShellParser {
  /// Where a word stands, which says what ends it.
  enum WordPlace {
    /// The value of an assignment.
    case assignment
    /// The value of an assignment that is an argument of `export` or `declare`.
    case argument
    /// A key between brackets.
    case key
  }

  /// Reads one word with all its quoted and unquoted pieces. An empty word is no error.
  mutating func word(_ place: WordPlace) throws(Abandoned) -> [ShellPiece] {
    let line = cursor.line
    var pieces = ShellPieces()
    var tildeIsSpecial = place != .key
    var bareBrace = false
    var bareSeparator = false
    reading: while let byte = cursor.peek() {
      switch byte {
      case Ascii.lineFeed, Ascii.semicolon, Ascii.space, Ascii.tab:
        break reading
      case Ascii.closeBracket where place == .key:
        break reading
      case Ascii.openBracket where place == .key:
        throw abandon(found: "a bare '[' in a key", expected: "quotes around the key")
      case _ where Self.isOperator(byte):
        break reading
      case Ascii.tilde where tildeIsSpecial:
        refuseTilde()
        pieces.append(.refused)
        cursor.take()
      default:
        bareBrace = bareBrace || byte == Ascii.openBrace
        bareSeparator =
          bareSeparator || byte == UInt8(ascii: ",") || (byte == UInt8(ascii: ".") && cursor.second == byte)
        try unquotedPiece(byte, into: &pieces)
      }
      tildeIsSpecial = place != .key && byte == Ascii.colon
    }
    if place == .argument && bareBrace && bareSeparator {
      refuse(line: line, found: "a brace expansion", expected: "quotes around a value with braces")
    }
    return pieces.all
  }

  mutating func refuseTilde() {
    refuse(found: "a tilde that a shell would expand", expected: "the path itself, or quotes around '~'")
  }

  /// Reads a quoted piece, an expansion, or one literal byte, outside of quotes.
  mutating func unquotedPiece(_ byte: UInt8, into pieces: inout ShellPieces) throws(Abandoned) {
    switch byte {
    case Ascii.singleQuote:
      try singleQuoted(into: &pieces)
    case Ascii.doubleQuote:
      try doubleQuoted(into: &pieces)
    case Ascii.dollar:
      try dollar(inQuotes: false, into: &pieces)
    case Ascii.backtick:
      pieces.append(try backticks())
    case Ascii.backslash:
      cursor.take()
      guard let escaped = cursor.take() else {
        throw abandon(found: "a backslash at the end of the file", expected: "a character after it")
      }
      pieces.append(escaped)
    default:
      pieces.append(byte)
      cursor.take()
    }
  }

  private mutating func singleQuoted(into pieces: inout ShellPieces) throws(Abandoned) {
    let opened = cursor.line
    cursor.take()
    while let byte = cursor.take() {
      if byte == Ascii.singleQuote { return }
      pieces.append(byte)
    }
    throw abandon(line: opened, found: "a single quote that isn't closed", expected: "a closing \"'\"")
  }

  private mutating func doubleQuoted(into pieces: inout ShellPieces) throws(Abandoned) {
    let opened = cursor.line
    cursor.take()
    while let byte = cursor.peek() {
      if byte == Ascii.doubleQuote {
        cursor.take()
        return
      }
      try doubleQuotedPiece(byte, into: &pieces)
    }
    throw abandon(line: opened, found: "a double quote that isn't closed", expected: "a closing '\"'")
  }

  /// Reads an expansion or one literal byte within double quotes.
  mutating func doubleQuotedPiece(_ byte: UInt8, into pieces: inout ShellPieces) throws(Abandoned) {
    switch byte {
    case Ascii.dollar:
      try dollar(inQuotes: true, into: &pieces)
    case Ascii.backtick:
      pieces.append(try backticks())
    case Ascii.backslash:
      cursor.take()
      if Self.isEscapedInQuotes(cursor.next), let escaped = cursor.take() {
        pieces.append(escaped)
      } else {
        pieces.append(Ascii.backslash)
      }
    default:
      pieces.append(byte)
      cursor.take()
    }
  }

  /// Whether a backslash before the byte goes away within double quotes.
  static func isEscapedInQuotes(_ byte: UInt8?) -> Bool {
    switch byte {
    case Ascii.dollar?, Ascii.backtick?, Ascii.doubleQuote?, Ascii.backslash?: true
    default: false
    }
  }

  private mutating func backticks() throws(Abandoned) -> ShellPiece {
    let opened = cursor.line
    cursor.take()
    refuse(found: "a command substitution with backticks", expected: "a value without commands: none is run")
    while let byte = cursor.take() {
      if byte == Ascii.backslash { cursor.take() }
      if byte == Ascii.backtick { return .refused }
    }
    throw abandon(line: opened, found: "a backtick that isn't closed", expected: "a value without commands")
  }
}

/// The pieces of a word while it is read: bytes in a row become one piece.
struct ShellPieces {
  private(set) var all: [ShellPiece] = []

  mutating func append(_ byte: UInt8) {
    append(contentsOf: CollectionOfOne(byte))
  }

  mutating func append(contentsOf bytes: some Sequence<UInt8>) {
    if case .text(var text)? = all.last {
      // Emptied first, so that the array isn't copied for each byte.
      all[all.count - 1] = .text([])
      text.append(contentsOf: bytes)
      all[all.count - 1] = .text(text)
    } else {
      all.append(.text(Array(bytes)))
    }
  }

  mutating func append(_ piece: ShellPiece) {
    all.append(piece)
  }
}
