import KernelModule

/// What will be done to prepare a host, decided before anything is touched: a pure function of settings and observation.
struct PreparationPlan: Sendable {
  let decision: Decision
  let configuration: AgentConfiguration
  let module: ModulePlan
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
    module = try ModulePlan(observation.module, settings: settings.module)
    warnings = decision.warnings + module.differences

    var changes: [PreparationStep] = []
    if let load = module.request {
      changes.append(.loadModule(file: load.file.path, options: load.options.text))
    }
    if observation.configuration != Array(configuration.text.utf8) || !observation.configurationIsPrivate {
      changes.append(.writeConfiguration(path: AgentConfiguration.path))
    }
    if let path = observation.probe?.target, observation.probe?.isCurrent == false {
      changes.append(.installProbe(path: path))
    }
    // A run that finds nothing to do only renews the readiness file.
    steps = (changes.isEmpty ? [] : [.withdrawReadiness] + changes) + [.declareReady]
  }
}
