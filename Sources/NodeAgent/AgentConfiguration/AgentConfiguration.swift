/// The content of `contrail-vrouter-agent.conf`, with the origin of each value.
struct AgentConfiguration: Sendable, Equatable {
  /// A key with its value and why it is what it is.
  struct Entry: Sendable, Equatable {
    let key: String
    /// The value as it is written; wrapped, since it may not be shown when ``isSecret``.
    let value: Secret
    let isSecret: Bool
    let origin: ValueOrigin

    /// The value for people: secrets as set or unset, and no user information of a URL.
    var shown: String {
      isSecret ? value.description : URLUserInformation.hidden(in: value.reveal())
    }
  }

  /// A section with its entries, in the order in which they are written.
  struct Section: Sendable, Equatable {
    let name: String
    var entries: [Entry]
  }

  /// Where the file lies below the host's root.
  static let path = "/etc/contrail/contrail-vrouter-agent.conf"

  /// The first line of the file.
  static let heading =
    "# Written by vrouter-node-agent from its settings; other changes to this file get lost.\n\n"

  let sections: [Section]
  /// What the operator should know, though the configuration can be written.
  let warnings: [String]

  /// Wrapped, so that no dump of the whole shows what it holds.
  private let content: Secret

  /// The file's content. It holds secrets.
  var text: String { content.reveal() }

  /// Renders the configuration; the same settings and facts give the same bytes.
  ///
  /// - Throws: everything that keeps the configuration from being written, at once.
  init(settings: Settings, facts: ConfigurationFacts) throws(AgentConfigurationError) {
    var builder = AgentConfigurationBuilder(settings: settings, facts: facts)
    builder.build()
    (sections, warnings) = (builder.sections, builder.warnings)
    let document = INIDocument(
      sections: sections.map { section in
        INIDocument.Section(
          name: section.name, entries: section.entries.map { .init(key: $0.key, value: $0.value.reveal()) })
      })
    guard builder.problems.isEmpty else { throw AgentConfigurationError(problems: builder.problems) }
    do throws(INIError) {
      content = Secret(Self.heading + (try document.text()))
    } catch {
      throw AgentConfigurationError(problems: [
        .init(section: "", key: nil, origin: nil, found: error.description, expected: "a configuration file")
      ])
    }
  }

  /// The entry of a key, if it is there.
  func entry(section: String, key: String) -> Entry? {
    sections.first { $0.name == section }?.entries.first { $0.key == key }
  }
}

/// The agent's configuration can't be made. Holds every reason.
struct AgentConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// One value that can't be written, or is missing.
  struct Problem: Sendable, Equatable, CustomStringConvertible {
    let section: String
    let key: String?
    /// Where the value came from.
    let origin: ValueOrigin?
    /// What was there. Secrets aren't repeated.
    let found: String
    let expected: String
    /// The file, where it isn't the agent's own.
    var file: String?
    /// The parameter that asks for it, where that isn't the one that the value came from.
    var cause: String?
    /// Parameters that would have given a value, had they been set.
    var remedies: Set<String> = []

    /// The parameter that it is about; nil when it is about none.
    var parameter: String? { cause ?? origin?.parameter?.name }

    /// Those that it rests on.
    var parameters: Set<String> {
      remedies.union(origin?.parameters ?? []).union([cause].compactMap(\.self))
    }

    var description: String {
      let name = key.map { "[\(section)] \($0)" } ?? "[\(section)]"
      let place = file.map { "\($0) \(name)" } ?? name
      let from = origin.map { " from \($0)" } ?? ""
      return "\(place)\(from): found \(found); expected \(expected)"
    }
  }

  let problems: [Problem]

  /// One line for each problem.
  var description: String { problems.map(\.description).joined(separator: "\n") }
}
