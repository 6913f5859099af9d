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
    case .header(let section): ControlCharacters.escaped("[\(section)]: \(found)")
    case .entry(let section, let key): ControlCharacters.escaped("[\(section)] \(key): \(found)")
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
    let reading = INIReading(text)
    if let flaw = reading.flaws.first { throw flaw }
    self.init(reading)
  }

  /// What a reading understood, its flaws left out.
  init(_ reading: INIReading) {
    sections = []
    var rest = reading.options[...]
    func entries(to end: Int) -> [Entry] {
      let own = rest.prefix(end - rest.startIndex)
      rest = rest.dropFirst(own.count)
      return own.map { Entry(key: $0.key, value: $0.value) }
    }
    let orphans = entries(to: reading.headers.first?.before ?? reading.options.count)
    if !orphans.isEmpty { sections.append(Section(name: "", entries: orphans)) }
    for (index, header) in reading.headers.enumerated() {
      let isLast = index + 1 == reading.headers.count
      let end = isLast ? reading.options.count : reading.headers[index + 1].before
      sections.append(Section(name: header.section, entries: entries(to: end)))
    }
  }
}
