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
    let files = try chosen(of: ConfigurationFiles.rendered(settings, observation, log: host.log).all)
    switch report.output {
    case .json: Output.report(JSON.document(ConfigurationReport(files, showsSecrets: showSecrets)))
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

extension ConfigurationFiles {
  /// Renders what an observation asks for; what contradicts the settings is told, though nothing is written here.
  static func rendered(
    _ settings: Settings, _ observation: HostObservation, log: Logger
  ) throws(CommandFailure) -> ConfigurationFiles {
    if let warning = observation.names.warning { log.warning("\(warning)") }
    let decision = try observation.decided()
    var obstacles = Contradictions.find(
      settings, interfaces: decision.choices.count, facts: observation.contradictions
    ).map { "\($0)" }
    if let refusal = observation.node.prefix.refusal(of: decision.address) { obstacles.append(refusal) }
    for obstacle in obstacles { log.warning("prepare would refuse this: \(obstacle)") }
    let files = try rendered(settings, try observation.facts(decision, settings))
    for warning in files.warnings { log.warning("\(warning)") }
    return files
  }

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
