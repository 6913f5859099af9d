import ArgumentParser
import HostFiles
import KernelModule
import Logging
import Netlink

/// `module load`: the part of `prepare` that loads the module.
struct ModuleLoadCommand: AgentCommand {
  static let configuration = CommandConfiguration(
    commandName: "load",
    abstract: "Loads the module as prepare does, and verifies it. A module that is loaded is left alone.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var report: ReportOptions

  @Flag(help: "Tell which build would be loaded with which options. Nothing is changed.")
  var dryRun = false

  var format: OutputFormat { report.output }

  func execute() throws(CommandFailure) -> ExitCode {
    let settings = try common.readSettings()
    let root = try common.openRoot()
    let host = try HostAccess.running(
      root: root, log: common.makeLogger(), loadLimit: settings.module.loadTimeout.value)
    if dryRun {
      let planned = try loading(host, settings)
      write(ModuleLoadReport(planned, installed: planned.plan.installation?.folder, dryRun: true))
      return .done
    }
    let report = try LockedRun(root: root, command: "module load").run { () throws(CommandFailure) in
      var loading = try loading(host, settings)
      try loading.run()
      let installed = try loading.plan.installation?.install(on: host)
      let reservation: TableReservation? =
        settings.module.reservesTables.value
        ? try TableReservation.run(
          on: host, settings: settings.module, isTreated: !loading.treatments.isEmpty) : nil
      return ModuleLoadReport(loading, reservation: reservation, installed: installed, dryRun: false)
    }
    write(report)
    return .done
  }

  private func loading(_ host: HostAccess, _ settings: Settings) throws(CommandFailure) -> ModuleLoading {
    let links = try host.network.observed(for: DetectionSettings()).links
    let plan = try ModulePlan(
      try ModuleObservation(host, settings: settings.module, links: links), settings: settings.module)
    for difference in plan.differences { host.log.warning("\(difference)") }
    return ModuleLoading(plan, on: host)
  }

  private func write(_ result: ModuleLoadReport) {
    switch report.output {
    case .json: Output.report(JSON.document(result))
    case .text: Output.report(result.text)
    }
  }
}
