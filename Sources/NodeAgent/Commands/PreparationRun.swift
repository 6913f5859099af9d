import HostFiles
import Logging

/// What `prepare` and `run` have in common: settings, plan, changes, and the status file whatever comes of it.
struct PreparationRun {
  let common: CommonOptions
  let root: HostRoot
  let log: Logger

  /// Decides without changing anything.
  func plan() throws(CommandFailure) -> PreparationPlan {
    try plan(try HostAccess.running(root: root, log: log))
  }

  /// Prepares the host, as the only agent at work on it.
  func prepare() throws(CommandFailure) -> PreparationOutcome {
    try LockedRun(root: root, command: "prepare").run { () throws(CommandFailure) in
      do throws(CommandFailure) {
        let host = try HostAccess.running(root: root, log: log)
        let plan = try plan(host)
        for warning in plan.warnings { log.warning("\(warning)") }
        var preparation = Preparation(
          plan, on: host, moments: PreparationMoments(environment: CommonOptions.processEnvironment()))
        try preparation.run()
        let outcome = PreparationOutcome(plan: plan, done: preparation)
        write(.ready(message: outcome.summary, at: host.now()))
        return outcome
      } catch {
        write(.failed(error, at: Int64(HostClock.seconds())))
        throw error
      }
    }
  }

  private func plan(_ host: HostAccess) throws(CommandFailure) -> PreparationPlan {
    let settings = try common.readSettings(log: log)
    return try PreparationPlan(settings: settings, observation: try HostObservation(host, settings: settings))
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
