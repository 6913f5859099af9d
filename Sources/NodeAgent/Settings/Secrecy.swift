/// How far messages may repeat what a parameter, or a key of a configuration file, holds.
enum Secrecy: Sendable, Equatable {
  case open
  /// The path of a file with a secret: no secret, unless somebody put there what the file holds.
  case path
  case secret

  /// Whether a value must not be repeated.
  func hides(_ value: String) -> Bool {
    switch self {
    case .open: false
    case .path: !Self.isLikePath(value)
    case .secret: true
    }
  }

  /// A token or a private key is longer than a name of one part, and no path is as long as most of them.
  private static func isLikePath(_ text: String) -> Bool {
    guard !text.unicodeScalars.contains(where: ControlCharacters.contains) else { return false }
    return text.utf8.count < 16 || (text.utf8.contains(UInt8(ascii: "/")) && text.utf8.count <= 100)
  }
}
