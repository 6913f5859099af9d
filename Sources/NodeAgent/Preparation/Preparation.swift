import HostFiles
import KernelModule
import Logging
import Netlink
import Readiness

/// Carries a plan out on a host. Everything it does can be done again: a run that was killed anywhere is made good by
/// the next one, and until then there is no readiness file.
struct Preparation {
  let host: HostAccess
  let plan: PreparationPlan
  let settings: Settings
  let moments: PreparationMoments
  /// Loading the module, as far as it has come.
  private(set) var loading: ModuleLoading
  /// What came of reserving the tables; nil when that isn't wanted, or they were there.
  private(set) var reservation: TableReservation?
  /// The step that is being made.
  private(set) var step: PreparationStep?
  /// What came of the takeover; nil when there was nothing to take over.
  private(set) var takeover: TakeoverReport?
  /// The readiness file as written.
  private(set) var ready: ReadyFile?
  /// The conditions that the steps so far have brought about.
  private(set) var reached: Set<StatusFile.Kind> = []

  init(_ plan: PreparationPlan, settings: Settings, on host: HostAccess, moments: PreparationMoments) {
    self.plan = plan
    self.settings = settings
    self.host = host
    self.moments = moments
    loading = ModuleLoading(plan.module, on: host)
  }

  /// Makes every change of the plan, in its order.
  mutating func run() throws(CommandFailure) {
    for step in plan.steps {
      self.step = step
      moments.before(step)
      host.log.info("\(step)")
      try perform(step)
      moments.after(step)
    }
  }

  private mutating func perform(_ step: PreparationStep) throws(CommandFailure) {
    switch step {
    case .withdrawReadiness: try withdraw()
    case .loadModule:
      try loading.run()
      reached.insert(.moduleLoaded)
    case .mountHugePages, .reserveHugePages, .loadFunctionDriver, .restoreNameServers:
      try plan.node.perform(step, on: host)
    case .makeFunctions, .turnOffFeatures:
      try plan.node.perform(step, on: host)
      try awaitNetwork()
    case .installModule: installModule()
    case .reserveTables:
      reservation = try TableReservation.run(
        on: host, settings: plan.moduleSettings, isTreated: !loading.treatments.isEmpty)
    case .writeConfiguration:
      _ = try writeConfiguration()
      reached.insert(.configurationWritten)
    case .renewToken: _ = try writeConfiguration()
    case .takeOver:
      try takeOver()
      reached.insert(.vhostTakenOver)
    case .awaitVhost(let limit):
      try awaitVhost(limit)
      reached.insert(.vhostTakenOver)
    case .followLease: DHCPFollower(root: host.root).startAgain(host.log)
    case .installProbe(let path): try installProbe(path)
    case .rememberIdentity: rememberIdentity()
    case .declareReady: try declareReady()
    }
  }

  /// The card may have lost its link with that: what was decided on has to be there again before the takeover looks what
  /// answers.
  private func awaitNetwork() throws(CommandFailure) {
    let outcome = try DecisionWait(
      observer: host.network, watcher: host.watcher, settings: DetectionSettings(settings.host),
      limit: settings.host.linkWait.value, pacing: host.pacing, log: host.log, isEnding: host.isEnding
    ).run()
    do {
      let decision = try outcome.detection.get()
      guard decision.choices.map(\.interface.name) != plan.decision.choices.map(\.interface.name) else {
        return
      }
      throw CommandFailure(
        .undecided,
        "after the card was set up anew, \(decision.interface.name) would be chosen, and not \(plan.decision.interface.name); run prepare again"
      )
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw CommandFailure(.undecided, "after the card was set up anew: \(error)")
    }
  }

  private func withdraw() throws(CommandFailure) {
    do {
      try host.root.remove(ReadyFile.path)
    } catch {
      throw CommandFailure(.failed, "the node can't be declared not ready, so nothing was changed: \(error)")
    }
  }

  /// Makes the files hold what was planned, all or none; those that do already are left alone.
  private func writeConfiguration() throws(CommandFailure) -> FileIdentity {
    do {
      for file in plan.files.all {
        let folder = String(file.path[..<(file.path.lastIndex(of: "/") ?? file.path.startIndex)])
        guard !host.root.exists(folder) else { continue }
        host.log.notice("there is no \(folder) yet: it is made")
        try host.root.makeDirectories(folder, mode: 0o755)
      }
      try ConfigurationWriter(
        files: plan.files.all, ownership: plan.ownership, root: host.root, log: host.log
      ).write()
      return try host.root.status(AgentConfiguration.path).identity
    } catch {
      throw CommandFailure(.configuration, "the agent's configuration was not written: \(error)")
    }
  }

  /// A node whose /var/lib can't be written to is as ready as another: it only won't know its hardware after a rename.
  private func rememberIdentity() {
    do {
      try IdentityFile.write(plan.identity, to: host.root)
    } catch {
      host.log.warning(
        "the chosen hardware could not be remembered, and won't be known after a rename: \(error)")
    }
  }

  /// A node whose module is loaded is as ready as another without the copy, which matters to the next boot only.
  private func installModule() {
    do {
      if let path = try loading.plan.installation?.install(on: host) { host.log.notice("installed \(path)") }
    } catch {
      host.log.warning("\(error.description)")
    }
  }

  private func installProbe(_ path: String) throws(CommandFailure) {
    let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    do {
      try ProbeCopy(directory: folder).install()
    } catch let error as CommandFailure {
      throw error
    } catch let error as HostFileError where error.isNotFound {
      throw CommandFailure(
        .failed,
        "the probe was not copied: there is no folder \(folder), which VROUTER_PROBE_DIR names; mount the volume there that containers share"
      )
    } catch {
      throw CommandFailure(.failed, "the probe was not copied: \(error)")
    }
  }
}

/// vhost0.
extension Preparation {
  private mutating func takeOver() throws(CommandFailure) {
    guard let access = host.takeover, let forecast = plan.takeover else { return }
    try plan.node.noteNameServers(on: host.root)
    takeover = try access.takeOver(
      forecast.wish,
      TakeoverContext(forecast, decision: plan.decision, settings: settings, on: host, moments: moments))
    for warning in takeover?.warnings ?? [] { host.log.warning("\(warning)") }
  }

  private func awaitVhost(_ limit: Duration) throws(CommandFailure) {
    guard let wanted = plan.awaited else { return }
    _ = try VhostWait(host: host, wanted: wanted, limit: limit).run()
  }

}

/// Declaring the node ready.
extension Preparation {
  private mutating func declareReady() throws(CommandFailure) {
    // Written again rather than looked at: whatever became of the file since the plan was made, what the readiness
    // file vouches for is the planned content.
    let file = try readyFile(configuration: try writeConfiguration())
    do {
      try host.root.removeUnfinished(ReadyFile.path)
      try host.root.replace(ReadyFile.path, with: file.bytes, mode: 0o644)
    } catch {
      throw CommandFailure(.failed, "the node was not declared ready: \(error)")
    }
    // What the probe will say is asked of the probe's own check.
    let verdict = ReadinessCheck(root: host.root).verdict()
    guard verdict.isReady else {
      try withdraw()
      throw CommandFailure(
        .failed,
        "the node was prepared, but its own check fails, so that it is not declared ready: \(verdict)")
    }
    ready = file
  }
}
