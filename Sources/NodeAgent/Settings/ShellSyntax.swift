/// A part of a word, as the shell's grammar sees it.
indirect enum ShellPiece: Sendable {
  /// Text after quote removal.
  case text([UInt8])
  /// `$name`, `${name}` or `${name<operation>}`.
  case variable(name: String, operation: ShellOperation?, line: Int)
  /// Something that was refused when it was read; the word's value is unknown.
  case refused
}

/// What `${name…}` does besides giving the value.
struct ShellOperation: Sendable {
  enum Kind: UInt8, Sendable {
    case useDefault = 0x2D  // -
    case assignDefault = 0x3D  // =
    case require = 0x3F  // ?
    case useAlternative = 0x2B  // +
  }

  let kind: Kind
  /// Whether there is a colon: an empty value then counts as unset.
  let emptyIsUnset: Bool
  let word: [ShellPiece]
}

/// One `NAME=…` of a statement.
struct ShellAssignment: Sendable {
  enum Change: Sendable {
    case set([ShellPiece])
    case append([ShellPiece])
    /// `declare -A NAME` without a value.
    case declareMap
    case setMap([(key: [ShellPiece], value: [ShellPiece])])
    case appendMap([(key: [ShellPiece], value: [ShellPiece])])
    case setElement(key: [ShellPiece], value: [ShellPiece])
    /// The assignment couldn't be understood; the name's value is unknown.
    case refused
  }

  let name: String
  let line: Int
  let change: Change
}

/// Assignments that stand in one command.
struct ShellStatement: Sendable {
  let assignments: [ShellAssignment]
  /// `export` and `declare` are commands: all of their words are expanded before the first is assigned.
  let expandsFirst: Bool
}
