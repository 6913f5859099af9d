/// A configuration file of the vRouter agent: sections of keys and values, in their order.
///
/// The agent reads it with Boost.Program_options: white space around names and values is dropped, `#` starts a comment
/// anywhere on a line, a line without `=` stops it, a section may come more than once.
struct INIDocument: Sendable, Equatable {
  /// A key with its value.
  struct Entry: Sendable, Equatable {
    var key: String
    var value: String
  }

  /// What stands below one header. Entries before the first header are in a section with an empty name.
  struct Section: Sendable, Equatable {
    var name: String
    var entries: [Entry]
  }

  var sections: [Section]

  /// All values of a key, over every section of that name, in their order.
  func values(section: String, key: String) -> [String] {
    sections.filter { $0.name == section }.flatMap(\.entries).filter { $0.key == key }.map(\.value)
  }

  /// Keys that are given more than once; the agent refuses that for keys with one value.
  var repeatedKeys: [(section: String, key: String)] {
    var seen: [[String]: Int] = [:]
    var repeated: [(section: String, key: String)] = []
    for section in sections {
      for entry in section.entries {
        let count = seen[[section.name, entry.key], default: 0] + 1
        seen[[section.name, entry.key]] = count
        if count == 2 { repeated.append((section.name, entry.key)) }
      }
    }
    return repeated
  }

  /// Whether text can be a section's name or a key.
  static func isName(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy {
        Ascii.continuesName($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
      }
  }

  /// Why the agent wouldn't read a value back as it is; nil when it would. The value itself isn't repeated.
  static func flaw(ofValue text: String) -> String? {
    if text.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\r" }) { return "a line end" }
    if text.unicodeScalars.contains(where: ControlCharacters.contains) { return "a control character" }
    if text.utf8.contains(Ascii.hash) { return "a '#', which starts a comment" }
    if text.utf8.first == Ascii.space || text.utf8.last == Ascii.space {
      return "a blank at its start or end, which would be dropped"
    }
    return nil
  }
}
