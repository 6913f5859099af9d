/// What a plan rests on, each part judged by itself: what one of them lacks doesn't keep the others from being told.
struct PreparationGrounds {
  private(set) var obstacles: Obstacles
  private(set) var warnings: [String] = []
  let nodeWarnings: [String]

  let decision: Decision?
  let files: ConfigurationFiles?
  /// The paths of the files that aren't as they are to be.
  let stale: [String]?
  let module: ModulePlan?
  /// The module's tables; nil inside where they aren't to be reserved.
  let tables: TablesState??
  /// What vhost0 is to take over; nil where nothing is, too.
  let takeover: TakeoverForecast?
  /// What a vhost0 has to be that something else brings up.
  let awaited: ForeignVhost.Wanted?
  let node: NodePlan
  let probe: ProbeCopy??

  /// Judges; a pure function.
  init(
    _ reading: SettingsReading, on observation: HostObservation, probe: Result<ProbeCopy?, CommandFailure>
  ) {
    let settings = reading.settings
    var found = Obstacles(reading)
    found.judgeDataPath(settings)
    self.probe = found.attempt(.probe) { () throws(CommandFailure) in try probe.get() }
    let decision = found.decision(of: observation)
    self.decision = decision
    found.judge(settings, on: observation, decision)
    let files = decision.flatMap { found.files(settings, on: observation, $0) }
    self.files = files
    // What doesn't run vrouter's module needs no build of it.
    let isKernel = settings.dataPath.mode.value == .kernel
    module =
      isKernel
      ? found.attempt(.module, restingOn: ParameterGroup.module) { () throws(CommandFailure) in
        try ModulePlan(try observation.module(), settings: settings.module)
      } : nil
    tables = found.attempt(.module, restingOn: ParameterGroup.module) { () throws(CommandFailure) in
      try observation.tables()
    }
    let takeover = decision.flatMap { decision in
      found.attempt(.takeover, restingOn: ParameterGroup.takeover) {
        () throws(CommandFailure) -> TakeoverForecast? in
        guard isKernel, let state = try observation.takeover() else { return nil }
        return try TakeoverForecast(
          decision, settings: settings.host, state: state, managers: observation.managers,
          bound: observation.bound, links: observation.network.links)
      } ?? nil
    }
    self.takeover = takeover
    awaited = decision.flatMap { decision in
      found.attempt(.takeover, restingOn: ParameterGroup.takeover) {
        () throws(CommandFailure) -> ForeignVhost.Wanted? in
        settings.host.awaitsVhost ? try ForeignVhost.Wanted(decision) : nil
      } ?? nil
    }
    for path in ConfigurationFiles.paths {
      _ = found.attempt(.configuration) { () throws(CommandFailure) in
        try observation.configuration(at: path)
      }
    }
    stale = files.flatMap { try? observation.stale($0.all, ownership: settings.ownership) }
    node = NodePlan(observation.node)
    nodeWarnings = node.warnings(takesOver: takeover?.plan.isEmpty == false)
    obstacles = found
    // Of a decision that rests on a malformed setting nothing is told.
    guard !reading.doubt.touches(ParameterGroup.detection) else { return }
    warnings =
      (decision?.warnings ?? []) + [observation.names.warning].compactMap(\.self)
      + observation.contradictions.unseen.map {
        "\($0), which SSL needs, can't be looked for from here: whether the vRouter agent finds it isn't known"
      } + (files?.warnings ?? []) + (module?.differences ?? []) + (takeover?.warnings ?? []) + nodeWarnings
  }
}
