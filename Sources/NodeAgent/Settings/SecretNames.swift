/// Which names hold what no message may repeat.
enum SecretNames {
  /// Parts of a name that make it a secret: rather one name too many (`XMPP_SERVER_KEYFILE`) than one too few.
  private static let parts = ["SECRET", "PASSWORD", "PASSWD", "TOKEN", "KEY", "CREDENTIAL", "PRIVATE"]

  /// Whether text that holds this name, or is this name, must not be repeated in a message.
  static func mentions(_ text: some StringProtocol) -> Bool {
    let upper = text.uppercased()
    return parts.contains { upper.contains($0) }
  }
}
