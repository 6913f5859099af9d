/// Whether and for how long a takeover is verified.
struct VerificationSettings: Sendable, Equatable {
  /// How a takeover is verified.
  enum Method: String, Sendable, CaseIterable {
    /// What passes before has to pass after.
    case probes
    case none
  }

  /// VROUTER_VERIFY
  var method: Sourced<Method>
  /// VROUTER_VERIFY_TIMEOUT: how long the probes have after the takeover.
  var timeout: Sourced<Duration>
}

extension SettingsReader {
  /// What `VROUTER_VERIFY*` say.
  mutating func verification() -> VerificationSettings {
    VerificationSettings(
      method: value("VROUTER_VERIFY", expected: "probes or none") {
        VerificationSettings.Method(rawValue: $0.lowercased())
      },
      timeout: value(
        "VROUTER_VERIFY_TIMEOUT",
        expected: "a time from 1s to 5m: seconds such as 15, or with a unit: 1500ms, 15s, 2m"
      ) { text in
        Self.duration(text).flatMap { (.seconds(1) ... .seconds(300)).contains($0) ? $0 : nil }
      })
  }
}
