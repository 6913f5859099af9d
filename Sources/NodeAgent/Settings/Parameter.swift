/// A parameter that this program knows, for reading it and for documenting it.
struct Parameter: Sendable, Equatable {
  /// What becomes of the value.
  enum Use: String, Sendable {
    /// It goes into a configuration file as it stands.
    case direct
    /// It changes what is decided or done, or other values are made from it.
    case indirect
  }

  let name: String
  /// The value that holds when it isn't set; nil when there is none, or when ``fallback`` says where it comes from.
  let defaultText: String?
  /// The parameter, or the fact of the host, whose value holds when this one isn't set.
  let fallback: String?
  let use: Use
  /// One line for people.
  let meaning: String
  /// How far messages and reports may repeat its value.
  let secrecy: Secrecy

  init(
    _ name: String, default defaultText: String? = nil, from fallback: String? = nil, _ use: Use,
    _ meaning: String, secrecy: Secrecy = .open
  ) {
    self.name = name
    self.defaultText = defaultText
    self.fallback = fallback
    self.use = use
    self.meaning = meaning
    self.secrecy = secrecy
  }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  /// The names of those whose values must not be repeated.
  static let secrets = all.filter { $0.secrecy == .secret }.map(\.name)

  /// The parameter of that name, if this program knows it.
  static func named(_ name: String) -> Parameter? { byName[name] }
}
