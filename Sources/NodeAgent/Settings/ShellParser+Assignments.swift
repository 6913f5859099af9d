extension ShellParser {
  /// Takes `NAME=`, `NAME+=` or `NAME[`, and nothing when the next word doesn't start like that.
  mutating func assignmentName() -> (name: String, line: Int)? {
    var ahead = cursor
    let line = ahead.line
    guard let first = ahead.peek(), Ascii.startsName(first) else { return nil }
    var name: [UInt8] = []
    while let byte = ahead.peek(), Ascii.continuesName(byte) {
      name.append(byte)
      ahead.take()
    }
    let end = ahead
    switch ahead.peek() {
    case Ascii.equals, Ascii.openBracket:
      break
    case Ascii.plus:
      ahead.take()
      guard ahead.peek() == Ascii.equals else { return nil }
    default:
      return nil
    }
    cursor = end
    return (String(decoding: name, as: UTF8.self), line)
  }

  /// Reads from after the name to the value's end.
  ///
  /// - Parameter isArgument: whether it is an argument of `export` or `declare`, where braces would be expanded.
  mutating func assignment(
    to target: (name: String, line: Int), isArgument: Bool, declaresMap: Bool = false
  ) throws(Abandoned) -> ShellAssignment {
    let (name, line) = target
    subject = name
    let problemsBefore = problems.count
    func made(_ change: ShellAssignment.Change) -> ShellAssignment {
      ShellAssignment(name: name, line: line, change: problems.count == problemsBefore ? change : .refused)
    }
    if cursor.take(Ascii.openBracket) {
      let key = try subscriptKey()
      let appends = cursor.take(Ascii.plus)
      guard cursor.take(Ascii.equals) else {
        throw abandon(found: "'\(name)[…]' without '=' after it", expected: "NAME=value")
      }
      let value = try word(.assignment)
      if !declaredMaps.contains(name) {
        refuseArray(line: line)
      } else if appends {
        refuse(line: line, found: "'+=' on an element of \(name)", expected: "\(name)[key]=value")
      }
      return made(.setElement(key: key, value: value))
    }
    let appends = cursor.take(Ascii.plus)
    _ = cursor.take(Ascii.equals)
    if cursor.peek() == Ascii.openParen {
      let isMap = declaresMap || declaredMaps.contains(name)
      if !isMap { refuseArray(line: line) }
      let entries = try mapEntries(isMap: isMap)
      return made(appends ? .appendMap(entries) : .setMap(entries))
    }
    let value = try word(isArgument ? .argument : .assignment)
    if declaresMap || declaredMaps.contains(name) {
      refuse(
        line: line, found: "one value for the associative array \(name)",
        expected: "\(name)=( [\"key\"]=\"value\" … )")
    }
    return made(appends ? .append(value) : .set(value))
  }

  private mutating func refuseArray(line: Int) {
    refuse(
      line: line, found: "an array without 'declare -A'",
      expected: "one value, or 'declare -A NAME=( [\"key\"]=\"value\" … )'")
  }

  /// Reads `( [key]=value … )`, which may go over several lines.
  private mutating func mapEntries(
    isMap: Bool
  ) throws(Abandoned) -> [(key: [ShellPiece], value: [ShellPiece])] {
    let opened = cursor.line
    cursor.take()
    var entries: [(key: [ShellPiece], value: [ShellPiece])] = []
    while true {
      switch cursor.peek() {
      case nil:
        throw abandon(line: opened, found: "'(' without a ')'", expected: "( [\"key\"]=\"value\" … )")
      case Ascii.closeParen:
        cursor.take()
        try requireWordEnd()
        return entries
      case Ascii.hash:
        cursor.skipLine()
      case let byte? where Ascii.isBlank(byte) || byte == Ascii.lineFeed:
        cursor.take()
      case Ascii.openBracket where isMap:
        cursor.take()
        let key = try subscriptKey()
        guard cursor.take(Ascii.equals) else {
          throw abandon(found: "a key without '=' right after its ']'", expected: "[\"key\"]=\"value\"")
        }
        entries.append((key, try word(.assignment)))
      case let byte? where Self.isOperator(byte) || byte == Ascii.semicolon:
        let character = String(decoding: [byte], as: UTF8.self)
        throw abandon(found: "'\(character)' between elements", expected: "[\"key\"]=\"value\"")
      default:
        // An indexed array has been refused as a whole; its elements are only read over.
        if isMap { refuse(found: "an element without a key", expected: "[\"key\"]=\"value\"") }
        if try word(.assignment).isEmpty { throw Abandoned() }
      }
    }
  }

  /// Reads a key to its `]`, which is taken.
  private mutating func subscriptKey() throws(Abandoned) -> [ShellPiece] {
    let line = cursor.line
    let key = try word(.key)
    guard cursor.take(Ascii.closeBracket) else {
      throw abandon(
        line: line, found: "'[' without a ']', or a key with a bare blank", expected: "[\"key\"]=value")
    }
    return key
  }

  private mutating func requireWordEnd() throws(Abandoned) {
    guard let byte = cursor.peek(), !Ascii.isBlank(byte), byte != Ascii.lineFeed, byte != Ascii.semicolon
    else {
      return
    }
    throw abandon(found: "text right after ')'", expected: "a blank or the line's end")
  }

  /// Reads what follows `export`, `declare` or `typeset`.
  mutating func declaration(by command: String, into assignments: inout [ShellAssignment]) throws(Abandoned) {
    var declaresMap = false
    var hasArguments = false
    cursor.skipBlanks()
    while !atEnd() {
      if let target = assignmentName() {
        hasArguments = true
        if declaresMap, try declareMap(target.name) {
          assignments.append(ShellAssignment(name: target.name, line: target.line, change: .declareMap))
        }
        assignments.append(try assignment(to: target, isArgument: true, declaresMap: declaresMap))
        subject = nil
      } else {
        if try endStatement() { return }
        let line = cursor.line
        let word = plainWord()
        if !hasArguments && (word.hasPrefix("-") || word.hasPrefix("+")) {
          declaresMap = try option(word, of: command) || declaresMap
        } else if Ascii.isShellName(word) {
          hasArguments = true
          if declaresMap, try declareMap(word) {
            assignments.append(ShellAssignment(name: word, line: line, change: .declareMap))
          }
        } else {
          throw abandon(
            line: line, found: "the argument \(quoted(word)) of \(command)",
            expected: "\(command) NAME=value, with quotes around the value only")
        }
      }
      cursor.skipBlanks()
    }
    _ = try endStatement()
  }

  /// Notes that a name is an associative array from here on.
  private mutating func declareMap(_ name: String) throws(Abandoned) -> Bool {
    declaredMaps.insert(name).inserted
  }

  /// Whether the option of `declare` makes an associative array; options that change what a value means are refused.
  private mutating func option(_ word: String, of command: String) throws(Abandoned) -> Bool {
    if word == "--" { return false }
    let known: Set<Character> = command == "export" ? [] : ["A", "g", "x"]
    guard word.hasPrefix("-"), word.count > 1, known.isSuperset(of: word.dropFirst()) else {
      throw abandon(
        found: "the option \(quoted(word)) of \(command)",
        expected: command == "export" ? "export NAME=value" : "no options but -A, -g and -x")
    }
    return word.contains("A")
  }

  /// Accepts `set -a` and its like, which say how the file would be sourced; they change no value.
  mutating func setCommand() throws(Abandoned) {
    cursor.skipBlanks()
    var words: [String] = []
    while !atEnd() {
      words.append(plainWord())
      if words.last?.isEmpty == true { break }
      cursor.skipBlanks()
    }
    guard [["-a"], ["+a"], ["-o", "allexport"], ["+o", "allexport"]].contains(words) else {
      throw abandon(
        found: "the command \(quoted((["set"] + words).joined(separator: " ")))",
        expected: "assignments only: of 'set' no more than 'set -a' and 'set +a'")
    }
    _ = try endStatement()
  }
}
