/// Something that parameters ask for and this version doesn't do. It says so instead of leaving it out silently.
struct UnsupportedFeature: Sendable {
  /// What the operator will miss.
  let message: String
  let parameters: [Parameter]
  /// Values with which a parameter asks for nothing.
  let inert: Set<String>

  init(_ message: String, inert: Set<String> = [], _ parameters: [(name: String, meaning: String)]) {
    self.message = message
    self.inert = inert
    self.parameters = parameters.map { Parameter($0.name, .indirect, support: .warned, $0.meaning) }
  }
}

extension Parameter {
  static let unsupported = UnsupportedFeature.all.flatMap(\.parameters)
}

extension UnsupportedFeature {
  static let all: [UnsupportedFeature] = [
    UnsupportedFeature(
      "this version leaves the owner of the files that it writes as it is",
      [
        ("CONTRAIL_UID", "User that owns the configuration"),
        ("CONTRAIL_GID", "Group that owns the configuration"),
      ])
  ]
}
