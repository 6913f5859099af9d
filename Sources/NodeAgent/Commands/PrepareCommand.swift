import ArgumentParser
import HostFiles
import Logging

/// `prepare`: the init container's job.
struct PrepareCommand: AgentCommand {
  static let configuration = CommandConfiguration(
    commandName: "prepare",
    abstract: "Prepares this host: decides on the interface, loads the module, writes the configuration, declares it ready.",
    discussion: """
      Safe to run again at any time: what is done already is left alone, and what a killed run left unfinished is \
      made good.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var report: ReportOptions

  @Flag(help: "Decide and print what would be done. Nothing is changed.")
  var dryRun = false

  func execute() throws(CommandFailure) -> ExitCode {
    let log = common.makeLogger()
    let root = try common.openRoot()
    let outcome =
      dryRun
      ? PreparationOutcome(plan: try plan(root, log))
      : try LockedRun(root: root, command: "prepare").run { () throws(CommandFailure) in
        try prepare(root, log)
      }
    switch report.output {
    case .text: Output.report(PreparationText.text(outcome))
    case .json: Output.report(JSON.document(PreparationReport(outcome)))
    }
    return .done
  }

  private func plan(_ root: HostRoot, _ log: Logger) throws(CommandFailure) -> PreparationPlan {
    let settings = try common.readSettings(log: log)
    let host = try HostAccess.running(root: root, log: log)
    return try PreparationPlan(settings: settings, observation: try HostObservation(host, settings: settings))
  }

  private func prepare(_ root: HostRoot, _ log: Logger) throws(CommandFailure) -> PreparationOutcome {
    let moments = PreparationMoments(environment: CommonOptions.processEnvironment())
    var preparation: Preparation?
    do {
      let plan = try plan(root, log)
      let host = try HostAccess.running(root: root, log: log)
      for warning in plan.warnings { log.warning("\(warning)") }
      preparation = Preparation(plan, on: host, moments: moments)
      try preparation?.run()
      let outcome = PreparationOutcome(plan: plan, done: preparation)
      write(.ready(message: outcome.summary, at: host.now()), to: root, log)
      return outcome
    } catch {
      write(.failed(error, at: Int64(HostClock.seconds())), to: root, log)
      throw error
    }
  }

  /// Monitoring's file: what can't be written there must not fail a preparation.
  private func write(_ status: StatusFile, to root: HostRoot, _ log: Logger) {
    do {
      try status.write(to: root)
    } catch {
      log.warning("the status was not written: \(error)")
    }
  }
}
