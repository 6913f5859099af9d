/// Python's `configparser.BasicInterpolation`: `%%` is a percent sign, `%(name)s` the value of another option, and anything else
/// behind a `%` an error of whoever asks for the value.
struct PythonInterpolation {
  /// Why there is no value. What stands in the file isn't repeated: another option's value may be part of it.
  struct Flaw: Error, Equatable {
    let found: String
  }

  /// How deep an option may refer to one that refers to another: configparser's MAX_INTERPOLATION_DEPTH.
  private static let depthLimit = 10
  /// The longest value, in bytes: references in references may grow without end.
  private static let valueLimit = 64 << 10
  /// How many references one value may come to: those to nothing cost time alone.
  private static let referenceLimit = 1000

  /// Another option's value as it stands in the file.
  let other: (_ key: String) -> String?
  /// Whether values of other options are part of the last one.
  private(set) var isComposed = false
  private var made = ""
  private var references = 0

  init(_ other: @escaping (_ key: String) -> String?) {
    self.other = other
  }

  /// What a program gets for a value that stands in the file.
  mutating func value(of text: String) throws(Flaw) -> String {
    (made, isComposed, references) = ("", false, 0)
    try add(text, depth: 1)
    return made
  }

  private mutating func add(_ text: String, depth: Int) throws(Flaw) {
    guard depth <= Self.depthLimit else {
      throw Flaw(found: "values that refer to each other without an end")
    }
    var rest = text.unicodeScalars[...]
    while let percent = rest.firstIndex(of: "%") {
      try append(rest[..<percent])
      rest = rest[rest.index(after: percent)...]
      switch rest.first {
      case "%":
        try append("%".unicodeScalars[...])
        rest.removeFirst()
      case "(":
        try add(reference: &rest, depth: depth)
      default:
        throw Flaw(found: "a '%' that isn't written twice")
      }
    }
    try append(rest)
  }

  /// `(name)s`, at the start of the rest.
  private mutating func add(
    reference rest: inout Substring.UnicodeScalarView, depth: Int
  ) throws(Flaw) {
    let name = rest.dropFirst().prefix { $0 != ")" }
    let end = rest[name.endIndex...].dropFirst()
    guard !name.isEmpty, name.endIndex < rest.endIndex, end.first == "s" else {
      throw Flaw(found: "a '%(' without ')s' behind a name")
    }
    isComposed = true
    references += 1
    guard references <= Self.referenceLimit else {
      throw Flaw(found: "more than \(Self.referenceLimit) references to other options")
    }
    guard let value = other(String(name)) else {
      throw Flaw(found: "a '%(…)s' that names no option of the section")
    }
    try add(value, depth: depth + 1)
    rest = end.dropFirst()
  }

  private mutating func append(_ text: Substring.UnicodeScalarView) throws(Flaw) {
    made.unicodeScalars += text
    guard made.utf8.count <= Self.valueLimit else {
      throw Flaw(found: "a value of more than \(Self.valueLimit) bytes")
    }
  }
}
