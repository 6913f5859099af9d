/// A configuration file as it is to be on the host, each value with its origin.
struct RenderedFile: Sendable, Equatable {
  /// Absolute, below the host's root.
  let path: String
  let sections: [AgentConfiguration.Section]

  /// Wrapped, so that no dump of the whole shows what it holds.
  private let content: Secret

  /// Permission bits of every one of them: they hold secrets, or may.
  static let mode: UInt32 = 0o640

  /// - Parameter text: what the sections are as a file, comments included.
  init(path: String, sections: [AgentConfiguration.Section], text: String) {
    self.path = path
    self.sections = sections
    content = Secret(text)
  }

  /// The file's content. It may hold secrets.
  var text: String { content.reveal() }

  /// The last part of the path.
  var name: Substring { path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...] }

  /// Whether it has a value that may not be shown.
  var hasSecrets: Bool { sections.contains { $0.entries.contains(where: \.isSecret) } }
}

extension AgentConfiguration {
  /// Every file that is written together with the agent's own, which comes first.
  var files: [RenderedFile] { [RenderedFile(path: Self.path, sections: sections, text: text)] }
}

/// Which configuration files this program may write.
enum ConfigurationFiles {
  /// The agent's own first.
  static let paths = [AgentConfiguration.path]

  /// How far a write has come that changes several of them; beside them, so that it lasts as long as they do.
  static let journal = "/etc/contrail/.vrouter-node-agent.files"

  /// Whether this program wrote a content.
  static func isOurs(_ content: [UInt8]) -> Bool {
    content.starts(with: AgentConfiguration.heading.utf8.prefix { $0 != Ascii.lineFeed })
  }
}
