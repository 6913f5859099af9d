/// A parameter that isn't as it was asked for.
public struct ParameterMismatch: Equatable, Sendable {
  /// The parameter's name.
  public let name: String
  /// What was asked for.
  public let wanted: String
  /// What is in effect; nil when the loaded module shows no such parameter.
  public let inEffect: String?

  /// A difference between what was asked for and what is.
  public init(name: String, wanted: String, inEffect: String?) {
    self.name = name
    self.wanted = wanted
    self.inEffect = inEffect
  }

  /// What of the options isn't in effect.
  ///
  /// Numbers are compared as numbers, and flags as flags: `0x10` is 16, and `1` is `Y`.
  public static func compare(
    wanted options: ModuleOptions, inEffect parameters: [String: String]
  ) -> [ParameterMismatch] {
    options.assignments.compactMap { option in
      let shown = parameters[option.name]
      if let shown, means(shown, sameAs: option.value) { return nil }
      return ParameterMismatch(name: option.name, wanted: option.value, inEffect: shown)
    }
  }

  private static func means(_ shown: String, sameAs wanted: String) -> Bool {
    if shown == wanted { return true }
    if let shown = Int64(shown), let wanted = kernelInteger(wanted) { return shown == wanted }
    if shown == "Y" || shown == "N", let flag = kernelFlag(wanted) { return (shown == "Y") == flag }
    return false
  }

  /// A number as the kernel's `kstrtoint` with base 0 reads it: decimal, `0x…`, or octal after a `0`.
  public static func kernelInteger(_ text: String) -> Int64? {
    var digits = Substring(text)
    var sign = ""
    if let first = digits.first, first == "-" || first == "+" {
      if first == "-" { sign = "-" }
      digits.removeFirst()
    }
    let lower = digits.lowercased()
    if lower.hasPrefix("0x") { return parse(sign, digits.dropFirst(2), radix: 16) }
    if lower.hasPrefix("0"), lower.count > 1 { return parse(sign, digits.dropFirst(), radix: 8) }
    return parse(sign, digits, radix: 10)
  }

  private static func parse(_ sign: String, _ digits: Substring, radix: Int) -> Int64? {
    // Swift's own parser would take a second sign.
    guard let first = digits.first, first != "+", first != "-" else { return nil }
    return Int64(sign + digits, radix: radix)
  }

  /// A flag as the kernel's `kstrtobool` reads it.
  public static func kernelFlag(_ text: String) -> Bool? {
    switch text.first {
    case "y", "Y", "t", "T", "1": true
    case "n", "N", "f", "F", "0": false
    case "o", "O":
      switch text.dropFirst().first {
      case "n", "N": true
      case "f", "F": false
      default: nil
      }
    default: nil
    }
  }
}

extension ParameterMismatch: CustomStringConvertible {
  /// What was asked for and what is, in one phrase.
  public var description: String {
    "\(name) was asked to be \(wanted) and is \(inEffect ?? "not a parameter of the loaded module")"
  }
}
