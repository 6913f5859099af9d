import Netlink

/// Collects the entries of a file beside the agent's own, which Python's configparser reads.
struct CompanionBuilder {
  let path: String
  private(set) var sections: [AgentConfiguration.Section] = []
  private(set) var problems: [AgentConfigurationError.Problem] = []

  init(path: String) {
    self.path = path
  }

  /// Goes on with another section.
  mutating func section(_ name: String) {
    sections.append(.init(name: name, entries: []))
  }

  mutating func add(_ key: String, _ value: Sourced<String>) {
    append(.init(key: key, value: Secret(value.value), isSecret: false, origin: value.origin))
  }

  mutating func add(_ key: String, _ value: Sourced<Bool>) {
    add(key, value.map { $0 ? "true" : "false" })
  }

  mutating func add(_ key: String, _ value: Sourced<UInt16>) {
    add(key, value.map { "\($0)" })
  }

  mutating func add(_ key: String, secret: Sourced<Secret>) {
    append(.init(key: key, value: secret.value, isSecret: true, origin: secret.origin))
  }

  mutating func refuse(_ key: String, origin: ValueOrigin?, found: String, expected: String) {
    problems.append(
      .init(
        section: sections.last?.name ?? "", key: key, origin: origin, found: found, expected: expected,
        file: path))
  }

  private mutating func append(_ entry: AgentConfiguration.Entry) {
    if let flaw = INIDocument.flaw(ofPythonValue: entry.value.reveal()) {
      refuse(
        entry.key, origin: entry.origin, found: flaw,
        expected: "a value on one line, without ' ;' and without blanks at its ends")
    } else if !sections.isEmpty {
      sections[sections.count - 1].entries.append(entry)
    }
  }

  /// The file; nil when there are problems.
  mutating func file() -> ConfigurationFile? {
    guard problems.isEmpty else { return nil }
    let document = INIDocument(
      sections: sections.map { section in
        INIDocument.Section(
          name: section.name, entries: section.entries.map { .init(key: $0.key, value: $0.value.reveal()) })
      })
    do throws(INIError) {
      let text = AgentConfiguration.heading + (try document.pythonText())
      return ConfigurationFile(path: path, sections: sections, text: text)
    } catch {
      refuse("", origin: nil, found: error.description, expected: "a configuration file")
      return nil
    }
  }
}
