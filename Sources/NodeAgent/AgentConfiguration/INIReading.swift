/// What the agent's reader makes of a text: every option with its line, and every line that would stop the agent.
///
/// It is the reader of Boost.Program_options (`common_config_file_iterator`): `#` starts a comment anywhere, white space
/// around a line, a name and a value is dropped, an option's name is the section, a dot, and the key. `DEFAULT.log_level`
/// before the first header is therefore the same as `log_level` below `[DEFAULT]`.
struct INIReading: Sendable, Equatable {
  /// One key with its value.
  struct Option: Sendable, Equatable {
    /// As it stands in the header; empty before the first one.
    let section: String
    let key: String
    var value: String
    /// From 1.
    let line: Int

    /// The name that the agent knows it by.
    var name: String { INIReading.name(section: section, key: key) }
  }

  private(set) var options: [Option] = []
  /// Section headers in their order, each with the number of options before it.
  private(set) var headers: [(section: String, before: Int)] = []
  /// Lines that would stop the agent; it would tell of the first one only.
  private(set) var flaws: [INIError] = []

  /// The name that the agent knows an option by.
  static func name(section: String, key: String) -> String {
    section.isEmpty || section.hasSuffix(".") ? section + key : "\(section).\(key)"
  }

  init(_ text: String) {
    var section = ""
    let lines = text.utf8.split(separator: Ascii.lineFeed, omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let content = Self.trimmed(line.prefix { $0 != Ascii.hash })
      guard let first = content.first else { continue }
      if first == Ascii.openBracket && content.last == Ascii.closeBracket {
        let name = String(decoding: content.dropFirst().dropLast(), as: UTF8.self)
        if name.isEmpty {
          flaws.append(INIError(place: .line(index + 1), found: "a header without a name"))
        } else {
          section = name
          headers.append((name, options.count))
        }
        continue
      }
      guard let equals = content.firstIndex(of: Ascii.equals) else {
        flaws.append(INIError(place: .line(index + 1), found: "a line without '='"))
        continue
      }
      options.append(
        Option(
          section: section, key: String(decoding: Self.trimmed(content[..<equals]), as: UTF8.self),
          value: String(decoding: Self.trimmed(content[content.index(after: equals)...]), as: UTF8.self),
          line: index + 1))
    }
  }

  /// Without the blanks, tabs and carriage returns around it.
  private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
    func isWhite(_ byte: UInt8) -> Bool { Ascii.isBlank(byte) || byte == Ascii.carriageReturn }
    var text = text.drop(while: isWhite)
    while let last = text.last, isWhite(last) { text = text.dropLast() }
    return text
  }

  static func == (left: Self, right: Self) -> Bool {
    left.options == right.options && left.flaws == right.flaws
      && left.headers.map(\.section) == right.headers.map(\.section)
      && left.headers.map(\.before) == right.headers.map(\.before)
  }
}
