/// Reads parameters from the environment and the file, and collects what is wrong with them.
///
/// The environment wins over the file. An empty value counts as unset, as in the scripts that operators come from; an
/// empty variable of the environment thereby puts the default back in place of what the file says.
struct SettingsReader {
  /// A parameter's text as it stood.
  struct Raw {
    let name: String
    let value: EnvironmentFile.Value
    let source: ParameterSource
    let isSecret: Bool

    var origin: ValueOrigin { .parameter(name: name, source: source) }
  }

  private let environment: [String: String]
  private let file: EnvironmentFile?
  private(set) var problems: [SettingsProblem]
  private(set) var warnings: [SettingsWarning] = []
  /// Every parameter that was asked for.
  private(set) var asked: Set<String> = []

  init(environment: [String: String], file: EnvironmentFile?) {
    self.environment = environment
    self.file = file
    problems = file?.problems.map(SettingsProblem.init) ?? []
  }

  /// The names that are set anywhere, also to nothing.
  var names: Set<String> {
    Set(environment.keys).union(file?.assignments.keys.map { $0 } ?? [])
  }

  /// What a name holds, empty or not.
  func present(_ name: String) -> Raw? {
    if let text = environment[name] {
      return Raw(
        name: name, value: .text(text), source: .environment, isSecret: Secrecy.of(name).hides(text))
    }
    guard let file, let assignment = file.assignments[name] else { return nil }
    return Raw(
      name: name, value: assignment.value, source: .file(path: file.path, line: assignment.line),
      isSecret: assignment.isSecret)
  }

  /// What a parameter holds, if it is set.
  mutating func raw(_ name: String) -> Raw? {
    asked.insert(name)
    guard let raw = present(name) else { return nil }
    switch raw.value {
    case .text(let text): return text.isEmpty ? nil : raw
    case .map: return raw
    }
  }

  /// A parameter's text, if it is set to text.
  mutating func text(_ name: String) -> (text: String, raw: Raw)? {
    guard let raw = raw(name) else { return nil }
    guard case .text(let text) = raw.value else {
      refuse(raw, found: "an associative array", expected: "one value")
      return nil
    }
    guard !text.unicodeScalars.contains(where: { $0 != "\t" && ControlCharacters.contains($0) }) else {
      refuse(raw, found: shown(text, of: raw), expected: "text on one line, without control characters")
      return nil
    }
    return (text, raw)
  }

  /// A parameter that has no default.
  mutating func optional<Value: Sendable>(
    _ name: String, expected: String, _ parse: (String) -> Value?
  ) -> Sourced<Value>? {
    guard let (text, raw) = text(name) else { return nil }
    guard let value = parse(text) else {
      refuse(raw, found: shown(text, of: raw), expected: expected)
      return nil
    }
    return Sourced(value: value, origin: raw.origin)
  }

  /// A parameter with a default: the first of the names that is set, else the default that the table gives the last.
  ///
  /// After a malformed value the next name's or the default stands in, so that reading can go on; the problem has been
  /// recorded.
  mutating func value<Value: Sendable>(
    _ names: String..., expected: String, _ parse: (String) -> Value?
  ) -> Sourced<Value> {
    // All are asked for, so that a malformed value is reported also where it is overruled.
    let found = names.map { optional($0, expected: expected, parse) }
    let given = found.firstIndex { $0 != nil } ?? names.count
    let malformed = names.prefix(given).first { raw($0) != nil }
    if let first = found.compactMap(\.self).first { return first.standingIn(for: malformed) }
    guard let last = names.last, let text = Parameter.named(last)?.defaultText, let value = parse(text) else {
      // A mistake in the program's own table, which a test reads through: no setting leads here.
      preconditionFailure("\(names) has no usable default in the parameter table")
    }
    return Sourced(value: value, origin: .defaultValue(of: last)).standingIn(for: malformed)
  }

  mutating func refuse(_ raw: Raw, found: String, expected: String) {
    add(SettingsProblem(parameter: raw.name, source: raw.source, found: found, expected: expected))
  }

  /// Records a problem once: a parameter that several others fall back to is read for each of them.
  mutating func add(_ problem: SettingsProblem) {
    if !problems.contains(problem) { problems.append(problem) }
  }

  /// Records that a parameter is missing which another one makes necessary.
  mutating func refuseMissing(_ name: String, expected: String) {
    let source = present(name)?.source
    add(SettingsProblem(parameter: name, source: source, found: "nothing", expected: expected))
  }

  mutating func warn(_ names: [String], _ message: String) {
    let warning = SettingsWarning(parameters: names, message: message)
    if !warnings.contains(warning) { warnings.append(warning) }
  }

  /// A value, or a part of it, for a message: never a secret, never a control character, never very long.
  func shown(_ text: String, of raw: Raw) -> String {
    guard !raw.isSecret else { return "a value that isn't shown" }
    var told = URLUserInformation.hidden(in: text)
    // A password may have been split, as at a comma: then the value is told as a whole.
    if case .text(let whole) = raw.value, URLUserInformation.isPart(of: whole) {
      told = URLUserInformation.hidden(in: whole)
    }
    let whole = ControlCharacters.escaped(told)
    return whole.count > 100 ? "'\(whole.prefix(100))…' (\(whole.count) characters)" : "'\(whole)'"
  }
}

extension Sourced {
  /// The same in the place of a malformed parameter; unchanged where there is none.
  func standingIn(for malformed: String?) -> Sourced {
    malformed.map { Sourced(value: value, origin: .standIn(for: $0)) } ?? self
  }
}
