/// One JSON object whose values are strings and whole numbers: all that the readiness file needs.
///
/// Our own reader, as the probe links no Foundation, and strict, as what it accepts turns a node ready: RFC 8259
/// without nesting, fractions, exponents, literals, duplicate names, and with nothing before or after the object
/// but white space.
struct FlatJSON: Equatable {
  enum Value: Equatable {
    case string(String)
    case integer(Int64)
  }

  /// A document that isn't what the reader accepts.
  struct SyntaxError: Error, Equatable {
    /// Bytes from the beginning.
    let offset: Int
    let expected: String
  }

  private(set) var members: [(name: String, value: Value)] = []

  static func == (left: FlatJSON, right: FlatJSON) -> Bool {
    left.members.elementsEqual(right.members, by: ==)
  }

  subscript(name: String) -> Value? {
    members.first { $0.name == name }?.value
  }

  mutating func append(_ name: String, _ value: Value) {
    members.append((name, value))
  }
}

extension FlatJSON {
  /// The document, a member a line, with a newline at its end.
  var bytes: [UInt8] {
    let lines = members.map { member in
      switch member.value {
      case .string(let text): "  \(Self.quoted(member.name)): \(Self.quoted(text))"
      case .integer(let number): "  \(Self.quoted(member.name)): \(number)"
      }
    }
    return Array("{\n\(lines.joined(separator: ",\n"))\n}\n".utf8)
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case _ where scalar.value < 0x20 || scalar.value == 0x7f:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension FlatJSON {
  init(parsing bytes: [UInt8]) throws(SyntaxError) {
    var reader = Reader(bytes: bytes)
    try reader.take("{", "an object")
    if !reader.takes("}") {
      repeat {
        reader.skipBlanks()
        let start = reader.offset
        let name = try reader.string()
        guard self[name] == nil else {
          throw SyntaxError(offset: start, expected: "each name once, \"\(name)\" came twice")
        }
        try reader.take(":", "a colon")
        append(name, try reader.value())
      } while reader.takes(",")
      try reader.take("}", "a comma or the end of the object")
    }
    reader.skipBlanks()
    guard reader.offset == bytes.count else {
      throw SyntaxError(offset: reader.offset, expected: "nothing after the object")
    }
  }

  private struct Reader {
    let bytes: [UInt8]
    var offset = 0

    init(bytes: [UInt8]) {
      self.bytes = bytes
    }

    var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    mutating func skipBlanks() {
      while let next, [0x20, 0x09, 0x0a, 0x0d].contains(next) { offset += 1 }
    }

    /// Takes one punctuation mark, with blanks before it, if it comes next.
    mutating func takes(_ mark: Unicode.Scalar) -> Bool {
      skipBlanks()
      guard next == UInt8(ascii: mark) else { return false }
      offset += 1
      return true
    }

    mutating func take(_ mark: Unicode.Scalar, _ expected: String) throws(SyntaxError) {
      guard takes(mark) else { throw SyntaxError(offset: offset, expected: expected) }
    }

    mutating func value() throws(SyntaxError) -> Value {
      skipBlanks()
      return next == UInt8(ascii: "\"") ? .string(try string()) : .integer(try integer())
    }

    mutating func integer() throws(SyntaxError) -> Int64 {
      let start = offset
      while let next, next == UInt8(ascii: "-") || (0x30...0x39).contains(next) { offset += 1 }
      let text = String(decoding: bytes[start..<offset], as: UTF8.self)
      guard let number = Int64(text), String(number) == text else {
        throw SyntaxError(offset: start, expected: "a string or a whole number of 64 bits")
      }
      return number
    }

    mutating func string() throws(SyntaxError) -> String {
      try take("\"", "a string")
      let start = offset
      var content: [UInt8] = []
      while let byte = next {
        offset += 1
        switch byte {
        case UInt8(ascii: "\""):
          guard let text = String(validating: content, as: UTF8.self) else {
            throw SyntaxError(offset: start, expected: "UTF-8")
          }
          return text
        case UInt8(ascii: "\\"): content += Array(try escaped().utf8)
        case 0..<0x20: throw SyntaxError(offset: offset - 1, expected: "no control character in a string")
        default: content.append(byte)
        }
      }
      throw SyntaxError(offset: offset, expected: "the end of the string")
    }

    private mutating func escaped() throws(SyntaxError) -> String {
      let marks: [UInt8: String] = [
        UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/",
        UInt8(ascii: "n"): "\n", UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
        UInt8(ascii: "b"): "\u{8}", UInt8(ascii: "f"): "\u{c}",
      ]
      if let next, let mark = marks[next] {
        offset += 1
        return mark
      }
      let digits = bytes[offset...].dropFirst().prefix(4)
      guard next == UInt8(ascii: "u"), digits.count == 4,
        digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
        let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16),
        let scalar = Unicode.Scalar(code)
      else { throw SyntaxError(offset: offset, expected: "an escape for one character") }
      offset += 5
      return String(scalar)
    }
  }
}
