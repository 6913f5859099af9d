/// Something that keeps a host from being prepared as the settings ask.
struct Obstacle: Sendable, Equatable {
  /// What kind of thing, in the order in which they are told: the first one gives the exit code.
  enum Kind: String, Sendable, CaseIterable {
    /// A setting is malformed, missing, or at odds with another.
    case malformed
    /// The probe can't be copied.
    case probe
    /// The host can't be looked at.
    case unseen
    /// No interface or gateway could be decided on.
    case undecided
    /// This host contradicts a setting.
    case contradiction
    /// Something of the host isn't to be had as it is asked for.
    case refusal
    /// A configuration file can't be made.
    case rendering
    /// The module can't be loaded.
    case module
    /// vhost0 can't take over.
    case takeover
    /// A configuration file can't be replaced.
    case configuration
  }

  let kind: Kind
  let code: ExitCode
  /// The parameter that it is about; nil when it is about none alone.
  let parameter: String?
  /// What was found, and what to do.
  let description: String
}

extension Obstacle.Kind {
  /// What stands over those of this kind; nil when each speaks for itself.
  func heading(_ count: Int) -> String? {
    switch self {
    case .malformed: "\(count) problem\(count == 1 ? "" : "s") with the settings:"
    case .contradiction: "\(count) setting\(count == 1 ? "" : "s") can't hold on this host:"
    case .refusal: "nothing was changed:"
    case .rendering: "the agent's configuration can't be written:"
    case .probe, .unseen, .undecided, .module, .takeover, .configuration: nil
    }
  }
}

extension Obstacle {
  init(_ kind: Kind, _ problem: SettingsProblem) {
    self.init(kind: kind, code: .settings, parameter: problem.parameter, description: problem.description)
  }
}
