/// Reads the statements of a shell file that only assigns.
///
/// What it refuses is recorded and read over as well as it can be, so that one run finds everything that is wrong.
struct ShellParser {
  /// Thrown to leave the statement at hand; what is wrong with it has been recorded.
  struct Abandoned: Error {}

  /// Braces within braces that are followed; deeper ones are refused.
  static let depthLimit = 32

  let path: String
  var cursor: ShellCursor
  var depth = 0
  /// The variable that is being assigned.
  var subject: String?
  /// Where the line on which the statement at hand starts begins.
  private var statementStart = 0
  /// Names that `declare -A` made into associative arrays so far.
  var declaredMaps: Set<String> = []
  private(set) var statements: [ShellStatement] = []
  private(set) var problems: [EnvironmentFile.Problem] = []

  init(text: [UInt8], path: String) {
    self.path = path
    cursor = ShellCursor(text)
  }

  mutating func parse() {
    while cursor.next != nil {
      do throws(Abandoned) {
        try statement()
      } catch {
        if let subject {
          let assignment = ShellAssignment(name: subject, line: cursor.line, change: .refused)
          statements.append(ShellStatement(assignments: [assignment], expandsFirst: false))
        }
        cursor.skipLine()
      }
      subject = nil
      depth = 0
    }
  }

  /// Records what is wrong.
  mutating func refuse(line: Int? = nil, found: String, expected: String) {
    problems.append(
      .init(path: path, line: line ?? cursor.line, name: subject, found: found, expected: expected))
  }

  /// Records what is wrong and leaves the statement.
  mutating func abandon(line: Int? = nil, found: String, expected: String) -> Abandoned {
    refuse(line: line, found: found, expected: expected)
    return Abandoned()
  }

  /// Text of the file for a message, unless the statement's lines hold a secret's name, or a URL's user information.
  func quoted(_ text: String) -> String {
    SecretNames.taint(cursor.wholeLines(from: statementStart)) ? "(not shown)" : "'\(text)'"
  }

  private mutating func statement() throws(Abandoned) {
    cursor.skipBlanks()
    statementStart = cursor.lineStart
    switch cursor.peek() {
    case nil: return
    case Ascii.lineFeed: cursor.take()
    case Ascii.hash: cursor.skipLine()
    case Ascii.semicolon: throw abandon(found: "';' without a statement before it", expected: "an assignment")
    default: try command()
    }
  }

  private mutating func command() throws(Abandoned) {
    let firstProblem = problems.count
    var assignments: [ShellAssignment] = []
    var expandsFirst = false
    defer {
      if !assignments.isEmpty {
        statements.append(ShellStatement(assignments: assignments, expandsFirst: expandsFirst))
      }
    }
    repeat {
      guard let name = assignmentName() else { break }
      assignments.append(try assignment(to: name, isArgument: false))
      subject = nil
      cursor.skipBlanks()
    } while !atEnd()
    if try endStatement() { return }

    let word = plainWord()
    switch (word, assignments.isEmpty) {
    case ("export", true), ("declare", true), ("typeset", true):
      expandsFirst = true
      try declaration(by: word, into: &assignments)
    case ("set", true):
      try setCommand()
    default:
      // What follows a value that was refused is most likely a part of it.
      guard problems.count == firstProblem else { throw Abandoned() }
      throw refusedCommand(word, after: assignments.last)
    }
  }

  private mutating func refusedCommand(_ word: String, after assignment: ShellAssignment?) -> Abandoned {
    let rest = cursor.restOfLine().drop { $0 == " " || $0 == "\t" }
    if let assignment {
      return abandon(
        found: "the command \(quoted(word)) after the value of \(assignment.name)",
        expected: "nothing after the value: a value with blanks stands in quotes")
    }
    if rest.hasPrefix("=") && Ascii.isShellName(word) {
      return abandon(
        found: "the command \(quoted(word)) with '=' as its first argument",
        expected: "NAME=value without blanks around '=' and with a name of letters, digits and '_'")
    }
    if word.contains("=") || rest.hasPrefix("=") {
      return abandon(
        found: "the command \(quoted(word))",
        expected: "NAME=value with a name of letters, digits and '_' that doesn't start with a digit")
    }
    return abandon(
      found: "the command \(quoted(word))",
      expected: "assignments only: commands are not run")
  }

  /// Whether nothing more belongs to the statement, but perhaps a comment.
  mutating func atEnd() -> Bool {
    switch cursor.peek() {
    case nil, Ascii.lineFeed, Ascii.semicolon, Ascii.hash: true
    default: false
    }
  }

  /// Takes the end of a statement, if the cursor is there; refuses what would join it to another command.
  mutating func endStatement() throws(Abandoned) -> Bool {
    switch cursor.peek() {
    case nil:
      return true
    case Ascii.lineFeed:
      cursor.take()
      return true
    case Ascii.hash:
      cursor.skipLine()
      return true
    case Ascii.semicolon:
      cursor.take()
      return true
    case let byte? where Self.isOperator(byte):
      let character = String(decoding: [byte], as: UTF8.self)
      throw abandon(
        found: "the shell operator '\(character)'",
        expected: "assignments only: a value with such a character stands in quotes")
    default:
      return false
    }
  }

  static func isOperator(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "<"), UInt8(ascii: ">"), Ascii.openParen,
      Ascii.closeParen:
      true
    default: false
    }
  }

  /// Takes a word as it stands, for a message or as a keyword. It has no meaning beyond that.
  mutating func plainWord() -> String {
    var word: [UInt8] = []
    while let byte = cursor.peek(), !Ascii.isBlank(byte), !Self.isOperator(byte),
      byte != Ascii.lineFeed, byte != Ascii.semicolon
    {
      word.append(byte)
      cursor.take()
    }
    return String(decoding: word, as: UTF8.self)
  }
}
