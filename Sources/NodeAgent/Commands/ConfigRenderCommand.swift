import ArgumentParser
import HostFiles
import Logging

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
    let settings = try common.readSettings(for: .looking)
    let host = try HostAccess.running(root: try common.openRoot(), log: common.makeLogger())
    let observation = try HostObservation(host, settings: settings)
    if let warning = observation.names.warning { host.log.warning("\(warning)") }
    let decision = try observation.decided()
    if let refusal = observation.node.prefix.refusal(of: decision.address) { host.log.warning("\(refusal)") }
    let rendered = try ConfigurationFiles.rendered(settings, try observation.facts(decision, settings))
    for warning in rendered.warnings { host.log.warning("\(warning)") }
    let files = try chosen(of: rendered.all)
    switch report.output {
    case .json: Output.report(JSON.document(ConfigurationFilesReport(files, showsSecrets: showSecrets)))
    case .text:
      Output.report(
        ConfigurationText.text(files) { file in
          if explain { return ConfigurationText.table(file, showsSecrets: showSecrets) }
          return showSecrets ? file.text : ConfigurationText.file(file)
        })
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

extension ConfigurationFiles {
  /// Renders, with the failure as a command reports it.
  static func rendered(
    _ settings: Settings, _ facts: ConfigurationFacts
  ) throws(CommandFailure) -> ConfigurationFiles {
    do {
      return try ConfigurationFiles(settings: settings, facts: facts)
    } catch {
      throw CommandFailure(.configuration, "the agent's configuration can't be written:\n\(error)")
    }
  }
}
