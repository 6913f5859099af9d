/// A `common.env` as a shell that sources it would leave its variables, read without running one.
///
/// Understood: comments, `NAME=value`, `NAME+=value`, `export`, `declare`/`typeset` with `-x` and `-g`, all quotes,
/// line continuations, `$A`, `${A}` and the operators `-`, `=`, `?`, `+` with and without a colon (nested too),
/// `declare -A NAME=(…)`, and `set -a`. Everything else that a shell would act on (commands, command substitution,
/// arithmetic, other arrays, other expansions, tilde and brace expansion) is refused by name.
///
/// - `$A` means the file's previous assignment to `A`, otherwise the process environment's `A`, otherwise nothing.
/// - The last assignment of a name wins.
/// - A carriage return before a line feed is dropped wherever it stands, one anywhere else is refused; so is a NUL
///   byte, and text that isn't UTF-8. A byte order mark at the start is dropped.
/// - Every problem of the file is kept, not only the first; values of names that are, or look like, secrets never appear in one.
struct EnvironmentFile: Sendable, Equatable {
  /// What a name holds.
  enum Value: Sendable, Equatable {
    case text(String)
    /// An associative array, in the order in which its keys were first written.
    case map([MapEntry])
  }

  /// One element of an associative array.
  struct MapEntry: Sendable, Equatable {
    let key: String
    var value: String
  }

  /// What the file's last assignment to a name left.
  struct Assignment: Sendable, Equatable {
    let name: String
    let value: Value
    /// The line (from 1) on which the assignment starts.
    let line: Int
    /// Whether messages must not repeat the value: by its name (``Secrecy``), or since it was made from one of which that holds.
    let isSecret: Bool
  }

  /// What is wrong at one place of the file.
  struct Problem: Sendable, Equatable, CustomStringConvertible {
    let path: String
    /// The line (from 1), or nil when the file as a whole is meant.
    let line: Int?
    /// The variable that was being assigned, where there is one.
    let name: String?
    let found: String
    let expected: String

    init(path: String, line: Int?, name: String?, found: String, expected: String) {
      self.path = path
      self.line = line
      self.name = name
      // Both may repeat what the file holds: a command, the message of a `${A:?message}`.
      self.found = ControlCharacters.escaped(found)
      self.expected = ControlCharacters.escaped(expected)
    }

    var description: String {
      let place = line.map { "\(path):\($0)" } ?? path
      let subject = name.map { " \($0):" } ?? ""
      return "\(place):\(subject) found \(found); expected \(expected)"
    }
  }

  /// The largest file that is read, in bytes: what a ConfigMap can hold.
  static let sizeLimit = 1 << 20

  /// How the file is called in messages.
  let path: String
  /// What the file assigns, by name. A name whose last assignment had a problem isn't there.
  let assignments: [String: Assignment]
  /// Everything that is wrong with the file, in the order of its lines.
  let problems: [Problem]
  /// The names whose last assignment had a problem.
  let unreadable: Set<String>

  /// Reads a file's content.
  ///
  /// - Parameters:
  ///   - path: how the file is called in messages.
  ///   - bytes: what the file holds.
  ///   - environment: what `$NAME` means where the file didn't assign `NAME` before.
  init(path: String, bytes: [UInt8], environment: [String: String]) {
    self.path = path
    var problems: [Problem] = []
    guard let text = Self.normalized(bytes, path: path, problems: &problems) else {
      (assignments, self.problems, unreadable) = ([:], problems, [])
      return
    }
    var parser = ShellParser(text: text, path: path)
    parser.parse()
    var evaluator = ShellEvaluator(path: path, environment: environment)
    for statement in parser.statements {
      evaluator.run(statement)
    }
    problems += parser.problems + evaluator.problems
    // Both passes go down the file, so a stable sort by line is the order in which a reader meets them.
    self.problems =
      problems.enumerated()
      .sorted { ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset) }
      .map(\.element)
    assignments = evaluator.assignments
    unreadable = evaluator.unreadable
  }

  /// The bytes without a byte order mark and without the carriage returns of DOS line ends.
  private static func normalized(_ bytes: [UInt8], path: String, problems: inout [Problem]) -> [UInt8]? {
    func refuse(_ line: Int?, _ found: String, _ expected: String) {
      problems.append(Problem(path: path, line: line, name: nil, found: found, expected: expected))
    }
    guard bytes.count <= sizeLimit else {
      refuse(nil, "\(bytes.count) bytes", "no more than \(sizeLimit) bytes")
      return nil
    }
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    var line = 1
    var index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      switch byte {
      case Ascii.carriageReturn where index == bytes.count || bytes[index] == Ascii.lineFeed:
        continue
      case Ascii.carriageReturn:
        refuse(line, "a carriage return in the middle of a line", "line ends of LF or CR LF only")
        return nil
      case 0:
        refuse(line, "a NUL byte", "a text file")
        return nil
      case Ascii.lineFeed:
        line += 1
      default:
        break
      }
      text.append(byte)
    }
    guard String(validating: text, as: UTF8.self) != nil else {
      let bad = firstInvalidLine(of: text)
      refuse(bad, "bytes that are not UTF-8", "a text file in UTF-8")
      return nil
    }
    return text
  }

  /// The first line (from 1) that isn't UTF-8; no sequence of UTF-8 spans a line feed.
  private static func firstInvalidLine(of text: [UInt8]) -> Int? {
    let lines = text.split(separator: Ascii.lineFeed, omittingEmptySubsequences: false)
    return lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }.map { $0 + 1 }
  }
}
