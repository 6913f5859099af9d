import ArgumentParser
import HostFiles
import Logging

/// `cleanup`: the host as it was before `prepare`.
struct CleanupCommand: AgentCommand {
  static let configuration = CommandConfiguration(
    commandName: "cleanup",
    abstract:
      "Undoes what prepare did: vhost0 gives back what it took over, the module is unloaded, files are removed.",
    discussion: """
      Safe to run again at any time; works without the takeover's journal too, from vhost0 and the module's interfaces. \
      Refused while workloads have interfaces in the vRouter, or the vRouter agent runs, unless forced.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var report: ReportOptions

  @Flag(
    help: "Also while workloads have interfaces in the vRouter, or the vRouter agent runs: they are cut off.")
  var force = false

  var format: OutputFormat { report.output }

  func execute() throws(CommandFailure) -> ExitCode {
    let log = common.makeLogger()
    let root = try common.openRoot()
    let settings = try common.readSettings(for: .looking, log: log)
    let host = try HostAccess.running(root: root, log: log, loadLimit: settings.module.loadTimeout.value)
    let outcome = try LockedRun(root: root, command: "cleanup").run { () throws(CommandFailure) in
      try Cleanup(
        host: host, settings: settings, isForced: force,
        moments: PreparationMoments(environment: CommonOptions.processEnvironment())
      ).run()
    }
    switch report.output {
    case .text:
      let lines = outcome.done.map { "done: \($0)\n" } + outcome.left.map { "left: \($0)\n" }
      Output.report(lines.isEmpty ? "nothing was left of a preparation: nothing to do\n" : lines.joined())
    case .json: Output.report(JSON.document(outcome))
    }
    return .done
  }
}
