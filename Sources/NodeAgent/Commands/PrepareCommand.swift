import ArgumentParser

/// `prepare`: the init container's job.
struct PrepareCommand: AgentCommand {
  static let configuration = CommandConfiguration(
    commandName: "prepare",
    abstract:
      "Prepares this host: decides on the interface, loads the module, writes the configuration, declares it ready.",
    discussion: """
      Safe to run again at any time: what is done already is left alone, and what a killed run left unfinished is \
      made good.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var report: ReportOptions

  @Flag(help: "Decide and print what would be done. Nothing is changed.")
  var dryRun = false

  var format: OutputFormat { report.output }

  func execute() throws(CommandFailure) -> ExitCode {
    let log = common.makeLogger()
    let root = try common.openRoot()
    let run = PreparationRun(common: common, root: root, log: log)
    let outcome = dryRun ? PreparationOutcome(plan: try run.plan()) : try run.prepare()
    switch report.output {
    case .text: Output.report(PreparationText.text(outcome))
    case .json: Output.report(JSON.document(PreparationReport(outcome)))
    }
    return .done
  }
}
