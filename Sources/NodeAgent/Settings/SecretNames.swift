/// Which names, of those that nobody knows, hold what no message may repeat.
enum SecretNames {
  /// Parts of a name that make it a secret: rather one name too many than one too few.
  private static let parts = ["SECRET", "PASS", "TOKEN", "KEY", "CREDENTIAL", "PRIVATE"]

  /// Whether a name has such a part.
  static func mentions(_ text: some StringProtocol) -> Bool {
    let upper = text.uppercased()
    return parts.contains { upper.contains($0) }
  }

  /// Whether lines of a shell's file must not be repeated in a message: a secret's name stands there, or part of a URL's user
  /// information may.
  static func taint(_ lines: String) -> Bool {
    URLUserInformation.isPart(of: lines)
      || lines.utf8.split(whereSeparator: { !Ascii.continuesName($0) }).contains {
        Secrecy.of(String(decoding: $0, as: UTF8.self)) != .open
      }
  }
}
