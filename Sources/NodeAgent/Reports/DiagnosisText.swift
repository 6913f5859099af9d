/// A diagnosis as JSON carries it.
struct DiagnosisReport: Encodable {
  let findings: [Finding]
}

/// A diagnosis in words: the worst first.
enum DiagnosisText {
  static func text(_ findings: [Finding]) -> String {
    guard !findings.isEmpty else { return "no findings: this host is as it should be\n" }
    let sorted = findings.filter { $0.severity == .error } + findings.filter { $0.severity == .warning }
    return sorted.map { finding in
      "\(finding.severity.rawValue) \(finding.name.rawValue)\n  \(finding.message)\n"
        + finding.evidence.map { "    \($0)\n" }.joined() + "  to do: \(finding.remedy)\n"
    }.joined(separator: "\n")
  }
}
