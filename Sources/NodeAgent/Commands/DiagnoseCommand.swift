import ArgumentParser
import HostFiles
import KernelModule
import Logging
import Readiness

/// `diagnose`: everything that is wrong with this host.
struct DiagnoseCommand: AgentCommand {
  static let configuration = CommandConfiguration(
    commandName: "diagnose",
    abstract: "Tells everything that is wrong with this host, with evidence and remedy. Nothing is changed.",
    discussion: "Exit code 0 without findings, 3 with at least one error, 4 with warnings only.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var report: ReportOptions

  var format: OutputFormat { report.output }

  func execute() throws(CommandFailure) -> ExitCode {
    let root = try common.openRoot()
    let host = try HostAccess.running(root: root, log: common.makeLogger())
    let reading = common.readEverything(log: host.log)
    let (findings, receive) = try findings(host, reading)
    let readiness = ReadinessCheck(root: root).verdict()
    switch report.output {
    case .json:
      let warnings = reading.settings.warnings.map(\.description)
      Output.report(
        JSON.document(
          DiagnosisReport(
            findings, readiness: readiness, warnings: warnings,
            receive: receive.map { ReceiveReport($0.interface, $0.settings) })))
    case .text: Output.report(DiagnosisText.text(findings, readiness: readiness, receive: receive))
    }
    guard !findings.isEmpty else { return .done }
    return findings.contains { $0.severity == .error } ? .findingsWithErrors : .findingsWithWarnings
  }

  private func findings(
    _ host: HostAccess, _ reading: SettingsReading
  ) throws(CommandFailure) -> (
    findings: [Finding], receive: [(interface: String, settings: ReceiveSettings)]
  ) {
    let settings = reading.settings
    let malformed = Diagnosis.findings(
      SettingsError(problems: reading.problems + [settings.dataPathProblem].compactMap(\.self)))
    guard !reading.doubt.isTotal else { return (malformed, []) }
    let observation: HostObservation
    do {
      observation = try HostObservation(host, settings: settings)
    } catch {
      guard !malformed.isEmpty else { throw error }
      host.log.warning("\(error.description)")
      return (malformed, [])
    }
    let diagnosis = Diagnosis(
      observation: observation, settings: settings, loadEvidence: LoadEvidence.gather(from: host.root),
      claimsReadiness: host.root.exists(ReadyFile.path),
      unfinished: UnfinishedTakeover.observe(on: host.root), doubt: reading.doubt)
    let isDecided = !reading.doubt.touches(ParameterGroup.detection)
    return (malformed + diagnosis.findings, isDecided ? observation.node.receive : [])
  }
}
