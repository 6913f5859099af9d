import Testing

/// A host, and the findings that `diagnose` is expected to make of it: these and no others.
struct HostDiagnosisCase: Sendable, CustomTestStringConvertible {
  /// A finding and what its evidence and remedy must name.
  struct Expected: Sendable {
    let name: String
    let severity: String
    var evidence: [String] = []
    var remedy: [String] = []

    static func error(_ name: String, evidence: [String], remedy: [String]) -> Expected {
      Expected(name: name, severity: "error", evidence: evidence, remedy: remedy)
    }

    static func warning(_ name: String, evidence: [String], remedy: [String]) -> Expected {
      Expected(name: name, severity: "warning", evidence: evidence, remedy: remedy)
    }

    /// A consequence: the readiness file names the configuration that was written, so that each change of that file
    /// shows here, too.
    static let staleByConfiguration = Expected(
      name: "readiness.stale", severity: "error",
      evidence: ["configuration: /etc/contrail/contrail-vrouter-agent.conf"],
      remedy: ["prepare"])
  }

  let host: HostCase
  let expected: [Expected]
  /// What must not be said anywhere.
  let unsaid: [String]

  var testDescription: String { host.testDescription }

  /// - Parameters:
  ///   - environment: of the diagnosis, not of a `prepare` before it.
  ///   - script: makes the host; the diagnosis follows.
  init(
    _ name: String, with environment: [String: String] = [:], _ expected: [Expected], unsaid: [String] = [],
    _ script: String
  ) {
    let variables = environment.sorted { $0.key < $1.key }
      .map { "export \($0.key)=\(HostCase.quoted($0.value))\n" }.joined()
    host = HostCase(
      name,
      script: """
        \(script)
        \(variables)
        ask json diagnose --output json
        ask text diagnose
        """)
    (self.expected, self.unsaid) = (expected, unsaid)
  }

  /// Compares both forms of the diagnosis with what is expected.
  func check(_ answers: HostAnswers) throws {
    let json = try answers.answer("json")
    let text = try answers.answer("text")
    let document = try json.json(DiagnosisDocument.self)
    let findings = document.findings
    #expect(text.output.hasSuffix("\nthe probe: \(document.readiness)\n"))
    #expect(document.ready == document.readiness.hasPrefix("ready: "))
    #expect(findings.map(\.name).sorted() == expected.map(\.name).sorted(), "\(text)")
    #expect(json.code == (expected.contains { $0.severity == "error" } ? 3 : expected.isEmpty ? 0 : 4))
    #expect(text.code == json.code)
    for expected in expected {
      guard let finding = findings.first(where: { $0.name == expected.name && expected.fits($0) }) else {
        Issue.record("no \(expected) in\n\(text)")
        continue
      }
      #expect(!finding.message.isEmpty)
      #expect(!finding.remedy.isEmpty)
    }
    // Both forms carry the same facts, and nothing else.
    for finding in findings {
      let lines =
        ["\(finding.severity) \(finding.name)", "  \(finding.message)"] + finding.evidence.map { "    \($0)" }
        + ["  to do: \(finding.remedy)"]
      #expect(text.output.contains(lines.joined(separator: "\n") + "\n"), "\(finding)\n\(text)")
    }
    let headings = text.output.split(separator: "\n").filter {
      $0.hasPrefix("error ") || $0.hasPrefix("warning ")
    }
    #expect(headings.count == findings.count)
    for words in unsaid {
      for answer in [json, text] { #expect(!"\(answer)".contains(words)) }
    }
  }
}

extension HostDiagnosisCase.Expected {
  fileprivate func fits(_ finding: DiagnosisDocument.Finding) -> Bool {
    let seen = finding.evidence.joined(separator: "\n")
    return finding.severity == severity && evidence.allSatisfy(seen.contains)
      && remedy.allSatisfy(finding.remedy.contains)
  }
}
