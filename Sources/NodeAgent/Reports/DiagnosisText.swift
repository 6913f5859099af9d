import Readiness

/// A diagnosis as JSON carries it.
struct DiagnosisReport: Encodable {
  let findings: [Finding]
  /// Whether the probe calls the node ready, and its words.
  let ready: Bool
  let readiness: String
  /// What an operator should know of the settings.
  let warnings: [String]
  /// How the interfaces below vhost0 receive.
  let receive: [ReceiveReport]

  init(
    _ findings: [Finding], readiness: ReadinessCheck.Verdict, warnings: [String] = [],
    receive: [ReceiveReport] = []
  ) {
    self.warnings = warnings
    self.receive = receive
    self.findings = findings
    ready = readiness.isReady
    self.readiness = "\(readiness)"
  }
}

/// A diagnosis in words: the worst first, and what the probe says at the end.
enum DiagnosisText {
  static func text(
    _ findings: [Finding], readiness: ReadinessCheck.Verdict,
    receive: [(interface: String, settings: ReceiveSettings)] = []
  ) -> String {
    let interfaces = receive.compactMap { one in one.settings.text.map { "\(one.interface): \($0)\n" } }
    let sorted = findings.filter { $0.severity == .error } + findings.filter { $0.severity == .warning }
    let text = sorted.map { finding in
      "\(finding.severity.rawValue) \(finding.name.rawValue)\n  \(finding.message)\n"
        + finding.evidence.map { "    \($0)\n" }.joined() + "  to do: \(finding.remedy)\n\n"
    }.joined()
    return (text.isEmpty ? "no findings\n" : text) + interfaces.joined() + "the probe: \(readiness)\n"
  }
}
