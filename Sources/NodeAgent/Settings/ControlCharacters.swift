/// Characters that no parameter and no value of a configuration may hold.
enum ControlCharacters {
  /// C0, DEL, C1, and the two separators that some readers take for line ends.
  static func contains(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: true
    default: false
    }
  }

  /// Text for a message: each of these as its escape, so that the message stays one line.
  static func escaped(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: contains) else { return text }
    return text.unicodeScalars.map { contains($0) ? $0.escaped(asASCII: true) : String($0) }.joined()
  }
}
