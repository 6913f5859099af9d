/// How a configuration file that exists differs from the one that would be written, as what reads it would read both.
struct ConfigurationCheck: Sendable, Equatable {
  /// One key, or line, that differs.
  struct Difference: Sendable, Equatable {
    /// What is the matter with it. The order is that of a report.
    enum Kind: String, Sendable, CaseIterable {
      /// A line that stops the agent, or whatever reads the file.
      case unreadable
      /// A key with one value that is given twice, which stops it, too.
      case repeated
      /// A value that isn't of the key's type: the agent stops, or does without; or one that its reader doesn't get.
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

  /// Whether the same is read from both.
  var agrees: Bool { differences.isEmpty }

  /// Whether the agent, or whatever reads the file, can read it and start with it.
  var isUsable: Bool {
    !differences.contains { [.unreadable, .repeated, .invalid].contains($0.kind) }
  }

  init(_ text: String, wanted: ConfigurationFile) {
    let reader = wanted.reader
    let (options, flaws) = reader.read(text)
    var comparison = Comparison(reader: reader)
    for flaw in flaws { comparison.add(flaw) }
    var byName: [String: [ConfigurationReader.Option]] = [:]
    for option in options { byName[option.name, default: []].append(option) }
    var known: Set<String> = []
    for section in wanted.sections {
      for entry in section.entries {
        let names = reader.names(section: section.name, key: entry.key)
        let name = names.first { byName[$0] != nil }
        if let name { known.insert(name) }
        comparison.compare(section.name, entry, name.flatMap { byName[$0] } ?? [])
      }
    }
    for option in options where known.insert(option.name).inserted {
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
  let reader: ConfigurationReader
  var differences: [ConfigurationCheck.Difference] = []

  init(reader: ConfigurationReader) { self.reader = reader }

  mutating func add(_ flaw: INIError) {
    guard case .line(let line) = flaw.place else { return }
    differences.append(
      .init(
        kind: .unreadable, section: "", key: nil, line: line, present: nil, wanted: nil, origin: nil,
        note: "\(flaw.found), \(reader.consequence)"))
  }

  /// A key that would be written, with every place where the file has it.
  mutating func compare(
    _ section: String, _ entry: AgentConfiguration.Entry, _ options: [ConfigurationReader.Option]
  ) {
    let type = reader.type(section: section, key: entry.key)
    func add(
      _ kind: ConfigurationCheck.Difference.Kind, _ option: ConfigurationReader.Option?, _ note: String? = nil
    ) {
      differences.append(
        .init(
          kind: kind, section: section, key: entry.key, line: option?.line,
          present: option.map { shown($0, isSecret: entry.isSecret) }, wanted: entry.shown,
          origin: entry.origin, note: note))
    }
    guard var first = options.first else { return add(.missing, nil) }
    if options.count > 1, !type.isRepeatable { return add(.repeated, options[1], repetition(of: first)) }
    if let flaw = first.flaw { return add(.invalid, first, flaw) }
    // Of a key that adds up, the lines are one list.
    first.value = options.map(\.value).joined(separator: " ")
    guard let meant = type.normalized(first.value) else {
      return add(.invalid, first, "expected \(type.expected)")
    }
    if meant != type.normalized(entry.value.reveal()) { add(.different, first) }
  }

  /// A key that wouldn't be written.
  mutating func addOther(_ options: [ConfigurationReader.Option]) {
    guard let first = options.first else { return }
    let (section, key) = (first.section, first.key)
    func add(
      _ kind: ConfigurationCheck.Difference.Kind, _ option: ConfigurationReader.Option,
      isSecret: Bool = false,
      _ note: String?
    ) {
      differences.append(
        .init(
          kind: kind, section: section, key: key, line: option.line,
          present: shown(option, isSecret: isSecret), wanted: nil, origin: nil, note: note))
    }
    guard case .agent = reader else {
      if options.count > 1 { return add(.repeated, options[1], isSecret: true, repetition(of: first)) }
      return add(.extra, first, isSecret: true, nil)
    }
    guard let type = KnownKeys.type(section: section, key: key) else {
      // Whatever it is, it isn't known to be no secret.
      let hint = KnownKeys.nearest(section: section, key: key).map { "did you mean \($0)?" }
      return add(.unknown, first, isSecret: true, hint)
    }
    if options.count > 1, !type.isRepeatable {
      return add(.repeated, options[1], repetition(of: first))
    }
    guard type.accepts(options.map(\.value).joined(separator: " ")) else {
      return add(.invalid, first, "expected \(type.expected)")
    }
    add(.extra, first, nil)
  }

  private func repetition(of first: ConfigurationReader.Option) -> String {
    "given at line \(first.line) already, \(reader.consequence)"
  }

  /// What the file has, for people.
  private func shown(_ option: ConfigurationReader.Option, isSecret: Bool) -> String {
    let secrecy = reader.secrecy(section: option.section, key: option.key)
    guard !isSecret, !option.isComposed, !secrecy.hides(option.value) else {
      return Secret(option.value).description
    }
    return URLUserInformation.hidden(in: option.value)
  }
}
