/// Carries out the assignments of a parsed file.
struct ShellEvaluator {
  /// The longest value, in bytes: what Linux takes as one string of an environment (MAX_ARG_STRLEN).
  static let valueLimit = 128 << 10
  /// The most bytes that all values of a run may come to, overwritten ones included.
  static let totalLimit = 16 << 20
  /// The most elements of an associative array: twice as many as Kubernetes has nodes at most.
  static let mapLimit = 10_000

  /// Variables that a shell makes up by itself, so that a value from this process' environment would differ or be absent.
  private static let shellsOwn: Set<String> = [
    "BASH", "BASHPID", "BASH_VERSION", "EPOCHREALTIME", "EPOCHSECONDS", "EUID", "GROUPS", "HOSTNAME",
    "HOSTTYPE",
    "IFS", "LINENO", "MACHTYPE", "OLDPWD", "OPTIND", "OSTYPE", "PPID", "PWD", "RANDOM", "SECONDS",
    "SHELLOPTS",
    "SHLVL", "SRANDOM", "UID",
  ]

  private struct Failed: Error {}

  private let path: String
  private let environment: [String: String]
  private(set) var assignments: [String: EnvironmentFile.Assignment] = [:]
  private(set) var problems: [EnvironmentFile.Problem] = []
  private(set) var unreadable: Set<String> = []
  private var bytesMade = 0
  /// The assignment at hand.
  private var subject = ""
  private var line = 0
  private var isSecret = false

  init(path: String, environment: [String: String]) {
    self.path = path
    self.environment = environment
  }

  mutating func run(_ statement: ShellStatement) {
    if statement.expandsFirst {
      let expanded = statement.assignments.map { ($0, expand($0)) }
      for (assignment, value) in expanded { store(value, of: assignment) }
    } else {
      for assignment in statement.assignments { store(expand(assignment), of: assignment) }
    }
  }

  /// An assignment's parts with everything expanded.
  private enum Expanded {
    case text(String, appends: Bool, isSecret: Bool)
    case map([EnvironmentFile.MapEntry], appends: Bool, isSecret: Bool)
  }

  private mutating func expand(_ assignment: ShellAssignment) -> Expanded? {
    subject = assignment.name
    line = assignment.line
    isSecret = Secrecy.of(assignment.name) == .secret
    do throws(Failed) {
      switch assignment.change {
      case .set(let word): return .text(try text(word), appends: false, isSecret: isSecret)
      case .append(let word): return .text(try text(word), appends: true, isSecret: isSecret)
      case .declareMap: return .map([], appends: true, isSecret: isSecret)
      case .setMap(let words): return .map(try entries(words), appends: false, isSecret: isSecret)
      case .appendMap(let words): return .map(try entries(words), appends: true, isSecret: isSecret)
      case .setElement(let key, let value):
        return .map(try entries([(key, value)]), appends: true, isSecret: isSecret)
      case .refused: return nil
      }
    } catch {
      return nil
    }
  }

  private mutating func store(_ expanded: Expanded?, of assignment: ShellAssignment) {
    let name = assignment.name
    subject = name
    line = assignment.line
    func assigned(_ value: EnvironmentFile.Value, isSecret: Bool) -> EnvironmentFile.Assignment {
      var hides = isSecret
      if case .text(let text) = value { hides = hides || Secrecy.of(name).hides(text) }
      return .init(name: name, value: value, line: assignment.line, isSecret: hides)
    }
    let previous = assignments[name]
    switch expanded {
    case nil:
      assignments[name] = nil
      unreadable.insert(name)
    case .text(let text, let appends, let isSecret):
      guard !appends else {
        guard !unreadable.contains(name) else { return }
        if let sum = try? limited(Array((value(of: name) ?? "").utf8) + Array(text.utf8)) {
          assignments[name] = assigned(.text(sum), isSecret: isSecret || previous?.isSecret == true)
        }
        return
      }
      assignments[name] = assigned(.text(text), isSecret: isSecret)
      unreadable.remove(name)
    case .map(let entries, let appends, let isSecret):
      var all: [EnvironmentFile.MapEntry] = []
      if case .map(let before)? = previous?.value, appends {
        all = before
      } else if appends, case .text? = previous?.value {
        report("an associative array under a name that holds one value", "another name")
        return
      }
      var places = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($0.element.key, $0.offset) })
      for entry in entries {
        if let place = places[entry.key] {
          all[place].value = entry.value
        } else {
          places[entry.key] = all.count
          all.append(entry)
        }
      }
      guard all.count <= Self.mapLimit else {
        report("an associative array of \(all.count) elements", "no more than \(Self.mapLimit)")
        return
      }
      assignments[name] = assigned(.map(all), isSecret: isSecret || (appends && previous?.isSecret == true))
      unreadable.remove(name)
    }
  }

  private mutating func entries(
    _ words: [(key: [ShellPiece], value: [ShellPiece])]
  ) throws(Failed) -> [EnvironmentFile.MapEntry] {
    var entries: [EnvironmentFile.MapEntry] = []
    for (key, value) in words {
      let key = try text(key)
      guard !key.isEmpty else { throw failed("an empty key", "[\"key\"]=\"value\"") }
      entries.append(.init(key: key, value: try text(value)))
    }
    return entries
  }

  private mutating func text(_ word: [ShellPiece]) throws(Failed) -> String {
    try limited(try bytes(word))
  }

  private mutating func limited(_ bytes: [UInt8]) throws(Failed) -> String {
    bytesMade += bytes.count
    guard bytes.count <= Self.valueLimit else {
      throw failed("a value of \(bytes.count) bytes", "no more than \(Self.valueLimit) bytes")
    }
    guard bytesMade <= Self.totalLimit else {
      throw failed("values of more than \(Self.totalLimit) bytes in all", "a smaller file")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw failed("escapes that don't make UTF-8", "text in UTF-8")
    }
    return text
  }

  private mutating func bytes(_ word: [ShellPiece]) throws(Failed) -> [UInt8] {
    var result: [UInt8] = []
    for piece in word {
      switch piece {
      case .text(let text): result += text
      case .variable(let name, let operation, let line):
        result += try expansion(of: name, operation: operation, at: line)
      case .refused: throw Failed()
      }
      guard result.count <= Self.valueLimit else {
        throw failed("a value of more than \(Self.valueLimit) bytes", "a shorter one")
      }
    }
    return result
  }

  private mutating func expansion(
    of name: String, operation: ShellOperation?, at line: Int
  ) throws(Failed) -> [UInt8] {
    let current = try readable(name, at: line)
    if let current { isSecret = isSecret || assignments[name]?.isSecret ?? Secrecy.of(name).hides(current) }
    guard let operation else { return Array((current ?? "").utf8) }
    let isSet = current != nil && !(operation.emptyIsUnset && current?.isEmpty == true)
    switch (operation.kind, isSet) {
    case (.useAlternative, true), (.useDefault, false):
      return try bytes(operation.word)
    case (.useAlternative, false):
      return []
    case (.assignDefault, false):
      let made = try text(operation.word)
      assignments[name] = .init(
        name: name, value: .text(made), line: line, isSecret: isSecret || Secrecy.of(name).hides(made))
      return Array(made.utf8)
    case (.require, false):
      let message = String(decoding: try bytes(operation.word), as: UTF8.self)
      // Only now is it known whether a secret is part of it.
      let text = isSecret || message.isEmpty ? "a value" : URLUserInformation.hidden(in: message)
      throw failed("\(name) without a value", text, line: line)
    default:
      return Array((current ?? "").utf8)
    }
  }

  /// A variable's value; problems of its own have been reported where it was assigned.
  private mutating func readable(_ name: String, at line: Int) throws(Failed) -> String? {
    guard !unreadable.contains(name) else { throw Failed() }
    if case .map? = assignments[name]?.value {
      throw failed("the associative array \(name) as one value", "a variable with one value", line: line)
    }
    let current = value(of: name)
    if current == nil && Self.shellsOwn.contains(name) {
      throw failed(
        "$\(name), which a shell makes up by itself", "the value itself, or \(name) in the environment",
        line: line)
    }
    return current
  }

  private func value(of name: String) -> String? {
    if case .text(let text)? = assignments[name]?.value { return text }
    return environment[name]
  }

  private mutating func failed(_ found: String, _ expected: String, line: Int? = nil) -> Failed {
    report(found, expected, line: line)
    return Failed()
  }

  private mutating func report(_ found: String, _ expected: String, line: Int? = nil) {
    problems.append(
      .init(path: path, line: line ?? self.line, name: subject, found: found, expected: expected))
  }
}
