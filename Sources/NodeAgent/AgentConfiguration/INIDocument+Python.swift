/// Files beside the agent's own, which Python's configparser reads: there `#` within a value is nothing special, a `;`
/// behind a blank starts a comment (in releases before 3), and `%` introduces an interpolation.
extension INIDocument {
  /// Why Python's configparser wouldn't read a value back as it is; nil when it would. The value itself isn't repeated.
  static func flaw(ofPythonValue text: String) -> String? {
    if text.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\r" }) { return "a line end" }
    if text.unicodeScalars.contains(where: ControlCharacters.contains) { return "a control character" }
    // Python 3 drops every kind of white space there, as a no-break space.
    let ends = [text.unicodeScalars.first, text.unicodeScalars.last].compactMap(\.self)
    if ends.contains(where: \.properties.isWhitespace) {
      return "a blank at its start or end, which would be dropped"
    }
    if zip(text.utf8, text.utf8.dropFirst()).contains(where: { $0 == Ascii.space && $1 == Ascii.semicolon }) {
      return "a ';' behind a blank, which starts a comment"
    }
    return nil
  }

  /// A value as it is written, with each `%` twice: by code points, as what follows one may make another character of it for
  /// Swift alone.
  static func pythonText(ofValue value: String) -> String {
    var text = ""
    for scalar in value.unicodeScalars { text.unicodeScalars += scalar == "%" ? ["%", "%"] : [scalar] }
    return text
  }

  /// The document as text for Python's configparser: as ``text()``, with each `%` twice.
  ///
  /// - Throws: for the first name or value that it wouldn't read back as it is.
  func pythonText() throws(INIError) -> String {
    var text = ""
    for (index, section) in sections.enumerated() {
      guard Self.isName(section.name) else {
        throw INIError(place: .header(section: section.name), found: "not a name of a section")
      }
      text += "\(index > 0 ? "\n" : "")[\(section.name)]\n"
      for entry in section.entries {
        let place = INIError.Place.entry(section: section.name, key: entry.key)
        guard Self.isName(entry.key) else { throw INIError(place: place, found: "not a name of a key") }
        if let flaw = Self.flaw(ofPythonValue: entry.value) { throw INIError(place: place, found: flaw) }
        text += "\(entry.key)=\(Self.pythonText(ofValue: entry.value))\n"
      }
    }
    return text
  }
}
