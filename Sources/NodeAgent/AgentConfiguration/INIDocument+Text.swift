/// Text that isn't a configuration file, or a document that can't be written as one.
struct INIError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What the error is about.
  enum Place: Sendable, Equatable {
    /// A line of a text, from 1.
    case line(Int)
    case header(section: String)
    case entry(section: String, key: String)
  }

  let place: Place
  /// What is there; values aren't repeated.
  let found: String

  var description: String {
    switch place {
    case .line(let line): "line \(line): \(found)"
    case .header(let section): "[\(section)]: \(found)"
    case .entry(let section, let key): "[\(section)] \(key): \(found)"
    }
  }
}

extension INIDocument {
  /// The document as text: `key=value` lines, an empty line between sections, a line end at the end.
  ///
  /// - Throws: for the first name or value that the agent wouldn't read back as it is.
  func text() throws(INIError) -> String {
    var text = ""
    for (index, section) in sections.enumerated() {
      let isWithoutHeader = section.name.isEmpty && index == 0 && !section.entries.isEmpty
      guard Self.isName(section.name) || isWithoutHeader else {
        throw INIError(place: .header(section: section.name), found: "not a name of a section")
      }
      if index > 0 { text += "\n" }
      if !section.name.isEmpty { text += "[\(section.name)]\n" }
      for entry in section.entries {
        let place = INIError.Place.entry(section: section.name, key: entry.key)
        guard Self.isName(entry.key) else { throw INIError(place: place, found: "not a name of a key") }
        if let flaw = Self.flaw(ofValue: entry.value) { throw INIError(place: place, found: flaw) }
        text += "\(entry.key)=\(entry.value)\n"
      }
    }
    return text
  }

  /// Reads text as the agent does.
  ///
  /// - Throws: for the first line that would stop the agent.
  init(parsing text: String) throws(INIError) {
    sections = []
    let lines = text.utf8.split(separator: Ascii.lineFeed, omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let content = Self.trimmed(line.prefix { $0 != Ascii.hash })
      guard let first = content.first else { continue }
      if first == Ascii.openBracket && content.last == Ascii.closeBracket {
        let name = String(decoding: content.dropFirst().dropLast(), as: UTF8.self)
        guard !name.isEmpty else {
          throw INIError(place: .line(index + 1), found: "a header without a name")
        }
        sections.append(Section(name: name, entries: []))
        continue
      }
      guard let equals = content.firstIndex(of: Ascii.equals) else {
        throw INIError(place: .line(index + 1), found: "a line without '='")
      }
      let entry = Entry(
        key: String(decoding: Self.trimmed(content[..<equals]), as: UTF8.self),
        value: String(decoding: Self.trimmed(content[content.index(after: equals)...]), as: UTF8.self))
      if sections.isEmpty { sections.append(Section(name: "", entries: [])) }
      sections[sections.count - 1].entries.append(entry)
    }
  }

  /// Without the blanks, tabs and carriage returns around it.
  private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
    func isWhite(_ byte: UInt8) -> Bool { Ascii.isBlank(byte) || byte == Ascii.carriageReturn }
    var text = text.drop(while: isWhite)
    while let last = text.last, isWhite(last) { text = text.dropLast() }
    return text
  }
}
