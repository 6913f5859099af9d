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
  /// Addresses, with or without prefix length, separated by single blanks.
  case addresses
  /// Addresses without prefix length, separated by single blanks; the key may come several times.
  case plainAddresses
  /// An address with its prefix length.
  case prefix
  /// An IPv4 address with the prefix length of a network of several; nothing else, not even nothing.
  case network
  /// MAC addresses separated by single blanks.
  case macs
  /// Names of interfaces separated by single blanks; the key may come several times.
  case interfaces
  /// Host names or addresses separated by single blanks, or `[]` for none; the key may come several times.
  case nodes
  /// A node's own name.
  case name
  /// The first and the last port, with a dash between them.
  case portRange
  /// One or two absolute paths separated by a single blank; the key may come several times.
  case pathPair
  /// Logical queues, as in `[1, 6-10]`.
  case logicalQueues
  /// `host:port` entries separated by single blanks.
  case servers
  /// One of these words.
  case word([String])
  /// One of these words in any case, or nothing.
  case anyCase([String])
  /// Some of these words, separated by blanks, or none; the key may come several times.
  case words([String])
  /// Text that may come several times: entries separated by single blanks.
  case list
  case text

  static let port = AgentKeyType.number(0...UInt64(UInt16.max))
  static let short = AgentKeyType.number(0...UInt64(UInt16.max))
  static let whole = AgentKeyType.number(0...UInt64(UInt32.max))
  /// Where records of sessions go; with another word the agent exits, with the code 0.
  static let destinations = AgentKeyType.words(["collector", "file", "syslog"])
  /// What the agent serves; with another word it is a plain vRouter.
  static let agentMode = AgentKeyType.anyCase(["tsn", "tsn-no-forwarding", "tor", "vrouter"])

  /// Whether a key may be given more than once: the agent adds up the values.
  var isRepeatable: Bool {
    switch self {
    case .list, .servers, .plainAddresses, .interfaces, .nodes, .pathPair, .words: true
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
    case .addresses: "IP addresses separated by single blanks"
    case .servers: "host:port entries separated by single blanks"
    case .plainAddresses: "IP addresses without prefix lengths, separated by single blanks"
    case .prefix: "an IP address with a prefix length"
    case .network: "an IPv4 address with a prefix length below 32"
    case .macs: "MAC addresses such as 52:54:00:12:34:56, separated by single blanks"
    case .interfaces: "names of interfaces separated by single blanks"
    case .nodes: "host names or IP addresses separated by single blanks, or [] for none"
    case .name: "a host name: letters, digits, '-', '_' and '.'"
    case .portRange: "two ports with a dash between them, the lower one first"
    case .pathPair: "one or two absolute paths separated by a single blank"
    case .logicalQueues: "logical queues, as in [1, 6-10]"
    case .word(let words), .anyCase(let words): words.filter { !$0.isEmpty }.joined(separator: ", ")
    case .words(let words): "\(words.joined(separator: ", ")), several of them separated by blanks"
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
    case .addresses: return list(text) { IPAddress($0) != nil || IPPrefix($0) != nil }
    case .plainAddresses: return list(text) { IPAddress($0) != nil }
    case .prefix: return text.isEmpty ? text : prefix(text)?.description
    case .network: return prefix(text).flatMap { $0.family == .ipv4 && !$0.isHost ? $0.description : nil }
    case .macs: return list(text.lowercased()) { MACAddress($0) != nil }
    case .interfaces: return list(text) { InterfaceName($0) != nil }
    case .nodes: return text == "[]" ? text : list(text) { NodeReference($0) != nil }
    case .name: return text.isEmpty || HostName.isNodeName(text) ? text : nil
    case .servers: return list(text) { SettingsReader.server($0) != nil }
    case .portRange: return portRange(text)
    case .pathPair:
      return list(text) { $0.hasPrefix("/") }.flatMap { $0.split(separator: " ").count <= 2 ? $0 : nil }
    case .logicalQueues: return logicalQueues(text)
    case .word(let words): return words.contains(text) ? text : nil
    case .anyCase(let words):
      return text.isEmpty || words.contains(text.lowercased()) ? text.lowercased() : nil
    case .words(let words):
      let entries = text.split(whereSeparator: \.isWhitespace).map(String.init)
      return entries.allSatisfy(words.contains) ? entries.joined(separator: " ") : nil
    case .list, .text: return text
    }
  }
}

extension AgentKeyType {
  /// The text, when each of its entries is fit; the agent splits it at every blank.
  private func list(_ text: String, _ isFit: (String) -> Bool) -> String? {
    let entries = text.split(separator: " ", omittingEmptySubsequences: false)
    return text.isEmpty || entries.allSatisfy { isFit(String($0)) } ? text : nil
  }

  /// The length has to be there: the agent doesn't take an address alone.
  private func prefix(_ text: String) -> IPPrefix? { text.contains("/") ? IPPrefix(text) : nil }

  private func portRange(_ text: String) -> String? {
    guard !text.isEmpty else { return text }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false)
      .map { Self.port.normalized(String($0)).flatMap { UInt16($0) } }
    guard ends.count == 2, let first = ends[0], let last = ends[1], first <= last else { return nil }
    return "\(first)-\(last)"
  }

  /// Brackets and commas only part the entries for the agent: a number or a range each.
  private func logicalQueues(_ text: String) -> String? {
    let entries = text.split { "[],".contains($0) }.map { SettingsReader.trimmed(String($0)) }
    return entries.filter { !$0.isEmpty }.allSatisfy(SettingsReader.isQueueRange) ? text : nil
  }
}
