/// A file of sections and `key=value` lines, as systemd's state and unit files and NetworkManager's key files are
/// (systemd.syntax(7); nm-settings-keyfile(5)). Nothing is unquoted.
struct KeyFile {
  /// In the order of the file; lines before the first section have an empty one.
  private(set) var entries: [(section: String, key: String, value: String)] = []
  /// The sections, each once, also those without a line.
  private(set) var sections: Set<String> = []

  init(_ text: String) {
    var section = ""
    for line in text.split(whereSeparator: \.isNewline) {
      let line = line.trimmed
      guard let first = line.first, first != "#", first != ";" else { continue }
      if first == "[", line.last == "]" {
        section = String(line.dropFirst().dropLast())
        sections.insert(section)
      } else if let equals = line.firstIndex(of: "=") {
        entries.append(
          (section, String(line[..<equals].trimmed), String(line[line.index(after: equals)...].trimmed)))
      }
    }
  }

  /// The last value of a key outside of sections, or in one.
  subscript(key: String, in section: String = "") -> String? {
    entries.last { $0.section == section && $0.key == key }?.value
  }
}

extension StringProtocol {
  /// Without the white space around it.
  fileprivate var trimmed: SubSequence {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return self[endIndex...] }
    return self[first...last]
  }
}

/// What systemd takes for a true value (systemd.syntax(7)).
enum SystemdBoolean {
  static func isTrue(_ text: String) -> Bool {
    ["1", "yes", "y", "true", "t", "on"].contains(text.lowercased())
  }
}
