extension ShellParser {
  /// Reads `$'…'` from its quote on, with the escapes of bash(1), "QUOTING".
  mutating func ansiQuoted(into pieces: inout ShellPieces) throws(Abandoned) {
    let opened = cursor.line
    cursor.take()
    while let byte = cursor.take() {
      switch byte {
      case Ascii.singleQuote:
        return
      case Ascii.backslash:
        let escaped = try ansiEscape()
        guard escaped != [0] else {
          throw abandon(found: "an escape for a NUL byte", expected: "text: a variable can't hold NUL")
        }
        pieces.append(contentsOf: escaped)
      default:
        pieces.append(byte)
      }
    }
    throw abandon(line: opened, found: "\"$'\" that isn't closed", expected: "a closing \"'\"")
  }

  private mutating func ansiEscape() throws(Abandoned) -> [UInt8] {
    guard let byte = cursor.take() else { return [] }
    switch byte {
    case UInt8(ascii: "a"): return [0x07]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "e"), UInt8(ascii: "E"): return [0x1B]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [Ascii.lineFeed]
    case UInt8(ascii: "r"): return [Ascii.carriageReturn]
    case UInt8(ascii: "t"): return [Ascii.tab]
    case UInt8(ascii: "v"): return [0x0B]
    case Ascii.backslash, Ascii.singleQuote, Ascii.doubleQuote, UInt8(ascii: "?"): return [byte]
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      var value = UInt32(byte & 7)
      for _ in 0..<2 {
        guard let next = cursor.next, (0x30...0x37).contains(next) else { break }
        value = value << 3 | UInt32(next & 7)
        cursor.take()
      }
      return [UInt8(truncatingIfNeeded: value)]
    case UInt8(ascii: "x") where cursor.next == Ascii.openBrace:
      throw abandon(found: "an escape with '\\x{'", expected: "\\xHH")
    case UInt8(ascii: "x"):
      return hexNumber(upTo: 2).map { [UInt8(truncatingIfNeeded: $0)] } ?? [Ascii.backslash, byte]
    case UInt8(ascii: "u"), UInt8(ascii: "U"):
      guard let value = hexNumber(upTo: byte == UInt8(ascii: "u") ? 4 : 8) else {
        return [Ascii.backslash, byte]
      }
      guard let scalar = Unicode.Scalar(value) else {
        throw abandon(found: "an escape for no character of Unicode", expected: "\\uHHHH of a character")
      }
      return Array(String(Character(scalar)).utf8)
    case UInt8(ascii: "c"):
      guard let control = cursor.take(), Ascii.isLetter(control) else {
        throw abandon(found: "'\\c' without a letter", expected: "\\cA to \\cZ")
      }
      return [control & 0x1F]
    default:
      return [Ascii.backslash, byte]
    }
  }

  private mutating func hexNumber(upTo digits: Int) -> UInt32? {
    var value: UInt32?
    for _ in 0..<digits {
      guard let next = cursor.next, let digit = Ascii.hexValue(next) else { break }
      value = (value ?? 0) << 4 | digit
      cursor.take()
    }
    return value
  }
}
