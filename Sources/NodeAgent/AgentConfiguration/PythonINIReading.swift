/// What Python's configparser makes of a text: every option with its line, and every line that it refuses.
///
/// It is `ConfigParser()` of Python 3 as it comes (<https://docs.python.org/3/library/configparser.html>): only a whole line is a
/// comment, with `#` or `;` as its first sign; a name ends at the first `=` or `:`, and upper and lower case are the same in it; a
/// line that begins further right than the name goes on with its value; ``PythonInterpolation`` gives `%` its meaning.
struct PythonINIReading: Sendable, Equatable {
  /// One option with its value.
  struct Option: Sendable, Equatable {
    let section: String
    /// As it stands in the file.
    let key: String
    /// As a program gets it; where ``flaw`` says why none does, as it stands in the file.
    var value: String
    /// From 1.
    let line: Int
    /// Whether values of other options are part of it.
    var isComposed = false
    /// Why a program that asks for it gets none; the value isn't repeated.
    var flaw: String?
  }

  /// The section whose options hold in every other one, too.
  static let everywhere = "DEFAULT"

  private(set) var options: [Option] = []
  /// Lines for which the file is refused; configparser would tell of some only.
  private(set) var flaws: [INIError] = []

  init(_ text: String) {
    var section: String?
    var lineOfSection: [String: Int] = [:]
    var indent = 0
    // Whether a line further right would go on with the last option.
    var isOpen = false
    for (index, line) in Self.lines(text).enumerated() {
      let content = Self.stripped(line)
      guard let first = content.first else {
        if isOpen { options[options.count - 1].value += "\n" }
        continue
      }
      if first == "#" || first == ";" { continue }
      let column = line.prefix(while: Self.isWhite).count
      if isOpen, column > indent {
        options[options.count - 1].value += "\n" + String(content)
        continue
      }
      indent = column
      if let name = Self.header(content) {
        if name != Self.everywhere, let other = lineOfSection.updateValue(index + 1, forKey: name) {
          refuse(index, "a section that line \(other) opens already")
        }
        (section, isOpen) = (name, false)
        continue
      }
      guard let section else {
        refuse(index, "a line before the first section")
        continue
      }
      guard let delimiter = content.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
        refuse(index, "a line without '=' or ':'")
        continue
      }
      guard delimiter > content.startIndex else {
        refuse(index, "a line without a name")
        continue
      }
      let value = Self.stripped(content[content.index(after: delimiter)...])
      options.append(
        Option(
          section: section, key: String(Self.stripped(content[..<delimiter])), value: String(value),
          line: index + 1))
      isOpen = true
    }
    for index in options.indices {
      options[index].value = String(Self.withoutEnd(options[index].value.unicodeScalars[...]))
    }
    interpolate()
  }

  /// What an option is known by: its section, and its key without case.
  static func name(section: String, key: String) -> String { "[\(section)] \(key.lowercased())" }

  private mutating func refuse(_ index: Int, _ found: String) {
    flaws.append(INIError(place: .line(index + 1), found: found))
  }

  /// Puts in the place of each value what a program gets.
  private mutating func interpolate() {
    var values: [String: String] = [:]
    for option in options { values[Self.name(section: option.section, key: option.key)] = option.value }
    for index in options.indices where options[index].value.utf8.contains(UInt8(ascii: "%")) {
      let section = options[index].section
      var interpolation = PythonInterpolation { key in
        values[Self.name(section: section, key: key)]
          ?? values[Self.name(section: Self.everywhere, key: key)]
      }
      do throws(PythonInterpolation.Flaw) {
        options[index].value = try interpolation.value(of: options[index].value)
      } catch {
        options[index].flaw = error.found
      }
      options[index].isComposed = interpolation.isComposed
    }
  }
}

extension PythonINIReading {
  private typealias Line = Substring.UnicodeScalarView

  /// The text's lines, whichever of the three line ends each has.
  private static func lines(_ text: String) -> [Line] {
    var lines: [Line] = []
    let scalars = text.unicodeScalars[...]
    var start = scalars.startIndex
    var index = start
    while index < scalars.endIndex {
      let scalar = scalars[index]
      let end = index
      index = scalars.index(after: index)
      guard scalar == "\n" || scalar == "\r" else { continue }
      if scalar == "\r", index < scalars.endIndex, scalars[index] == "\n" {
        index = scalars.index(after: index)
      }
      lines.append(scalars[start..<end])
      start = index
    }
    return lines + [scalars[start...]]
  }

  /// The name in a header; what stands behind its last bracket is nothing.
  private static func header(_ content: Line) -> String? {
    guard content.first == "[", let close = content.lastIndex(of: "]") else { return nil }
    let name = content[content.index(after: content.startIndex)..<close]
    return name.isEmpty ? nil : String(name)
  }

  private static func stripped(_ line: Line) -> Line { withoutEnd(line.drop(while: isWhite)) }

  private static func withoutEnd(_ line: Line) -> Line {
    var line = line
    while let last = line.last, isWhite(last) { line.removeLast() }
    return line
  }

  /// What `str.strip` drops: white space of Unicode, and four separators of ASCII.
  private static func isWhite(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
  }
}
