import KernelModule

/// What will be done to prepare a host, decided before anything is touched: a pure function of settings and observation.
struct PreparationPlan: Sendable {
  let decision: Decision
  /// What to remember of the hardware that was chosen.
  let identity: RememberedIdentity
  let configuration: AgentConfiguration
  /// Every configuration file as it is to be; the agent's own first.
  let files: [RenderedFile]
  /// Whose they are to be.
  let ownership: FileOwnership
  let module: ModulePlan
  let moduleSettings: ModuleSettings
  /// What vhost0 is to take over; nil where nothing is.
  let takeover: TakeoverForecast?
  /// What a vhost0 has to be that something else brings up; nil where nothing else does.
  let awaited: ForeignVhost.Wanted?
  private(set) var steps: [PreparationStep]
  /// What an operator should know, though nothing stands in the way.
  let warnings: [String]

  /// Decides.
  ///
  /// - Parameter probe: the copy of the probe that the settings ask for.
  init(
    settings: Settings, observation: HostObservation, probe: ProbeCopy?
  ) throws(CommandFailure) {
    decision = try observation.decided()
    let contradictions = Contradictions.find(
      settings, interfaces: decision.choices.count, facts: observation.contradictions)
    guard contradictions.isEmpty else {
      let count = contradictions.count
      throw CommandFailure(
        .settings,
        "\(count) setting\(count == 1 ? "" : "s") can't hold on this host:\n\(SettingsError(problems: contradictions))"
      )
    }
    identity = RememberedIdentity.make(
      from: decision, snapshot: observation.network, settings: DetectionSettings(settings.host))
    configuration = try AgentConfiguration.rendered(
      settings,
      try ConfigurationFacts(
        decision, names: observation.names, multihoming: settings.host.multihoming?.value))
    module = try ModulePlan(try observation.module(), settings: settings.module)
    moduleSettings = settings.module
    if let state = try observation.takeover() {
      takeover = try TakeoverForecast(
        decision, settings: settings.host, state: state, managers: observation.managers,
        bound: observation.bound, links: observation.network.links)
    } else {
      takeover = nil
    }
    awaited = settings.host.awaitsVhost ? try ForeignVhost.Wanted(decision) : nil
    warnings =
      decision.warnings + [observation.names.warning].compactMap(\.self)
      + module.differences + (takeover?.warnings ?? [])

    var changes: [PreparationStep] = []
    if let load = module.request {
      changes.append(
        .loadModule(file: load.file.path, options: load.options.text, replaces: module.replaces))
    }
    if let installation = module.installation {
      changes.append(.installModule(folder: installation.folder))
    }
    if settings.module.reservesTables.value {
      let tables = try observation.tables()
      if module.request != nil || tables?.areThere != true { changes.append(.reserveTables) }
    }
    files = configuration.files
    ownership = settings.ownership
    let stale = try observation.stale(files, ownership: settings.ownership)
    if !stale.isEmpty { changes.append(.writeConfiguration(paths: stale)) }
    let remembers = identity != observation.network.identity
    if let plan = takeover?.plan, !plan.isEmpty {
      // Over several interfaces, nothing else tells the next run which ones vhost0 took over from.
      if remembers { changes.append(.rememberIdentity(path: IdentityFile.path)) }
      changes.append(
        .takeOver(
          vhost: plan.vhost.name, from: plan.before.cards.map(\.name), operations: plan.operations.count))
    }
    if let awaited, awaited.lack(ForeignVhost.seen(observation.network)) != nil {
      changes.append(.awaitVhost(limit: settings.host.vhostWait.value))
    }
    if let probe, !probe.isCurrent { changes.append(.installProbe(path: probe.target)) }
    // A run that finds nothing to do only renews the readiness file.
    steps = changes.isEmpty ? [] : [.withdrawReadiness] + changes
    // No part of what makes a node ready: readiness isn't interrupted for it.
    if remembers, !steps.contains(.rememberIdentity(path: IdentityFile.path)) {
      steps.append(.rememberIdentity(path: IdentityFile.path))
    }
    steps.append(.declareReady)
  }
}
