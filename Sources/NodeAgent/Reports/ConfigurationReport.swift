/// The configuration files as JSON carries them.
struct ConfigurationFilesReport: Encodable {
  let files: [ConfigurationReport]

  init(_ files: [ConfigurationFile], showsSecrets: Bool) {
    self.files = files.map { ConfigurationReport($0, showsSecrets: showsSecrets) }
  }
}

/// A configuration file as JSON carries it: each value with its origin.
struct ConfigurationReport: Encodable {
  let path: String
  let entries: [Entry]

  struct Entry: Encodable {
    let section: String
    let key: String
    let value: String
    let secret: Bool
    let origin: String
  }

  init(_ file: ConfigurationFile, showsSecrets: Bool) {
    path = file.path
    entries = file.sections.flatMap { section in
      section.entries.map { entry in
        Entry(
          section: section.name, key: entry.key, value: showsSecrets ? entry.value.reveal() : entry.shown,
          secret: entry.isSecret, origin: "\(entry.origin)")
      }
    }
  }
}

/// The configuration files for people.
enum ConfigurationText {
  /// The file, with secrets as set or unset.
  static func file(_ file: ConfigurationFile) -> String {
    AgentConfiguration.heading
      + file.sections.map { section in
        "[\(section.name)]\n" + section.entries.map { "\($0.key)=\($0.shown)\n" }.joined()
      }.joined(separator: "\n")
  }

  /// Each value with where it comes from.
  static func table(_ file: ConfigurationFile, showsSecrets: Bool) -> String {
    var table = TextTable(["section", "key", "value", "origin"])
    for entry in ConfigurationReport(file, showsSecrets: showsSecrets).entries {
      table.add([entry.section, entry.key, entry.value, entry.origin])
    }
    return table.text
  }

  /// Several files, each below its path; one alone as it is.
  static func text(_ files: [ConfigurationFile], _ render: (ConfigurationFile) -> String) -> String {
    guard files.count > 1 else { return files.map(render).joined() }
    return files.map { "==> \($0.path) <==\n\(render($0))" }.joined(separator: "\n")
  }
}
