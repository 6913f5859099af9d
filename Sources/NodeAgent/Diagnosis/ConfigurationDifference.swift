/// In which keys a configuration file differs from the one that would be written. Values, which may be secrets, are
/// not told.
enum ConfigurationDifference {
  static func keys(_ present: [UInt8], _ wanted: ConfigurationFile) -> [String] {
    let text = String(decoding: present, as: UTF8.self)
    guard let present = try? INIDocument(parsing: text) else {
      return ["it is no file that the vRouter agent can read"]
    }
    var lines: [String] = []
    var known: Set<[String]> = []
    for section in wanted.sections {
      for entry in section.entries {
        known.insert([section.name, entry.key])
        let values = present.values(section: section.name, key: entry.key)
        if values.isEmpty {
          lines.append("[\(section.name)] \(entry.key) is missing")
        } else if values != [entry.value.reveal()] {
          lines.append("[\(section.name)] \(entry.key) has another value")
        }
      }
    }
    for section in present.sections {
      for entry in section.entries where known.insert([section.name, entry.key]).inserted {
        lines.append("[\(section.name)] \(entry.key) is not asked for")
      }
    }
    return lines.isEmpty ? ["the keys and values agree; comments or their order differ"] : lines
  }
}
