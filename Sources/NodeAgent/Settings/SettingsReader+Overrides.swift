extension SettingsReader {
  static let overridePrefix = "VROUTER_AGENT__"

  /// `VROUTER_AGENT__SECTION__key`, where the word DASH in either part stands for '-'.
  ///
  /// An empty value is kept, unlike elsewhere: it writes the key with nothing behind it.
  mutating func overrides() -> [ConfigurationOverride] {
    var overrides: [ConfigurationOverride] = []
    for name in names.sorted() where name.hasPrefix(Self.overridePrefix) {
      guard let raw = present(name) else { continue }
      if let override = override(raw) { overrides.append(override) }
    }
    overrides.sort { ($0.section, $0.key) < ($1.section, $1.key) }
    for (first, second) in zip(overrides, overrides.dropFirst())
    where first.section == second.section && first.key == second.key {
      add(
        SettingsProblem(
          parameter: nil, source: nil,
          found: "[\(first.section)] \(first.key) set by \(first.origin) and by \(second.origin)",
          expected: "one parameter for each key"))
    }
    return overrides
  }

  /// The section and the key that an override's name stands for; nil where it has no key.
  static func overrideTarget(_ name: String) -> (section: String, key: String)? {
    let parts = name.dropFirst(overridePrefix.count)
    guard let separator = parts.firstRange(of: "__") else { return nil }
    return (
      String(parts[..<separator.lowerBound]).withDashes, String(parts[separator.upperBound...]).withDashes
    )
  }

  private mutating func override(_ raw: Raw) -> ConfigurationOverride? {
    guard let (section, key) = Self.overrideTarget(raw.name) else {
      refuse(raw, found: "a name without a key", expected: "VROUTER_AGENT__SECTION__key")
      return nil
    }
    guard INIDocument.isName(section), INIDocument.isName(key) else {
      refuse(
        raw, found: "a section '\(section)' and a key '\(key)'",
        expected: "both of letters, digits, '_', '.' and DASH")
      return nil
    }
    guard case .text(let text) = raw.value else {
      refuse(raw, found: "an associative array", expected: "one value")
      return nil
    }
    if let flaw = INIDocument.flaw(ofValue: text) {
      refuse(raw, found: flaw, expected: "a value on one line, without '#' and without blanks at its ends")
      return nil
    }
    if let type = KnownKeys.type(section: section, key: key), !type.accepts(text) {
      refuse(raw, found: shown(text, of: raw), expected: "\(type.expected), as [\(section)] \(key) takes it")
      return nil
    }
    warnAboutUnknownKey(section: section, key: key, parameter: raw.name)
    return ConfigurationOverride(
      section: section, key: key, value: Secret(text), isSecret: raw.isSecret, origin: raw.origin)
  }

  private mutating func warnAboutUnknownKey(section: String, key: String, parameter: String) {
    guard !KnownKeys.contains(section: section, key: key) else { return }
    let hint = KnownKeys.nearest(section: section, key: key).map { "; did you mean \($0)?" } ?? ""
    warn([parameter], "the vRouter agent isn't known to read [\(section)] \(key)\(hint)")
  }
}

extension String {
  /// A shell name can't hold a dash, so the word stands for it.
  fileprivate var withDashes: String {
    var result = ""
    var rest = self[...]
    while let dash = rest.firstRange(of: "DASH") {
      result += rest[..<dash.lowerBound] + "-"
      rest = rest[dash.upperBound...]
    }
    return result + rest
  }
}

extension StringProtocol where SubSequence == Substring {
  /// The first place where a text stands in this one.
  fileprivate func firstRange(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if let end = index(start, offsetBy: text.count, limitedBy: endIndex), self[start..<end] == text {
        return start..<end
      }
      start = index(after: start)
    }
    return nil
  }
}
