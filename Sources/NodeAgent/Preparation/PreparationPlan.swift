import KernelModule

/// What will be done to prepare a host, decided before anything is touched: a pure function of settings and observation.
struct PreparationPlan: Sendable {
  let decision: Decision
  /// What to remember of the hardware that was chosen.
  let identity: RememberedIdentity
  /// Every configuration file as it is to be.
  let files: ConfigurationFiles
  /// Whose they are to be.
  let ownership: FileOwnership
  let module: ModulePlan
  let moduleSettings: ModuleSettings
  /// Where the token is that may be renewed.
  let loadBalancer: LoadBalancerSettings
  /// What vhost0 is to take over; nil where nothing is.
  let takeover: TakeoverForecast?
  /// What a vhost0 has to be that something else brings up; nil where nothing else does.
  let awaited: ForeignVhost.Wanted?
  /// What of the host is to be made ready beside that.
  let node: NodePlan
  /// What an operator should know of that; among ``warnings``, too.
  let nodeWarnings: [String]
  private(set) var steps: [PreparationStep]
  /// What an operator should know of the host, though nothing stands in the way.
  let warnings: [String]
  /// The same of the settings.
  let settingsWarnings: [String]

  /// Decides.
  ///
  /// - Parameters:
  ///   - reading: the settings; of those that are malformed, and of what doesn't rest on them, everything is told.
  ///   - probe: the copy of the probe that the settings ask for, or why it can't be made.
  /// - Throws: everything that stands in the way, at once.
  init(
    _ reading: SettingsReading, on observation: HostObservation,
    probe: Result<ProbeCopy?, CommandFailure> = .success(nil)
  ) throws(CommandFailure) {
    let settings = reading.settings
    let grounds = PreparationGrounds(reading, on: observation, probe: probe)
    settingsWarnings = settings.warnings.map(\.description)
    warnings = grounds.warnings
    if let failure = grounds.obstacles.failure(warnings: settingsWarnings + warnings) { throw failure }
    guard let decision = grounds.decision, let files = grounds.files, let module = grounds.module,
      let stale = grounds.stale, let tables = grounds.tables, let probe = grounds.probe
    else {
      // What is missing was taken up as an obstacle.
      throw CommandFailure(.failed, "nothing was changed: no plan can be made")
    }
    (self.decision, self.files, self.module) = (decision, files, module)
    (takeover, awaited, node) = (grounds.takeover, grounds.awaited, grounds.node)
    identity = RememberedIdentity.make(
      from: decision, snapshot: observation.network, settings: DetectionSettings(settings.host))
    moduleSettings = settings.module
    loadBalancer = settings.loadBalancer
    nodeWarnings = grounds.nodeWarnings
    var changes: [PreparationStep] = node.mounts
    if let load = module.request {
      changes.append(
        .loadModule(file: load.file.path, options: load.options.text, replaces: module.replaces))
    }
    if let installation = module.installation {
      changes.append(.installModule(folder: installation.folder))
    }
    if settings.module.reservesTables.value {
      if module.request != nil || tables?.areThere != true { changes.append(.reserveTables) }
    }
    ownership = settings.ownership
    let renewsToken = observation.awaitsTokenAlone(stale, of: files, ownership)
    if !stale.isEmpty, !renewsToken { changes.append(.writeConfiguration(paths: stale)) }
    changes += node.changes
    let remembers = identity != observation.network.identity
    if let plan = takeover?.plan, !plan.isEmpty {
      // Over several interfaces, nothing else tells the next run which ones vhost0 took over from.
      if remembers { changes.append(.rememberIdentity(path: IdentityFile.path)) }
      changes.append(
        .takeOver(
          vhost: plan.vhost.name, from: plan.before.cards.map(\.name), operations: plan.operations.count))
    }
    changes += node.afterwards(takesOver: takeover?.plan.isEmpty == false)
    if let awaited, awaited.lack(ForeignVhost.seen(observation.network)) != nil {
      changes.append(.awaitVhost(limit: settings.host.vhostWait.value))
    }
    if let probe, !probe.isCurrent { changes.append(.installProbe(path: probe.target)) }
    // A run that finds nothing to do only renews the readiness file.
    steps = changes.isEmpty ? [] : [.withdrawReadiness] + changes
    // None of these is part of what makes a node ready: readiness isn't interrupted for it.
    if renewsToken { steps.append(.renewToken(path: LoadBalancerFile.path)) }
    if let reservation = node.reservation {
      // Before the module weighs what memory is left.
      let place = steps.firstIndex { if case .loadModule = $0 { true } else { false } }
      steps.insert(reservation, at: place ?? steps.endIndex)
    }
    if remembers, !steps.contains(.rememberIdentity(path: IdentityFile.path)) {
      steps.append(.rememberIdentity(path: IdentityFile.path))
    }
    if takeover?.plan.isEmpty == true, observation.follow?.isRunning == false {
      steps.append(.followLease(unit: DHCPFollow.unitName))
    }
    steps.append(.declareReady)
  }
}
