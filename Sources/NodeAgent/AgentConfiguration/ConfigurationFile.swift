/// A configuration file as it is to be on the host, with the origin of each value.
struct ConfigurationFile: Sendable, Equatable {
  /// Where it lies below the host's root.
  let path: String
  let sections: [AgentConfiguration.Section]
  /// Wrapped, so that no dump of the whole shows what it holds.
  private let content: Secret

  /// What each file may be done with: by its owner and its group, as one of them holds secrets and none is anybody else's
  /// business.
  static let mode: UInt32 = 0o640

  init(path: String, sections: [AgentConfiguration.Section], text: String) {
    (self.path, self.sections, content) = (path, sections, Secret(text))
  }

  /// The file's content. It may hold secrets.
  var text: String { content.reveal() }

  /// The file's content as it is written.
  var bytes: [UInt8] { Array(text.utf8) }

  /// Whether a value is among its own that nobody is to be shown.
  var hasSecrets: Bool { sections.contains { $0.entries.contains(where: \.isSecret) } }

  /// The last part of its path.
  var name: String { String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]) }

  /// The entry of a key, if it is there.
  func entry(section: String, key: String) -> AgentConfiguration.Entry? {
    sections.first { $0.name == section }?.entries.first { $0.key == key }
  }
}

extension AgentConfiguration {
  /// The file as it is to be on the host.
  var file: ConfigurationFile { ConfigurationFile(path: Self.path, sections: sections, text: text) }
}

/// Every configuration file that a node has.
struct ConfigurationFiles: Sendable, Equatable {
  /// The vRouter agent's own.
  let agent: AgentConfiguration
  /// Those beside it, in the order in which they are written.
  let companions: [ConfigurationFile]
  /// What the operator should know, though the files can be written.
  let warnings: [String]

  /// Where those beside the agent's lie.
  static let companionPaths = [ConfigurationAPIFile.path, LoadBalancerFile.path]
  /// Where all of them lie, the agent's own first.
  static let paths = [AgentConfiguration.path] + companionPaths

  /// How far a write has come that changes several of them; beside them, so that it lasts as long as they do.
  static let journal = "/etc/contrail/.vrouter-node-agent.files"

  /// Whether this program wrote a content.
  static func isOurs(_ content: [UInt8]) -> Bool {
    content.starts(with: AgentConfiguration.heading.utf8.prefix { $0 != Ascii.lineFeed })
  }

  /// All of them, the agent's own first.
  var all: [ConfigurationFile] { [agent.file] + companions }

  /// Renders them; the same settings and facts give the same bytes.
  ///
  /// - Throws: everything that keeps one of them from being written, at once.
  init(settings: Settings, facts: ConfigurationFacts) throws(AgentConfigurationError) {
    var problems: [AgentConfigurationError.Problem] = []
    var agent: AgentConfiguration?
    do {
      agent = try AgentConfiguration(settings: settings, facts: facts)
    } catch {
      problems += error.problems
    }
    var companions: [ConfigurationFile] = []
    for var builder in [
      CompanionBuilder.configurationAPIClient(settings, facts), .loadBalancer(settings, facts),
    ] {
      if let file = builder.file() { companions.append(file) }
      problems += builder.problems
    }
    guard problems.isEmpty, let agent else { throw AgentConfigurationError(problems: problems) }
    self.agent = agent
    self.companions = companions
    warnings = agent.warnings + LoadBalancerFile.warnings(settings, facts)
  }
}
