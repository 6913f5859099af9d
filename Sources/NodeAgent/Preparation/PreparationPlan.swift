import HostFiles
import KernelModule
import Netlink
import VRouter

/// What will be done to prepare a host, decided before anything is touched: a pure function of settings and observation.
struct PreparationPlan: Sendable {
  let decision: Decision
  let configuration: AgentConfiguration
  /// Nil when the module is there already.
  let load: LoadRequest?
  let facts: VRouterHostFacts
  let retryPolicy: RetryPolicy
  let steps: [PreparationStep]
  /// What an operator should know, though nothing stands in the way.
  let warnings: [String]

  /// Decides.
  init(
    settings: Settings, observation: HostObservation
  ) throws(CommandFailure) {
    decision = try observation.decided()
    configuration = try AgentConfiguration.rendered(
      settings, try ConfigurationFacts(decision, name: observation.nodeName, host: observation.hostName))
    facts = observation.module.facts
    retryPolicy = RetryPolicy(
      attempts: settings.module.loadAttempts.value, firstDelay: settings.module.loadBackoff.value,
      longestDelay: settings.module.loadBackoffLimit.value)
    var warnings = decision.warnings
    load = try Self.load(observation.module, &warnings)
    self.warnings = warnings

    var changes: [PreparationStep] = []
    if let load { changes.append(.loadModule(file: load.file.path, options: load.options.text)) }
    if observation.configuration != Array(configuration.text.utf8) || !observation.configurationIsPrivate {
      changes.append(.writeConfiguration(path: AgentConfiguration.path))
    }
    if let path = observation.probe?.target, observation.probe?.isCurrent == false {
      changes.append(.installProbe(path: path))
    }
    // A run that finds nothing to do only renews the readiness file.
    steps = (changes.isEmpty ? [] : [.withdrawReadiness] + changes) + [.declareReady]
  }

  /// What to load, or nil when the module is there.
  private static func load(
    _ module: ModuleObservation, _ warnings: inout [String]
  ) throws(CommandFailure) -> LoadRequest? {
    if let loaded = module.loaded, loaded.phase == .live || loaded.phase == .builtIn {
      warnings += differences(module, loaded)
      return nil
    }
    let refusals = module.dangers
    guard refusals.isEmpty else {
      throw CommandFailure(
        .module,
        "VROUTER_MODULE_OPTIONS can't be used on this host, and nothing was loaded:\n"
          + refusals.map { "  \($0)" }.joined(separator: "\n"))
    }
    guard let chosen = module.choice.chosen, let file = chosen.file, let information = chosen.information else {
      throw CommandFailure(.module, module.choice.absence)
    }
    return LoadRequest(
      name: HostAccess.moduleName, file: file, information: information, options: module.options)
  }

  /// In what a module that is loaded differs from the one that would be.
  static func differences(_ module: ModuleObservation, _ loaded: LoadedModule) -> [String] {
    var differences: [String] = []
    if let wanted = module.choice.chosen?.information?.sourceVersion, loaded.sourceVersion != wanted {
      differences.append(
        "the loaded module has srcversion \(loaded.sourceVersion ?? "none"), the build on disk (\(module.choice.chosen?.file?.path ?? "")) has \(wanted)")
    }
    differences += ParameterMismatch.compare(wanted: module.options, inEffect: loaded.parameters).map { "\($0)" }
    return differences
  }
}
