/// What is needed of a file of shell variables, as Red Hat's ifcfg files are: plain assignments, quotes around a value dropped.
/// Who gives a value with more than that is not understood, and the value counts as absent.
struct ShellVariables {
  private var values: [String: String] = [:]

  init(_ text: String) {
    for line in text.split(whereSeparator: \.isNewline) {
      guard let equals = line.firstIndex(of: "="), Ascii.isShellName(String(line[..<equals])) else {
        continue
      }
      var value = String(line[line.index(after: equals)...])
      while value.last?.isWhitespace == true { value.removeLast() }
      for quote: Character in ["\"", "'"]
      where value.count >= 2 && value.first == quote && value.last == quote {
        value = String(value.dropFirst().dropLast())
      }
      guard !value.contains(where: { "$`\"'\\".contains($0) }) else { continue }
      values[String(line[..<equals])] = value
    }
  }

  subscript(name: String) -> String? { values[name] }
}
