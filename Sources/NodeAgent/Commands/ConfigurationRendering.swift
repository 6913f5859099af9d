import HostFiles
import Logging

/// The configuration files as `prepare` would write them, for commands that write nothing: what would keep `prepare` from it
/// is told, and stops them only where no file can be made.
struct ConfigurationRendering {
  let files: ConfigurationFiles
  /// What an operator should know, with what `prepare` would refuse.
  let warnings: [String]

  /// What leaves no files to show.
  private static let stopping: [Obstacle.Kind] = [.malformed, .unseen, .undecided, .rendering]

  /// Reads the settings and looks at the host; warnings go to the log.
  ///
  /// - Throws: everything that stands in the way, at once.
  init(_ common: CommonOptions, log: Logger) throws(CommandFailure) {
    let reading = common.readEverything(log: log)
    do throws(CommandFailure) {
      let root = try common.openRoot()
      try self.init(reading, root: root, log: log)
    } catch {
      error.tell(log, in: common.logFormat)
      throw error
    }
  }

  private init(_ reading: SettingsReading, root: HostRoot, log: Logger) throws(CommandFailure) {
    let own = reading.settings.warnings.map(\.description)
    var obstacles = Obstacles(reading)
    if reading.doubt.isTotal, let failure = obstacles.failure(warnings: own) { throw failure }
    let observation = obstacles.attempt(.unseen) { () throws(CommandFailure) in
      try HostObservation(HostAccess.running(root: root, log: log), settings: reading.settings)
    }
    guard let observation else {
      throw obstacles.failure(warnings: own) ?? CommandFailure(.failed, "the host can't be looked at")
    }
    do throws(CommandFailure) {
      try self.init(reading, on: observation, obstacles)
    } catch {
      for warning in error.warnings where !own.contains(warning) { log.warning("\(warning)") }
      throw error
    }
    for warning in warnings where !own.contains(warning) { log.warning("\(warning)") }
  }

  /// Renders; a pure function.
  init(
    _ reading: SettingsReading, on observation: HostObservation, _ known: Obstacles? = nil
  ) throws(CommandFailure) {
    var obstacles = known ?? Obstacles(reading)
    let decision = obstacles.decision(of: observation)
    obstacles.judge(reading.settings, on: observation, decision)
    let files = decision.flatMap { obstacles.files(reading.settings, on: observation, $0) }
    var warnings = reading.settings.warnings.map(\.description)
    if !reading.doubt.touches(ParameterGroup.detection) {
      warnings += [observation.names.warning].compactMap(\.self) + (files?.warnings ?? [])
    }
    if let failure = obstacles.failure(warnings: warnings, stopping: Self.stopping) { throw failure }
    guard let files else { throw CommandFailure(.configuration, "no configuration can be made") }
    self.files = files
    self.warnings = warnings + obstacles.ordered().map { "prepare would refuse this: \($0.description)" }
  }
}
