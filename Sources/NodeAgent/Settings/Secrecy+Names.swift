extension Secrecy {
  /// That of a parameter. Of one that isn't known the name tells, or a secret's name that it may be a misspelling of: rather one
  /// too many than one too few.
  static func of(_ parameter: String) -> Secrecy {
    if let known = Parameter.named(parameter) { return known.secrecy }
    guard parameter.hasPrefix(SettingsReader.overridePrefix) else {
      let isSecret =
        SecretNames.mentions(parameter) || NearestName.of(parameter, among: Parameter.secrets) != nil
      return isSecret ? .secret : .open
    }
    guard let target = SettingsReader.overrideTarget(parameter) else { return .secret }
    return KnownKeys.secrecy(section: target.section, key: target.key)
  }
}

extension KnownKeys {
  /// How far messages may repeat the value of a key of the agent's file: one that isn't known may be a misspelt secret.
  static func secrecy(section: String, key: String) -> Secrecy {
    guard let type = type(section: section, key: key) else { return .secret }
    guard SecretNames.mentions(key) else { return .open }
    switch type {
    case .path: return .path
    case .text, .list: return .secret
    // A section of which every key is known: numbers, by names of which nobody has a list.
    case .number where section == "TRACEBUFFSIZE": return .secret
    default: return .open
    }
  }
}
