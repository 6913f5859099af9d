/// A statement of dhclient.conf(5) or dhclient.leases(5): words up to a semicolon, or up to a block in braces.
struct DHCPStatement: Equatable {
  /// As they stand, strings with their quotes.
  var words: [String] = []
  var block: [DHCPStatement]?

  /// The statements of a text, those of blocks in them. What is left unfinished at its end isn't among them.
  static func all(in text: String) -> [DHCPStatement] {
    var rest = Substring(text)
    return statements(&rest, isBlock: false) ?? []
  }

  /// Whether it is about an interface, or something in its block is.
  func names(_ interface: String) -> Bool {
    words.starts(with: ["interface", "\"\(interface)\""]) || block?.contains { $0.names(interface) } == true
  }

  /// The second word, without quotes.
  var value: String? {
    guard words.count > 1 else { return nil }
    let word = words[1]
    return word.count > 1 && word.hasPrefix("\"") && word.hasSuffix("\"")
      ? String(word.dropFirst().dropLast()) : word
  }

  /// Nil where a block has no end.
  private static func statements(_ rest: inout Substring, isBlock: Bool) -> [DHCPStatement]? {
    var found: [DHCPStatement] = []
    var current = DHCPStatement()
    while let token = token(&rest) {
      switch token {
      case ";":
        if !current.words.isEmpty { found.append(current) }
        current = DHCPStatement()
      case "{":
        guard let block = statements(&rest, isBlock: true) else { return isBlock ? nil : found }
        current.block = block
        found.append(current)
        current = DHCPStatement()
      case "}": if isBlock { return found }
      default: current.words.append(token)
      }
    }
    return isBlock ? nil : found
  }

  /// The next word, string with its quotes, or one of `;{}`.
  private static func token(_ rest: inout Substring) -> String? {
    while let first = rest.first {
      if first.isWhitespace {
        rest.removeFirst()
      } else if first == "#" {
        rest = rest.drop { !$0.isNewline }
      } else {
        break
      }
    }
    guard let first = rest.popFirst() else { return nil }
    var token = String(first)
    if first == "\"" {
      while let next = rest.popFirst() {
        token.append(next)
        if next == "\"" { return token }
        if next == "\\", let escaped = rest.popFirst() { token.append(escaped) }
      }
      return nil
    }
    guard !";{}".contains(first) else { return token }
    while let next = rest.first, !next.isWhitespace, !";{}\"#".contains(next) {
      token.append(next)
      rest.removeFirst()
    }
    return token
  }
}

extension DHCPStatement: CustomStringConvertible {
  /// As it would stand in a file.
  var description: String {
    let line = words.joined(separator: " ")
    return block.map { "\(line) {\n\($0.map { "  \($0)\n" }.joined())}" } ?? "\(line);"
  }
}
