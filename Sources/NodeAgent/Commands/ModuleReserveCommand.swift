import ArgumentParser
import HostFiles
import KernelModule
import Logging

/// `module reserve`: the part of `prepare` that has the loaded module make its tables.
struct ModuleReserveCommand: AgentCommand {
  static let configuration = CommandConfiguration(
    commandName: "reserve",
    abstract: "Has the loaded module make the vRouter agent's tables now, as VROUTER_RESERVE_TABLES does.",
    discussion: """
      Sends the vRouter agent's first message (vr_hugepage_config without huge pages), unless the tables are there. \
      Refused when huge pages are configured: the tables would be in page blocks before they are given.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var report: ReportOptions

  var format: OutputFormat { report.output }

  func execute() throws(CommandFailure) -> ExitCode {
    let settings = try common.readSettings()
    let root = try common.openRoot()
    let host = try HostAccess.running(
      root: root, log: common.makeLogger(), loadLimit: settings.module.loadTimeout.value)
    let done = try LockedRun(root: root, command: "module reserve").run { () throws(CommandFailure) in
      try TableReservation.run(on: host, settings: settings.module)
    }
    let result = TableReservationReport(done.exchange)
    switch report.output {
    case .json: Output.report(JSON.document(result))
    case .text: Output.report(result.text)
    }
    return .done
  }
}
