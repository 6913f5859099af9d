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
    var reached: Set<StatusFile.Kind> = []
    return try plan(waits: false, &reached).plan
  }

  /// Prepares the host, as the only agent at work on it.
  func prepare() throws(CommandFailure) -> PreparationOutcome {
    try LockedRun(root: root, command: "prepare").run { () throws(CommandFailure) in
      var reached: Set<StatusFile.Kind> = []
      do throws(CommandFailure) {
        let outcome = try prepare(&reached)
        write(.ready(message: outcome.summary, at: Int64(HostClock.seconds())))
        return outcome
      } catch {
        write(
          .failed(
            error, reached: reached, readiness: ReadinessCheck(root: root).verdict(),
            at: Int64(HostClock.seconds())))
        throw error
      }
    }
  }

  private func prepare(
    _ reached: inout Set<StatusFile.Kind>
  ) throws(CommandFailure) -> PreparationOutcome {
    let (host, plan) = try plan(waits: true, &reached)
    for warning in plan.warnings { log.warning("\(warning)") }
    var preparation = Preparation(
      plan, on: host, moments: PreparationMoments(environment: CommonOptions.processEnvironment()))
    defer { reached.formUnion(preparation.reached) }
    try preparation.run()
    return PreparationOutcome(plan: plan, done: preparation)
  }

  private func access(_ settings: Settings) throws(CommandFailure) -> HostAccess {
    var host = try HostAccess.running(
      root: root, log: log, loadLimit: settings.module.loadTimeout.value)
    host.isEnding = isEnding
    return host
  }

  /// - Parameters:
  ///   - waits: whether to wait for what a decision lacks and time may bring.
  ///   - reached: takes up what is found to hold on the way.
  private func plan(
    waits: Bool, _ reached: inout Set<StatusFile.Kind>
  ) throws(CommandFailure) -> (host: HostAccess, plan: PreparationPlan) {
    let settings = try common.readSettings(log: log)
    let host = try access(settings)
    reached.insert(.settingsValid)
    let probe = try settings.host.probeDirectory.map { directory throws(CommandFailure) in
      try ProbeCopy(directory: directory.value)
    }
    let observation = try HostObservation(host, settings: settings, waits: waits)
    if (try? observation.decided()) != nil { reached.insert(.interfaceDecided) }
    if (try? observation.module())?.loaded?.phase == .live { reached.insert(.moduleLoaded) }
    let plan = try PreparationPlan(settings: settings, observation: observation, probe: probe)
    if !plan.steps.contains(.writeConfiguration(path: AgentConfiguration.path)) {
      reached.insert(.configurationWritten)
    }
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
