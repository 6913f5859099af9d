import ArgumentParser

/// `config render`: the configuration as `prepare` would write it.
struct ConfigRenderCommand: AgentCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Prints the configuration files that prepare would write. Nothing is changed.",
    discussion:
      "Secrets are shown as (set) or (unset), unless --show-secrets is given. With AGENT_MODE=dpdk, which prepare refuses, it is what the node's vRouter agent needs."
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var report: ReportOptions

  @Flag(help: "Show where each value comes from.")
  var explain = false

  @Option(
    help: ArgumentHelp("Print one file alone, such as contrail-vrouter-agent.conf.", valueName: "name"))
  var file: String?

  @Flag(help: "Print secrets as they are written to the file.")
  var showSecrets = false

  var format: OutputFormat { report.output }

  func execute() throws(CommandFailure) -> ExitCode {
    let rendering = try ConfigurationRendering(common, log: common.makeLogger())
    let files = try chosen(of: rendering.files.all)
    switch report.output {
    case .json:
      Output.report(
        JSON.document(
          ConfigurationReport(files, showsSecrets: showSecrets, warnings: rendering.warnings)))
    case .text where explain: Output.report(ConfigurationText.table(files, showsSecrets: showSecrets))
    case .text: Output.report(ConfigurationText.files(files, showsSecrets: showSecrets))
    }
    return .done
  }

  private func chosen(of files: [ConfigurationFile]) throws(CommandFailure) -> [ConfigurationFile] {
    guard let file else { return files }
    let chosen = files.filter { $0.name == file || $0.path == file }
    guard !chosen.isEmpty else {
      let names = files.map(\.name).joined(separator: ", ")
      throw CommandFailure(.usage, "--file: found '\(file)'; expected one of \(names)")
    }
    return chosen
  }
}
