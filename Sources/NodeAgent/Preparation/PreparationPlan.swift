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
  /// What vhost0 is to take over; nil where nothing is.
  let takeover: TakeoverForecast?
  /// What a vhost0 has to be that something else brings up; nil where nothing else does.
  let awaited: ForeignVhost.Wanted?
  /// What of the host is to be made ready beside that.
  let node: NodePlan
  /// What an operator should know of that; among ``warnings``, too.
  let nodeWarnings: [String]
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
    node = try NodePlan(observation.node, decision: decision)
    files = try ConfigurationFiles.rendered(settings, try observation.facts(decision, settings))
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
    nodeWarnings = node.warnings(takesOver: takeover?.plan.isEmpty == false)
    warnings =
      decision.warnings + [observation.names.warning].compactMap(\.self)
      + observation.contradictions.unseen.map {
        "\($0), which SSL needs, can't be looked for from here: whether the vRouter agent finds it isn't known"
      } + files.warnings + module.differences + (takeover?.warnings ?? []) + nodeWarnings

    var changes: [PreparationStep] = node.mounts
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
    ownership = settings.ownership
    let stale = try observation.stale(files.all, ownership: settings.ownership)
    if !stale.isEmpty { changes.append(.writeConfiguration(paths: stale)) }
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
    // Neither is part of what makes a node ready: readiness isn't interrupted for it.
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
