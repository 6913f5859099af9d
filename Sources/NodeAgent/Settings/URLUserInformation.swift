/// The name and password that a URL may hold before its host (RFC 3986, 3.2.1), also one that somebody wrote without its scheme.
enum URLUserInformation {
  /// A text for a message: what stands before the last `@`, back to the first `://` or else to the beginning, is not shown where
  /// it has a colon or a scheme before it. A password may hold any sign, a blank or another `@` too, so that rather more is hidden.
  static func hidden(in text: String) -> String {
    guard let range = range(in: text) else { return text }
    return "\(text[..<range.lowerBound])(not shown)\(text[range.upperBound...])"
  }

  static func isPart(of text: String) -> Bool { range(in: text) != nil }

  private static func range(in text: String) -> Range<String.Index>? {
    // By bytes: what follows a sign may make another character of it.
    let bytes = text.utf8
    guard let at = bytes.lastIndex(of: UInt8(ascii: "@")) else { return nil }
    guard let colon = bytes[..<at].firstIndex(of: Ascii.colon) else { return nil }
    var start = bytes.startIndex
    var rest = bytes[colon..<at]
    while let next = rest.firstIndex(of: Ascii.colon) {
      rest = rest[next...].dropFirst()
      if rest.starts(with: "//".utf8) {
        start = rest.dropFirst(2).startIndex
        break
      }
    }
    return start..<at
  }
}
