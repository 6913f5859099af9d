import ArgumentParser
import HostFiles
import KernelModule
import Logging

/// `memory`: demand against supply.
struct MemoryCommand: AgentCommand {
  static let configuration = CommandConfiguration(
    commandName: "memory",
    abstract: "Tells whether memory would do for the module's load and for the vRouter agent's start.",
    discussion: """
      Both take contiguous blocks, which free memory alone doesn't promise. Nothing is changed. Root alone can see what \
      free pages belong to; without that the verdict is more cautious.
      Exit code 0 when what is ahead fits, also when only just; 13 when blocks are short.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var report: ReportOptions

  @Option(
    help: ArgumentHelp(
      "Weigh with these options of the module, over those that it would have.",
      discussion: "As in VROUTER_MODULE_OPTIONS: --options \"vr_flow_entries=131072 vr_nexthops=65536\".",
      valueName: "options"))
  var options: String?

  @Flag(help: "List every allocation of both gates, too. JSON always does.")
  var allocations = false

  var format: OutputFormat { report.output }

  func execute() throws(CommandFailure) -> ExitCode {
    let settings = try common.readSettings()
    let seen = try MemoryObservation(
      root: try common.openRoot(), release: SystemHostNames.kernelRelease(), settings: settings.module,
      wanted: try wanted())
    let result = MemoryReport(seen)
    switch report.output {
    case .json: Output.report(JSON.document(result))
    case .text: Output.report(result.text(allocations: allocations))
    }
    let short = result.gates.filter { $0.verdict == "short" }.map(\.sentence)
    guard short.isEmpty else {
      throw CommandFailure(.memory, short.joined(separator: "\n"), isReported: true)
    }
    return .done
  }

  private func wanted() throws(CommandFailure) -> ModuleOptions {
    do {
      return try ModuleOptions(parsing: options ?? "")
    } catch {
      throw CommandFailure(.usage, "\(error)")
    }
  }
}
