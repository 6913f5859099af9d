extension Target {
  /// A configuration file of the vRouter agent, and one that Python's configparser reads, as they are found and as they are
  /// written.
  ///
  /// An input is a byte that says which. When written, each name and value ends with a NUL.
  static let configurations = Target(
    name: "configurations", shape: .bytes,
    seeds: {
      readings.map { [0] + Array($0.utf8) } + writings.map { [1] + Array($0.joined(separator: "\0").utf8) }
        + pythonWritings.map { [2] + Array($0.joined(separator: "\0").utf8) }
    }
  ) { input in
    let body = Array(input.dropFirst())
    switch (input.first ?? 0) & 3 {
    case 0:
      read(body)
      readAsPython(body)
    case 2: writeForPython(document(body))
    default: write(document(body))
    }
  }

  private static func read(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    let reading = INIReading(text)
    hold(reading == INIReading(text), "what is read is a function of the text")
    let lines = text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
    hold(reading.options.count + reading.headers.count + reading.flaws.count <= lines, "one thing a line")
    for option in reading.options {
      hold((1...lines).contains(option.line), "an option lies within the file")
      hold(!option.value.utf8.contains(UInt8(ascii: "#")), "a comment is no value")
      hold(!option.value.utf8.contains(UInt8(ascii: "\n")), "a value is of one line")
    }
    for flaw in reading.flaws {
      holdOneLine(flaw.description)
      guard case .line(let line) = flaw.place else { broken("a flaw is a line's") }
      hold((1...lines).contains(line), "a flaw lies within the file")
    }
    do throws(INIError) {
      let document = try INIDocument(parsing: text)
      hold(reading.flaws.isEmpty, "a file with a flaw is refused")
      hold(
        document.sections.flatMap(\.entries).count == reading.options.count, "every option is in the document"
      )
      guard let written = try? document.text() else { return }
      hold(try INIDocument(parsing: written) == document, "what was read and can be written reads the same")
    } catch {
      hold(error == reading.flaws.first, "the first flaw is told")
    }
  }

  private static func readAsPython(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    let reading = PythonINIReading(text)
    hold(reading == PythonINIReading(text), "what is read is a function of the text")
    let lines = text.utf8.count { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } + 1
    hold(reading.options.count <= lines, "one option a line")
    for option in reading.options {
      hold((1...lines).contains(option.line), "an option lies within the file")
      hold(!option.key.isEmpty && !option.section.isEmpty, "an option has a name and a section")
      option.flaw.map(holdOneLine)
    }
    for flaw in reading.flaws {
      holdOneLine(flaw.description)
      guard case .line(let line) = flaw.place else { broken("a flaw is a line's") }
      hold((1...lines).contains(line), "a flaw lies within the file")
    }
  }

  /// Sections of three keys each, named and filled by the input.
  private static func document(_ bytes: [UInt8]) -> INIDocument {
    let parts = bytes.split(separator: 0, omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
    var sections: [INIDocument.Section] = []
    for start in stride(from: 0, to: parts.count, by: 7) {
      var rest = parts[start...].prefix(7).dropFirst()
      var entries: [INIDocument.Entry] = []
      while let key = rest.popFirst(), let value = rest.popFirst() {
        entries.append(.init(key: key, value: value))
      }
      sections.append(.init(name: parts[start], entries: entries))
    }
    return INIDocument(sections: sections)
  }

  private static func write(_ document: INIDocument) {
    let sections = document.sections
    do throws(INIError) {
      let text = try document.text()
      // A header and an empty line for each section but the first; no value makes one more.
      let entries = sections.reduce(0) { $0 + $1.entries.count }
      let headers = sections.count { !$0.name.isEmpty }
      hold(
        text.utf8.count { $0 == UInt8(ascii: "\n") } == entries + headers + sections.count - 1,
        "no line is injected")
      hold(try INIDocument(parsing: text) == document, "what was written reads the same")
    } catch {
      holdOneLine(error.description)
      let values = sections.flatMap(\.entries)
      let isFit =
        sections.allSatisfy { INIDocument.isName($0.name) }
        && values.allSatisfy { INIDocument.isName($0.key) && INIDocument.flaw(ofValue: $0.value) == nil }
      hold(!isFit, "what is refused has a flaw")
    }
  }

  private static func writeForPython(_ document: INIDocument) {
    let sections = document.sections
    let entries = sections.flatMap(\.entries)
    do throws(INIError) {
      let text = try document.pythonText()
      hold(
        text.utf8.count { $0 == UInt8(ascii: "\n") } == entries.count + sections.count * 2
          - (sections.isEmpty ? 0 : 1),
        "no line is injected")
      for release in PythonReading.Release.allCases {
        hold(
          PythonReading.read(text, by: release) == sections,
          "Python \(release.rawValue) reads what was written")
      }
      let reading = PythonINIReading(text)
      hold(
        reading.options.map { [$0.section, $0.key, $0.value] }
          == sections.flatMap { section in section.entries.map { [section.name, $0.key, $0.value] } },
        "the check reads what was written")
      hold(reading.options.allSatisfy { $0.flaw == nil && !$0.isComposed }, "every value is to be had")
    } catch {
      holdOneLine(error.description)
      let isFit =
        sections.allSatisfy { INIDocument.isName($0.name) }
        && entries.allSatisfy {
          INIDocument.isName($0.key) && INIDocument.flaw(ofPythonValue: $0.value) == nil
        }
      hold(!isFit, "what is refused has a flaw")
    }
  }

  private static let readings = [
    "# heading\n\n[DEFAULT]\nlog_level=SYS_NOTICE\nservers = a:1 b:2 # two\n\n[A]\n",
    "; c\n[a]\nk : v\n  w%%\n\nl=%(K)s %(x\n[DEFAULT]\nx=%(x)s%\n[a]\n",
    "orphan=1\r\n[A.]\r\nk=v=w\r\n[ B ]\r\n= x\r\n", "[]\n[A\nnonsense\n#\n  \t\n[A]#x\n",
  ]

  private static let writings = [
    ["A", "k", "v", "list", "a b", "e", ""], ["", "k", "v"], ["A", "k", "v\n[X]", "l", "a#b", "m", " x"],
    ["A", "k", "v", "k", "w", "l", "x", "B-1", "k", "y]"],
  ]

  private static let pythonWritings = [
    ["global", "WEB_SERVER", "a b", "use_ssl", "true", "cafile", ""],
    ["BARBICAN", "admin_password", "100%#;x", "auth_url", "http://[::1]:5000/v3", "token", "%(x)s"],
    ["A", "k", "a ;b", "l", "v\n[X]", "m", "\u{A0}x"],
    ["A", "k", ";x", "l", "= :", "m", "#x", "B", "k", "\u{3000}"],
  ]
}
