/// In which keys a configuration file differs from the one that would be written. Values, which may be secrets, are
/// not told.
enum ConfigurationDifference {
  static func keys(_ present: [UInt8], _ wanted: ConfigurationFile) -> [String] {
    let check = ConfigurationCheck(String(decoding: present, as: UTF8.self), wanted: wanted)
    guard check.agrees else { return check.differences.map { line($0, wanted.reader) } }
    return ["the keys and values agree; comments or their order differ"]
  }

  private static func line(
    _ difference: ConfigurationCheck.Difference, _ reader: ConfigurationReader
  ) -> String {
    let place = difference.key.map { "[\(difference.section)] \($0)" } ?? "line \(difference.line ?? 0)"
    switch difference.kind {
    case .unreadable: return "\(place): \(difference.note ?? reader.consequence)"
    case .repeated: return "\(place) is \(difference.note ?? "given twice")"
    case .invalid:
      let whose = reader == .agent ? "the agent doesn't take" : "what reads it doesn't take"
      return "\(place) has a value that \(whose): \(difference.note ?? "")"
    case .missing: return "\(place) is missing"
    case .different: return "\(place) has another value"
    case .extra: return "\(place) is not asked for"
    case .unknown:
      let note = difference.note.map { "; \($0)" } ?? ""
      return "\(place) is not asked for, and the vRouter agent isn't known to read it\(note)"
    }
  }
}
