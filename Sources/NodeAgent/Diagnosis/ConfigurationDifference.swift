/// In which keys a configuration file differs from the one that would be written. Values, which may be secrets, are
/// not told.
enum ConfigurationDifference {
  static func keys(_ present: [UInt8], _ wanted: ConfigurationFile) -> [String] {
    let check = ConfigurationCheck(
      String(decoding: present, as: UTF8.self), wanted: wanted,
      isAgents: wanted.path == AgentConfiguration.path)
    guard check.agrees else { return check.differences.map(line) }
    return ["the keys and values agree; comments or their order differ"]
  }

  private static func line(_ difference: ConfigurationCheck.Difference) -> String {
    let place = difference.key.map { "[\(difference.section)] \($0)" } ?? "line \(difference.line ?? 0)"
    switch difference.kind {
    case .unreadable: return "\(place): \(difference.note ?? "it stops the agent")"
    case .repeated: return "\(place) is \(difference.note ?? "given twice")"
    case .invalid: return "\(place) has a value that the agent doesn't take: \(difference.note ?? "")"
    case .missing: return "\(place) is missing"
    case .different: return "\(place) has another value"
    case .extra: return "\(place) is not asked for"
    case .unknown:
      let note = difference.note.map { "; \($0)" } ?? ""
      return "\(place) is not asked for, and the vRouter agent isn't known to read it\(note)"
    }
  }
}
