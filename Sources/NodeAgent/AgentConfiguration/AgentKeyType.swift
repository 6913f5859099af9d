import Netlink

/// What the agent takes for the value of a key; with another one it doesn't start, or does without.
enum AgentKeyType: Sendable, Equatable {
  /// One of Boost's words for a boolean; nothing behind the `=` means true.
  case boolean
  /// One of the same words, as Python's configparser takes them: nothing is none of them.
  case pythonBoolean
  /// A whole number; a C++ type that it has to fit into.
  case number(ClosedRange<UInt64>)
  /// Digits, with or without a fraction.
  case decimal
  /// An absolute path.
  case path
  /// An address without a prefix length.
  case address
  /// MAC addresses separated by single blanks.
  case macAddresses
  /// Addresses, with or without prefix length, separated by single blanks.
  case addresses
  /// `host:port` entries separated by single blanks.
  case servers
  /// One of these words.
  case word([String])
  /// Text that may come several times: entries separated by single blanks.
  case list
  case text

  static let port = AgentKeyType.number(0...UInt64(UInt16.max))
  static let short = AgentKeyType.number(0...UInt64(UInt16.max))
  static let whole = AgentKeyType.number(0...UInt64(UInt32.max))

  /// Whether a key may be given more than once: the agent adds up the values.
  var isRepeatable: Bool {
    switch self {
    case .list, .servers: true
    default: false
    }
  }

  /// Words for what would be right.
  var expected: String {
    switch self {
    case .boolean, .pythonBoolean: "true, false, 1, 0, yes, no, on or off"
    case .number(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .decimal: "a number"
    case .path: "an absolute path"
    case .address: "an IP address without a prefix length"
    case .macAddresses: "MAC addresses such as 52:54:00:12:34:56, separated by single blanks"
    case .addresses: "IP addresses separated by single blanks"
    case .servers: "host:port entries separated by single blanks"
    case .word(let words): words.joined(separator: ", ")
    case .list, .text: "text"
    }
  }

  /// Whether the agent takes a value.
  func accepts(_ text: String) -> Bool { normalized(text) != nil }

  /// The value as the agent understands it, so that `1` and `true` are the same; nil when it doesn't take it.
  func normalized(_ text: String) -> String? {
    switch self {
    case .boolean:
      switch text.lowercased() {
      case "", "true", "1", "yes", "on": return "true"
      case "false", "0", "no", "off": return "false"
      default: return nil
      }
    case .pythonBoolean: return text.isEmpty ? nil : Self.boolean.normalized(text)
    case .number(let range):
      guard !text.isEmpty, text.utf8.allSatisfy(Ascii.isDigit), let number = UInt64(text) else { return nil }
      return range.contains(number) ? "\(number)" : nil
    case .decimal:
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
      let isNumber =
        (1...2).contains(parts.count) && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(Ascii.isDigit) }
      return isNumber ? text : nil
    case .path: return text.isEmpty || text.hasPrefix("/") ? text : nil
    case .address: return text.isEmpty ? text : IPAddress(text)?.description
    case .macAddresses:
      let entries = text.split(separator: " ", omittingEmptySubsequences: false)
      let addresses = entries.compactMap { MACAddress(String($0))?.description }
      guard addresses.count == entries.count else { return text.isEmpty ? text : nil }
      return addresses.joined(separator: " ")
    case .addresses:
      let entries = text.split(separator: " ", omittingEmptySubsequences: false)
      let areFit = entries.allSatisfy { IPAddress(String($0)) != nil || IPPrefix(String($0)) != nil }
      return text.isEmpty || areFit ? text : nil
    case .servers:
      let entries = text.split(separator: " ", omittingEmptySubsequences: false)
      return text.isEmpty || entries.allSatisfy { SettingsReader.server(String($0)) != nil } ? text : nil
    case .word(let words): return words.contains(text) ? text : nil
    case .list, .text: return text
    }
  }
}
