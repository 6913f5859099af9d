import ArgumentParser
import HostFiles
import Logging

/// `config render`: the configuration as `prepare` would write it.
struct ConfigRenderCommand: AgentCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Prints the configuration that prepare would write. Nothing is changed.",
    discussion: "Secrets are shown as (set) or (unset), unless --show-secrets is given.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var report: ReportOptions

  @Flag(help: "Show where each value comes from.")
  var explain = false

  @Flag(help: "Print secrets as they are written to the file.")
  var showSecrets = false

  var format: OutputFormat { report.output }

  func execute() throws(CommandFailure) -> ExitCode {
    let settings = try common.readSettings()
    let host = try HostAccess.running(root: try common.openRoot(), log: common.makeLogger())
    let observation = try HostObservation(host, settings: settings)
    let files = try AgentConfiguration.rendered(settings, observation, log: host.log).files
    switch report.output {
    case .json: Output.report(JSON.document(ConfigurationReport(files, showsSecrets: showSecrets)))
    case .text where explain: Output.report(ConfigurationText.table(files, showsSecrets: showSecrets))
    case .text: Output.report(ConfigurationText.files(files, showsSecrets: showSecrets))
    }
    return .done
  }
}

extension AgentConfiguration {
  /// Renders what an observation asks for; what contradicts the settings is told, though nothing is written here.
  static func rendered(
    _ settings: Settings, _ observation: HostObservation, log: Logger
  ) throws(CommandFailure) -> AgentConfiguration {
    if let warning = observation.names.warning { log.warning("\(warning)") }
    let decision = try observation.decided()
    for problem in Contradictions.find(
      settings, interfaces: decision.choices.count, facts: observation.contradictions)
    {
      log.warning("prepare would refuse this: \(problem)")
    }
    return try rendered(
      settings,
      try ConfigurationFacts(
        decision, names: observation.names, multihoming: settings.host.multihoming?.value))
  }

  /// Renders, with the failure as a command reports it.
  static func rendered(
    _ settings: Settings, _ facts: ConfigurationFacts
  ) throws(CommandFailure) -> AgentConfiguration {
    do {
      return try AgentConfiguration(settings: settings, facts: facts)
    } catch {
      throw CommandFailure(.configuration, "the agent's configuration can't be written:\n\(error)")
    }
  }
}
