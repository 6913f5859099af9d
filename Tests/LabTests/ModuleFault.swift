import Testing

/// A way in which the module can't be loaded, and what the agent has to make of it.
struct ModuleFault: Sendable {
  let name: String
  /// Shell that makes the fault.
  var given = ""
  /// Of the agent: `NAME=value` words.
  var environment = ""
  /// A command in whose place the agent runs, for example to be in another network namespace.
  var within = ""
  var arguments = "prepare"
  /// Shell that takes the fault away again.
  var after = ""

  var exitCode = 12
  /// Words of the message: the named cause, and what to do.
  let says: [String]
  /// How often the message says that the kernel was asked; nil: nothing was tried, and the message doesn't say that
  /// something was.
  var attempts: Int?
  /// How often the module's own init function ran.
  var initCalls = 0
  /// Findings of `diagnose` while the fault is there; nil when it isn't asked.
  var findings: [String]?

  /// Each fault on a bare node, and at the end a node without one.
  static func script(_ faults: [ModuleFault]) -> String {
    let parts = faults.enumerated().map { number, fault in
      """
      bare
      place vrouter
      \(fault.given)
      record \(number) \(fault.within) env \(fault.environment) vrouter-node-agent \(fault.arguments)
      \(fault.findings == nil
        ? ""
        : "record \(number).diagnose env \(fault.environment) vrouter-node-agent diagnose --output json")
      \(fault.after)
      """
    }
    return parts.joined(separator: "\n") + "\nbare\nplace vrouter\nagent healthy prepare\n"
  }

  /// Compares what came of each with what was promised. Every fault leaves the node as it was, but for the status.
  static func check(_ faults: [ModuleFault], _ result: GuestResult) throws {
    for (number, fault) in faults.enumerated() {
      let run = try result.agentRun("\(number)")
      let comment = Comment(rawValue: "\(fault.name): \(run.errors)\(run.kernelLog)")
      #expect(run.exitCode == fault.exitCode, comment)
      for words in fault.says { #expect(run.errors.contains(words), comment) }
      #expect(run.attempts == fault.attempts, comment)
      #expect(run.initCalls == fault.initCalls, comment)
      #expect(run.output == "", comment)
      #expect(run.left == .nothing, comment)
      if fault.arguments == "prepare" {
        #expect(run.status?.ready == false, comment)
        let failed = fault.exitCode == 10 ? "SettingsValid" : "ModuleLoaded"
        #expect(run.status?[failed]?.status == "False", comment)
        #expect(run.status?["Ready"]?.status == "False", comment)
      }
      if let findings = fault.findings {
        let diagnosis = try result.agentRun("\(number).diagnose")
        #expect(diagnosis.exitCode == 3, comment)
        let found = try diagnosis.json(DiagnosisDocument.self).findings
        #expect(found.map(\.name) == findings + ["config.missing"], comment)
        for finding in found { #expect(!finding.remedy.isEmpty, comment) }
        #expect(diagnosis.left == .nothing, comment)
      }
    }
    let healthy = try result.agentRun("healthy")
    #expect(healthy.exitCode == 0, "\(healthy.errors)")
    #expect(healthy.left.probe == 0)
    #expect(healthy.status?.ready == true)
  }
}
