import Netlink

extension SettingsReader {
  /// The field's rule for switches: on is `true`, `yes` or `enabled`, whatever the case; anything else is off.
  ///
  /// What is neither a word for on nor one for off is off too, with a warning, since `1` or `on` was hardly meant so.
  mutating func flag(_ names: String...) -> Sourced<Bool> {
    var malformed: String?
    for name in names {
      guard let (text, raw) = text(name) else {
        if raw(name) != nil, malformed == nil { malformed = name }
        continue
      }
      let word = text.lowercased()
      let isOn = ["true", "yes", "enabled"].contains(word)
      if !isOn && !["false", "no", "disabled"].contains(word) {
        let value = raw.isSecret ? "its value" : shown(text, of: raw)
        warn([name], "\(value) counts as off: on is true, yes or enabled")
      }
      // The others are asked for too, since they are parameters as well.
      for other in names where other != name { _ = self.raw(other) }
      return Sourced(value: isOn, origin: raw.origin).standingIn(for: malformed)
    }
    guard let last = names.last, let text = Parameter.named(last)?.defaultText else {
      // A mistake in the program's own table, which a test reads through: no setting leads here.
      preconditionFailure("\(names) has no default in the parameter table")
    }
    return Sourced(value: text == "true", origin: .defaultValue(of: last)).standingIn(for: malformed)
  }

  static let pathExpected = "an absolute path without '..', '#' and blanks"

  /// An absolute path, for a file or a directory, without a `/` at its end.
  static func path(_ text: String) -> String? {
    guard text.hasPrefix("/"), !text.utf8.contains(where: { Ascii.isBlank($0) || $0 == Ascii.hash }) else {
      return nil
    }
    let parts = text.split(separator: "/")
    guard !parts.contains("..") else { return nil }
    return text == "/" ? text : String(text.reversed().drop { $0 == "/" }.reversed())
  }

  static let portExpected = "a port: a whole number from 1 to 65535"

  static func port(_ text: String) -> UInt16? {
    guard let number = number(text, in: 1...65535) else { return nil }
    return UInt16(number)
  }

  /// Decimal digits only; blanks around them are dropped.
  static func number(_ text: String, in range: ClosedRange<Int>) -> Int? {
    let digits = trimmed(text)
    guard (1...10).contains(digits.utf8.count), digits.utf8.allSatisfy(Ascii.isDigit),
      let number = Int(digits)
    else { return nil }
    return range.contains(number) ? number : nil
  }

  static let durationExpected = "a time: seconds such as 30 or 0.5, or with a unit: 500ms, 30s, 2m"

  /// A time of up to one day.
  static func duration(_ text: String) -> Duration? {
    let text = trimmed(text)
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let milliseconds: Int
    switch text.dropFirst(number.count) {
    case "ms": milliseconds = 1
    case "", "s": milliseconds = 1000
    case "m": milliseconds = 60_000
    default: return nil
    }
    let parts = number.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy({ (1...9).contains($0.count) }),
      let whole = Int(parts[0])
    else { return nil }
    var total = whole * milliseconds * 1000
    if parts.count == 2 {
      guard parts[1].count <= 3, let digits = Int(parts[1]) else { return nil }
      let thousandths = (parts[1].count..<3).reduce(digits) { value, _ in value * 10 }
      total += thousandths * milliseconds
    }
    return total <= 86_400_000_000 ? .microseconds(total) : nil
  }

  static let timeoutExpected = "a time above 0: seconds such as 5 or 0.5, or with a unit: 500ms, 5s, 2m"

  /// A time of more than nothing, up to one day.
  static func timeout(_ text: String) -> Duration? {
    duration(text).flatMap { $0 > .zero ? $0 : nil }
  }

  static let wordsExpected = "text without '#', without tabs, and without blanks at its ends"

  /// Text that the agent reads back from its configuration as it was written.
  static func configurationText(_ text: String) -> String? {
    INIDocument.flaw(ofValue: text) == nil ? text : nil
  }

  /// Such text that the agent takes for a key of that type.
  static func text(_ text: String, for type: AgentKeyType) -> String? {
    type.accepts(text) ? configurationText(text) : nil
  }

  static let tokenExpected = "text without '#' and without blanks"

  static func token(_ text: String) -> String? {
    text.utf8.contains { $0 == Ascii.hash || Ascii.isBlank($0) } ? nil : text
  }

  static func trimmed(_ text: String) -> String {
    let start = text.drop { $0 == " " || $0 == "\t" }
    return String(start.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }

  /// The entries of a list: blanks around an entry are dropped, and so are empty entries, as the field's scripts do.
  static func entries(_ text: String, separators: String = ",") -> [String] {
    text.split { separators.contains($0) }.map { trimmed(String($0)) }.filter { !$0.isEmpty }
  }

  /// A list of which every entry must be fit; each malformed entry is named.
  mutating func list<Element: Sendable>(
    _ name: String, separators: String = ",", expected: String, _ parse: (String) -> Element?
  ) -> Sourced<[Element]>? {
    guard let (text, raw) = text(name) else { return nil }
    var elements: [Element] = []
    let entries = Self.entries(text, separators: separators)
    var isFit = true
    for entry in entries {
      if let element = parse(entry) {
        elements.append(element)
      } else {
        isFit = false
        refuse(raw, found: shown(entry, of: raw), expected: expected)
      }
    }
    if entries.isEmpty {
      isFit = false
      refuse(raw, found: shown(text, of: raw), expected: expected)
    }
    return isFit ? Sourced(value: elements, origin: raw.origin) : nil
  }

  /// An address that a host can have or be reached at.
  static func unicast(_ text: String) -> IPAddress? {
    guard let address = IPAddress(text), !address.isUnspecified, !address.isMulticast else { return nil }
    return address == .v4(IPv4Address(rawValue: .max)) ? nil : address
  }
}
