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
    if let warning = observation.names.warning { host.log.warning("\(warning)") }
    let decision = try observation.decided()
    if let refusal = observation.node.prefix.refusal(of: decision.address) { host.log.warning("\(refusal)") }
    let facts = try ConfigurationFacts(
      decision, names: observation.names, multihoming: settings.host.multihoming?.value
    ).knowing(observation.node.prefix)
    let configuration = try AgentConfiguration.rendered(settings, facts)
    switch report.output {
    case .json: Output.report(JSON.document(ConfigurationReport(configuration, showsSecrets: showSecrets)))
    case .text where explain: Output.report(ConfigurationText.table(configuration, showsSecrets: showSecrets))
    case .text where showSecrets: Output.report(configuration.text)
    case .text: Output.report(ConfigurationText.file(configuration))
    }
    return .done
  }
}

extension AgentConfiguration {
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
