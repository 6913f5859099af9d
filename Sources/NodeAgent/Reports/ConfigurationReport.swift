/// The agent's configuration as JSON carries it: each value with its origin.
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

  init(_ configuration: AgentConfiguration, showsSecrets: Bool) {
    path = AgentConfiguration.path
    entries = configuration.sections.flatMap { section in
      section.entries.map { entry in
        Entry(
          section: section.name, key: entry.key, value: showsSecrets ? entry.value.reveal() : entry.shown,
          secret: entry.isSecret, origin: "\(entry.origin)")
      }
    }
  }
}

/// The agent's configuration for people.
enum ConfigurationText {
  /// The file, with secrets as set or unset.
  static func file(_ configuration: AgentConfiguration) -> String {
    AgentConfiguration.heading
      + configuration.sections.map { section in
        "[\(section.name)]\n" + section.entries.map { "\($0.key)=\($0.shown)\n" }.joined()
      }.joined(separator: "\n")
  }

  /// Each value with where it comes from.
  static func table(_ configuration: AgentConfiguration, showsSecrets: Bool) -> String {
    var table = TextTable(["section", "key", "value", "origin"])
    for entry in ConfigurationReport(configuration, showsSecrets: showsSecrets).entries {
      table.add([entry.section, entry.key, entry.value, entry.origin])
    }
    return table.text
  }
}
