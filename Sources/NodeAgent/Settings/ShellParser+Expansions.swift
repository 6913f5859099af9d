extension ShellParser {
  /// Reads what starts with a dollar sign.
  mutating func dollar(inQuotes: Bool, into pieces: inout ShellPieces) throws(Abandoned) {
    let line = cursor.line
    cursor.take()
    switch cursor.peek() {
    case Ascii.openParen:
      pieces.append(try parenthesized(opened: line))
    case Ascii.openBracket:
      refuse(found: "arithmetic with '$['", expected: "the number itself: nothing is computed")
      pieces.append(.refused)
    case Ascii.openBrace:
      cursor.take()
      pieces.append(try braces(inQuotes: inQuotes, opened: line))
    case Ascii.singleQuote where !inQuotes:
      try ansiQuoted(into: &pieces)
    case Ascii.doubleQuote where !inQuotes:
      // A translated string: without a message catalogue it is the string.
      return
    case let byte? where Ascii.startsName(byte):
      let name = takeName()
      guard name != "_" else {
        pieces.append(refusedParameter("_"))
        return
      }
      pieces.append(.variable(name: name, operation: nil, line: line))
    case let byte? where Self.isSpecialParameter(byte):
      cursor.take()
      pieces.append(refusedParameter(String(decoding: [byte], as: UTF8.self)))
    default:
      pieces.append(Ascii.dollar)
    }
  }

  static func isSpecialParameter(_ byte: UInt8) -> Bool {
    Ascii.isDigit(byte) || "@*#?-$!".utf8.contains(byte)
  }

  mutating func takeName() -> String {
    var name: [UInt8] = []
    while let byte = cursor.peek(), Ascii.continuesName(byte) {
      name.append(byte)
      cursor.take()
    }
    return String(decoding: name, as: UTF8.self)
  }

  private mutating func refusedParameter(_ name: String) -> ShellPiece {
    refuse(
      found: "the shell's own parameter '$\(name)'",
      expected: "names of variables only; a dollar sign itself stands in single quotes")
    return .refused
  }

  /// Reads over `$(…)` or `$((…))`, which are refused.
  private mutating func parenthesized(opened: Int) throws(Abandoned) -> ShellPiece {
    cursor.take()
    if cursor.peek() == Ascii.openParen {
      refuse(line: opened, found: "arithmetic with '$(('", expected: "the number itself: nothing is computed")
    } else {
      refuse(
        line: opened, found: "a command substitution with '$('",
        expected: "a value without commands: none is run")
    }
    var open = 1
    while open > 0 {
      switch cursor.peek() {
      case nil: throw Abandoned()
      case Ascii.openParen:
        open += 1
        cursor.take()
      case Ascii.closeParen:
        open -= 1
        cursor.take()
      default: try skipOne()
      }
    }
    return .refused
  }

  /// Reads over a byte, an escaped byte or a quoted piece of something that was refused.
  private mutating func skipOne() throws(Abandoned) {
    switch cursor.take() {
    case Ascii.backslash: cursor.take()
    case Ascii.singleQuote:
      while let byte = cursor.take() { if byte == Ascii.singleQuote { return } }
      throw Abandoned()
    case Ascii.doubleQuote:
      while let byte = cursor.take() {
        if byte == Ascii.backslash { cursor.take() }
        if byte == Ascii.doubleQuote { return }
      }
      throw Abandoned()
    default: break
    }
  }

  /// Reads `${…}` from after its opening brace.
  private mutating func braces(inQuotes: Bool, opened: Int) throws(Abandoned) -> ShellPiece {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else {
      throw abandon(found: "more than \(Self.depthLimit) nested '${'", expected: "fewer")
    }
    guard let first = cursor.peek(), Ascii.startsName(first) else {
      return try refusedBraces("${…", opened: opened)
    }
    let name = takeName()
    guard name != "_" else { return try refusedBraces("${_", opened: opened) }
    if cursor.take(Ascii.closeBrace) { return .variable(name: name, operation: nil, line: opened) }
    let hasColon = cursor.take(Ascii.colon)
    guard let byte = cursor.peek(), let kind = ShellOperation.Kind(rawValue: byte) else {
      return try refusedBraces("${\(name)\(hasColon ? ":" : "")…", opened: opened)
    }
    cursor.take()
    let word =
      inQuotes ? try quotedBraceWord(name, opened: opened) : try bareBraceWord(name, opened: opened)
    let operation = ShellOperation(kind: kind, emptyIsUnset: hasColon, word: word)
    return .variable(name: name, operation: operation, line: opened)
  }

  private mutating func refusedBraces(_ start: String, opened: Int) throws(Abandoned) -> ShellPiece {
    refuse(
      line: opened, found: "the expansion '\(start)}'",
      expected: "${NAME}, or ${NAME…word} with one of :- - := = :? ? :+ +")
    var open = 1
    while open > 0 {
      switch cursor.peek() {
      case nil: throw Abandoned()
      case Ascii.openBrace:
        open += 1
        cursor.take()
      case Ascii.closeBrace:
        open -= 1
        cursor.take()
      default: try skipOne()
      }
    }
    return .refused
  }

  /// The word of `${name:-word}` outside of double quotes, with its closing brace.
  private mutating func bareBraceWord(_ name: String, opened: Int) throws(Abandoned) -> [ShellPiece] {
    var pieces = ShellPieces()
    var tildeIsSpecial = true
    while let byte = cursor.peek() {
      if byte == Ascii.closeBrace {
        cursor.take()
        return pieces.all
      }
      if byte == Ascii.tilde && tildeIsSpecial {
        refuseTilde()
        pieces.append(.refused)
        cursor.take()
      } else {
        try unquotedPiece(byte, into: &pieces)
      }
      tildeIsSpecial = byte == Ascii.colon
    }
    throw unclosedBraces(name, opened: opened)
  }

  /// The word of `"${name:-word}"` within double quotes, with its closing brace. Inner double quotes only group.
  private mutating func quotedBraceWord(_ name: String, opened: Int) throws(Abandoned) -> [ShellPiece] {
    var pieces = ShellPieces()
    var inner = false
    var bareNameMeetsQuote = false
    while let byte = cursor.peek() {
      switch byte {
      case Ascii.closeBrace where !inner:
        cursor.take()
        if bareNameMeetsQuote && pieces.all.count > 1 {
          refuse(
            line: opened, found: "a '$NAME' right before an inner double quote within \"${\(name)…}\"",
            expected: "'${NAME}' there: bash loses text around the other")
        }
        return pieces.all
      case Ascii.doubleQuote:
        inner.toggle()
        cursor.take()
      case Ascii.backslash where cursor.second == Ascii.closeBrace && !inner:
        cursor.take()
        cursor.take()
        pieces.append(Ascii.closeBrace)
      case Ascii.backslash where inner && !Self.isEscapedInQuotes(cursor.second):
        throw abandon(
          found: "a backslash in inner double quotes within \"${\(name)…}\"",
          expected: "no backslash there: shells differ in what they make of it")
      case Ascii.singleQuote where !inner:
        throw abandon(
          found: "a single quote within \"${\(name)…}\"",
          expected: "no single quotes there: shells differ in what they make of them")
      case Ascii.dollar where cursor.second == Ascii.doubleQuote:
        throw abandon(
          found: "a '$' right before a double quote within \"${\(name)…}\"",
          expected: "'\\$' there: shells differ in what they make of the other")
      case Ascii.dollar:
        let isBare = cursor.second.map(Ascii.startsName) ?? false
        try doubleQuotedPiece(byte, into: &pieces)
        bareNameMeetsQuote = bareNameMeetsQuote || (isBare && cursor.peek() == Ascii.doubleQuote)
      default:
        try doubleQuotedPiece(byte, into: &pieces)
      }
    }
    throw unclosedBraces(name, opened: opened)
  }

  private mutating func unclosedBraces(_ name: String, opened: Int) -> Abandoned {
    abandon(line: opened, found: "'${\(name)' that isn't closed", expected: "a closing '}'")
  }
}
