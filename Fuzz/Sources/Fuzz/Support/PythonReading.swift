/// A plain second reading of a file as Python's configparser does it (Lib/configparser.py, and Lib/ConfigParser.py of 2.7), for
/// files of which each line is a header or an option.
enum PythonReading {
  enum Release: String, CaseIterable {
    /// `;` behind white space starts a comment there; text is bytes, of which white space is ASCII's.
    case two = "2.7"
    case three = "3"
  }

  private typealias Line = Substring.UnicodeScalarView

  /// The sections in their order; nil for what raises an error there, or goes on over several lines.
  static func read(_ text: String, by release: Release) -> [INIDocument.Section]? {
    var sections: [INIDocument.Section] = []
    // By code points, as Python has them: what Swift calls a character may be several.
    for line in text.unicodeScalars.split(separator: "\n") {
      guard let first = line.first, first != "#", first != ";" else { continue }
      guard !isSpace(first, release) else { return nil }
      if first == "[" {
        // The last bracket that closes: `\[(?P<header>.+)\]`, and up to 3.12 the first.
        guard let end = line.firstIndex(of: "]"), line.index(after: end) == line.endIndex else { return nil }
        sections.append(.init(name: String(line[..<end].dropFirst()), entries: []))
        continue
      }
      guard let sign = line.firstIndex(where: { $0 == "=" || $0 == ":" }), !sections.isEmpty else {
        return nil
      }
      var value = stripped(line[sign...].dropFirst(), release)
      if release == .two, let comment = value.firstIndex(of: ";"), comment > value.startIndex,
        isSpace(value[value.index(before: comment)], release)
      {
        value = stripped(value[..<comment], release)
      }
      guard let plain = interpolated(value) else { return nil }
      let key = String(stripped(line[..<sign], release))
      sections[sections.count - 1].entries.append(.init(key: key, value: plain))
    }
    return sections
  }

  /// `%%` is a `%`; any other is a reference, of which nothing that is written has any.
  private static func interpolated(_ value: Line) -> String? {
    var plain = ""
    var rest = value
    while let scalar = rest.popFirst() {
      if scalar == "%" {
        guard rest.popFirst() == "%" else { return nil }
      }
      plain.unicodeScalars.append(scalar)
    }
    return plain
  }

  private static func stripped(_ text: Line, _ release: Release) -> Line {
    var text = text
    while let first = text.first, isSpace(first, release) { text.removeFirst() }
    while let last = text.last, isSpace(last, release) { text.removeLast() }
    return text
  }

  private static func isSpace(_ scalar: Unicode.Scalar, _ release: Release) -> Bool {
    switch release {
    case .two: scalar == " " || (0x09...0x0D).contains(scalar.value)
    case .three: scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
    }
  }
}
