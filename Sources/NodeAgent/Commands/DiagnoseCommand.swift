import ArgumentParser
import HostFiles
import KernelModule
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
    let findings = try findings(host)
    let readiness = ReadinessCheck(root: root).verdict()
    switch report.output {
    case .json: Output.report(JSON.document(DiagnosisReport(findings, readiness: readiness)))
    case .text: Output.report(DiagnosisText.text(findings, readiness: readiness))
    }
    guard !findings.isEmpty else { return .done }
    return findings.contains { $0.severity == .error } ? .findingsWithErrors : .findingsWithWarnings
  }

  private func findings(_ host: HostAccess) throws(CommandFailure) -> [Finding] {
    let settings: Settings
    do throws(SettingsError) {
      settings = try common.loadSettings()
      if let problem = settings.dataPathProblem { throw SettingsError(problems: [problem]) }
    } catch {
      return Diagnosis.findings(error)
    }
    return Diagnosis(
      observation: try HostObservation(host, settings: settings), settings: settings,
      loadEvidence: LoadEvidence.gather(from: host.root), claimsReadiness: host.root.exists(ReadyFile.path),
      unfinished: UnfinishedTakeover.observe(on: host.root)
    ).findings
  }
}
