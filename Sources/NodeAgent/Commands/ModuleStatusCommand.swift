import ArgumentParser
import KernelModule
import Netlink

/// `module status`: what is loaded, what could be.
struct ModuleStatusCommand: AgentCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Tells which module is loaded, which builds there are, and whether memory would do for a load.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var report: ReportOptions

  var format: OutputFormat { report.output }

  func execute() throws(CommandFailure) -> ExitCode {
    let settings = try common.readSettings()
    let host = try HostAccess.running(root: try common.openRoot(), log: common.makeLogger())
    let links = try host.network.observed(for: DetectionSettings()).links
    let module = try ModuleObservation(host, settings: settings.module, links: links)
    let blockers: [String]
    do {
      blockers = try UnloadCheck(host, links: links).blockers().map { "\($0)" }
    } catch {
      // Not knowing is a reason, too.
      blockers = [error.description]
    }
    let status = ModuleReport(module, blockers: blockers)
    switch report.output {
    case .json: Output.report(JSON.document(status))
    case .text: Output.report(ModuleText.status(status, module))
    }
    return .done
  }
}
