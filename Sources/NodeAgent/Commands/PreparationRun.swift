import HostFiles
import KernelModule
import Logging
import Readiness

/// What `prepare` and `run` have in common: settings, plan, changes, and the status file whatever comes of it.
struct PreparationRun {
  let common: CommonOptions
  let root: HostRoot
  let log: Logger
  /// Whether this program was asked to end: what it waits for then ends, too.
  var isEnding: @Sendable () -> Bool = { false }

  /// Decides without changing anything.
  func plan() throws(CommandFailure) -> PreparationPlan {
    var progress = Progress()
    return try plan(waits: false, &progress).plan
  }

  /// Prepares the host, as the only agent at work on it.
  func prepare() throws(CommandFailure) -> PreparationOutcome {
    try LockedRun(root: root, command: "prepare").run { () throws(CommandFailure) in
      var progress = Progress()
      do throws(CommandFailure) {
        let outcome = try prepare(&progress)
        let now = Int64(HostClock.seconds())
        write(
          .ready(
            message: outcome.summary, takesOver: progress.takesOver, agentStart: progress.agentStart(at: now),
            at: now))
        return outcome
      } catch {
        let now = Int64(HostClock.seconds())
        write(
          .failed(
            error, during: progress.step, reached: progress.reached,
            readiness: ReadinessCheck(root: root).verdict(), takesOver: progress.takesOver,
            agentStart: progress.agentStart(at: now), at: now
          ))
        throw error
      }
    }
  }

  private func prepare(
    _ progress: inout Progress
  ) throws(CommandFailure) -> PreparationOutcome {
    try recover()
    let (host, settings, plan) = try plan(waits: true, &progress)
    var preparation = Preparation(
      plan, settings: settings, on: host, moments: moments)
    defer {
      progress.reached.formUnion(preparation.reached)
      progress.step = preparation.step
    }
    try preparation.run()
    return PreparationOutcome(plan: plan, done: preparation)
  }

  private func access(_ settings: Settings) throws(CommandFailure) -> HostAccess {
    var host = try HostAccess.running(
      root: root, log: log, loadLimit: settings.module.loadTimeout.value)
    host.isEnding = isEnding
    return host
  }

  private var moments: PreparationMoments {
    PreparationMoments(environment: CommonOptions.processEnvironment())
  }

  /// Finishes or undoes a takeover that was interrupted, before anything else is looked at.
  private func recover() throws(CommandFailure) {
    try TakeoverRecovery(root: root, log: log).run()
  }

  /// - Parameters:
  ///   - waits: whether to wait for what a decision lacks and time may bring.
  ///   - progress: takes up what is found to hold on the way.
  private func plan(
    waits: Bool, _ progress: inout Progress
  ) throws(CommandFailure) -> (host: HostAccess, settings: Settings, plan: PreparationPlan) {
    let reading = common.readEverything(log: log)
    do throws(CommandFailure) {
      let (host, plan) = try plan(reading, waits: waits, &progress)
      for warning in plan.warnings { log.warning("\(warning)") }
      return (host, reading.settings, plan)
    } catch {
      // Those of the settings are in the log already.
      let told = Set(reading.settings.warnings.map(\.description))
      for warning in error.warnings where !told.contains(warning) { log.warning("\(warning)") }
      error.tell(log, in: common.logFormat)
      throw error
    }
  }

  private func plan(
    _ reading: SettingsReading, waits: Bool, _ progress: inout Progress
  ) throws(CommandFailure) -> (host: HostAccess, plan: PreparationPlan) {
    let settings = reading.settings
    var obstacles = Obstacles(reading)
    obstacles.judgeDataPath(settings)
    let isUsable = obstacles.isEmpty
    let warnings = settings.warnings.map(\.description)
    if reading.doubt.isTotal, let failure = obstacles.failure(warnings: warnings) { throw failure }
    let seen = obstacles.attempt(.unseen) { () throws(CommandFailure) in
      let host = try access(settings)
      if isUsable {
        (progress.host, progress.settings) = (host, settings.module)
        progress.takesOver = settings.host.takesOver.value || settings.host.awaitsVhost
        progress.reached.insert(.settingsValid)
      }
      return (host, try HostObservation(host, settings: settings, waits: waits && isUsable))
    }
    guard let (host, observation) = seen else {
      throw obstacles.failure(warnings: warnings) ?? CommandFailure(.failed, "the host can't be looked at")
    }
    let probe = Result { () throws(CommandFailure) in
      try settings.host.probeDirectory.map { directory throws(CommandFailure) in
        try ProbeCopy(directory: directory.value)
      }
    }
    if isUsable {
      if (try? observation.decided()) != nil { progress.reached.insert(.interfaceDecided) }
      if (try? observation.module())?.loaded?.phase == .live { progress.reached.insert(.moduleLoaded) }
    }
    let plan = try PreparationPlan(reading, on: observation, probe: probe)
    let awaits = plan.steps.contains { if case .awaitVhost = $0 { true } else { false } }
    if plan.takeover?.plan.isEmpty == true || plan.awaited != nil && !awaits {
      progress.reached.insert(.vhostTakenOver)
    }
    let writes = plan.steps.contains { if case .writeConfiguration = $0 { true } else { false } }
    if !writes { progress.reached.insert(.configurationWritten) }
    return (host, plan)
  }

  /// Monitoring's file: what can't be written there must not fail a preparation.
  private func write(_ status: StatusFile) {
    do {
      try status.write(to: root)
    } catch {
      log.warning("the status was not written: \(error)")
    }
  }
}

extension PreparationRun {
  /// How far a preparation came.
  fileprivate struct Progress {
    /// The conditions that were seen to hold.
    var reached: Set<StatusFile.Kind> = []
    /// The step that was being made last.
    var step: PreparationStep?
    var host: HostAccess?
    var settings: ModuleSettings?
    /// Whether vhost0 is to take over.
    var takesOver = false

    /// What memory means for the vRouter agent's start, now; nil when the settings can't be read.
    func agentStart(at now: Int64) -> StatusFile.Condition? {
      guard let host, let settings else { return nil }
      return .agentStart(on: host.root, release: host.kernelRelease, settings: settings, at: now)
    }
  }
}
