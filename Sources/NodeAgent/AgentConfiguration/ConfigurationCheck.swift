/// How a configuration file that exists differs from the one that would be written, as the agent would read both.
struct ConfigurationCheck: Sendable, Equatable {
  /// One key, or line, that differs.
  struct Difference: Sendable, Equatable {
    /// What is the matter with it. The order is that of a report.
    enum Kind: String, Sendable, CaseIterable {
      /// A line that stops the agent.
      case unreadable
      /// A key with one value that is given twice, which stops the agent.
      case repeated
      /// A value that isn't of the key's type: the agent stops, or does without.
      case invalid
      /// A key that would be written isn't there.
      case missing
      case different
      /// A key that the agent reads and that wouldn't be written.
      case extra
      /// A key that the agent isn't known to read: it has no effect.
      case unknown
    }

    let kind: Kind
    let section: String
    /// Nil for a line that holds none.
    let key: String?
    /// From 1; nil for a key that is missing.
    let line: Int?
    /// What the file has, as it may be shown.
    let present: String?
    /// What would be written, as it may be shown.
    let wanted: String?
    /// Why that would be written.
    let origin: ValueOrigin?
    /// More about it: what is expected, or which known key is the nearest.
    let note: String?
  }

  let differences: [Difference]

  /// Whether the agent reads the same from both.
  var agrees: Bool { differences.isEmpty }

  /// Whether the agent can read the file and start with it.
  var isUsable: Bool {
    !differences.contains { [.unreadable, .repeated, .invalid].contains($0.kind) }
  }

  /// - Parameter isAgents: whether it is the agent's own file, of which the keys are known.
  init(_ text: String, wanted: ConfigurationFile, isAgents: Bool = true) {
    let reading = INIReading(text)
    var comparison = Comparison(isAgents: isAgents)
    for flaw in reading.flaws { comparison.add(flaw) }
    var byName: [String: [INIReading.Option]] = [:]
    for option in reading.options { byName[option.name, default: []].append(option) }
    var known: Set<String> = []
    for section in wanted.sections {
      for entry in section.entries {
        let name = INIReading.name(section: section.name, key: entry.key)
        known.insert(name)
        comparison.compare(section.name, entry, byName[name] ?? [])
      }
    }
    for option in reading.options where known.insert(option.name).inserted {
      comparison.addOther(byName[option.name] ?? [])
    }
    let order = Difference.Kind.allCases
    differences = comparison.differences.enumerated().sorted { left, right in
      let (first, second) = (
        order.firstIndex(of: left.element.kind), order.firstIndex(of: right.element.kind)
      )
      return (first ?? 0, left.offset) < (second ?? 0, right.offset)
    }.map(\.element)
  }
}

/// Collects the differences.
private struct Comparison {
  let isAgents: Bool
  var differences: [ConfigurationCheck.Difference] = []

  init(isAgents: Bool) { self.isAgents = isAgents }

  mutating func add(_ flaw: INIError) {
    guard case .line(let line) = flaw.place else { return }
    differences.append(
      .init(
        kind: .unreadable, section: "", key: nil, line: line, present: nil, wanted: nil, origin: nil,
        note: "\(flaw.found), which stops the agent"))
  }

  /// A key that would be written, with every place where the file has it.
  mutating func compare(
    _ section: String, _ entry: AgentConfiguration.Entry, _ options: [INIReading.Option]
  ) {
    let type = type(section, entry.key)
    let isSecret = entry.isSecret || isSecret(entry.key, type)
    func add(_ kind: ConfigurationCheck.Difference.Kind, _ option: INIReading.Option?, _ note: String? = nil)
    {
      differences.append(
        .init(
          kind: kind, section: section, key: entry.key, line: option?.line,
          present: option.map { isSecret ? Secret($0.value).description : $0.value },
          wanted: isSecret ? entry.value.description : entry.shown, origin: entry.origin, note: note))
    }
    guard var first = options.first else { return add(.missing, nil) }
    if options.count > 1, !type.isRepeatable {
      return add(.repeated, options[1], "given at line \(first.line) already, which stops the agent")
    }
    // Of a key that adds up, the lines are one list.
    first.value = options.map(\.value).joined(separator: " ")
    guard let meant = type.normalized(first.value) else {
      return add(.invalid, first, "expected \(type.expected)")
    }
    if meant != type.normalized(entry.value.reveal()) { add(.different, first) }
  }

  /// A key that wouldn't be written.
  mutating func addOther(_ options: [INIReading.Option]) {
    guard let first = options.first else { return }
    // Before the first header, and below any, a key may have its section in its own name.
    let dot = first.name.firstIndex(of: ".")
    let section = dot.map { String(first.name[..<$0]) } ?? ""
    let key = dot.map { String(first.name[first.name.index(after: $0)...]) } ?? first.name
    func add(
      _ kind: ConfigurationCheck.Difference.Kind, _ option: INIReading.Option, shown: Bool, _ note: String?
    ) {
      differences.append(
        .init(
          kind: kind, section: section, key: key, line: option.line,
          present: shown ? option.value : Secret(option.value).description, wanted: nil, origin: nil,
          note: note))
    }
    guard isAgents else { return add(.extra, first, shown: false, nil) }
    guard let type = KnownKeys.type(section: section, key: key) else {
      // Whatever it is, it isn't known to be no secret.
      let hint = KnownKeys.nearest(section: section, key: key).map { "did you mean \($0)?" }
      return add(.unknown, first, shown: false, hint)
    }
    let shown = !isSecret(key, type)
    if options.count > 1, !type.isRepeatable {
      return add(
        .repeated, options[1], shown: shown, "given at line \(first.line) already, which stops the agent")
    }
    guard type.accepts(options.map(\.value).joined(separator: " ")) else {
      return add(.invalid, first, shown: shown, "expected \(type.expected)")
    }
    add(.extra, first, shown: shown, nil)
  }

  private func type(_ section: String, _ key: String) -> AgentKeyType {
    isAgents ? KnownKeys.type(section: section, key: key) ?? .text : .text
  }

  /// A path of a key file is none.
  private func isSecret(_ key: String, _ type: AgentKeyType) -> Bool {
    type != .path && SecretNames.mentions(key)
  }
}
