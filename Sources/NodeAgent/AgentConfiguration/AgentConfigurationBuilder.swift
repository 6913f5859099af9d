import Netlink

/// Collects the entries of the agent's configuration and what is wrong with them.
struct AgentConfigurationBuilder {
  let settings: Settings
  let facts: ConfigurationFacts
  private(set) var sections: [AgentConfiguration.Section] = []
  private(set) var problems: [AgentConfigurationError.Problem] = []
  /// What the operator should know, though the configuration can be written.
  var warnings: [String] = []

  init(settings: Settings, facts: ConfigurationFacts) {
    self.settings = settings
    self.facts = facts
  }

  mutating func build() {
    controlNode()
    defaults()
    sandesh()
    networks()
    dns()
    metadata()
    virtualHostInterface()
    serviceInstance()
    hypervisor()
    flows()
    queues()
    priorityGroups()
    session()
    stats()
    restart()
    for override in settings.overrides {
      set(
        override.section, override.key,
        .init(key: override.key, value: override.value, isSecret: override.isSecret, origin: override.origin))
    }
    warnAboutIPv6()
  }

  /// Adds a key, or replaces it where it is.
  private mutating func set(_ section: String, _ key: String, _ entry: AgentConfiguration.Entry) {
    if let flaw = INIDocument.flaw(ofValue: entry.value.reveal()) {
      refuse(
        section, key, origin: entry.origin, found: flaw,
        expected: "a value on one line, without '#' and without blanks at its ends")
      return
    }
    guard let place = sections.firstIndex(where: { $0.name == section }) else {
      sections.append(.init(name: section, entries: [entry]))
      return
    }
    if let existing = sections[place].entries.firstIndex(where: { $0.key == key }) {
      sections[place].entries[existing] = entry
    } else {
      sections[place].entries.append(entry)
    }
  }

  /// Adds a section that has no keys.
  mutating func addSection(_ name: String) {
    if !sections.contains(where: { $0.name == name }) { sections.append(.init(name: name, entries: [])) }
  }

  mutating func add(_ section: String, _ key: String, _ value: Sourced<String>) {
    set(
      section, key, .init(key: key, value: Secret(value.value), isSecret: false, origin: value.origin))
  }

  mutating func add(_ section: String, _ key: String, _ value: Sourced<Bool>) {
    add(section, key, value.map { $0 ? "true" : "false" })
  }

  mutating func add(_ section: String, _ key: String, secret: Sourced<Secret>) {
    set(section, key, .init(key: key, value: secret.value, isSecret: true, origin: secret.origin))
  }

  mutating func add(_ section: String, _ key: String, _ servers: Sourced<ServerList>) {
    switch servers.value {
    case .servers(let list):
      add(section, key, servers.map { _ in list.map(\.text).joined(separator: " ") })
    case .nodes(.nodes(let nodes), let port):
      add(section, key, servers.map { _ in nodes.map { "\($0):\(port)" }.joined(separator: " ") })
    case .nodes(.defaultAddress, let port):
      let origin = servers.origin.parts.dropFirst().reduce(ValueOrigin.defaultAddress) { $0.with($1) }
      guard let address = facts.defaultAddress else {
        refuse(
          section, key, origin: servers.origin, found: "no interface with a default route and an address",
          expected: "CONTROLLER_NODES, or a default route")
        return
      }
      add(section, key, Sourced(value: "\(address):\(port)", origin: origin))
    }
  }

  mutating func refuse(
    _ section: String, _ key: String, origin: ValueOrigin?, found: String, expected: String,
    cause: String? = nil, remedies: Set<String> = []
  ) {
    problems.append(
      .init(
        section: section, key: key, origin: origin, found: found, expected: expected, cause: cause,
        remedies: remedies))
  }
}
