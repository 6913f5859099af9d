@testable import NodeAgent

extension PreparationPlan {
  /// Decides, with settings with which nothing is wrong.
  ///
  /// - Parameter probe: the copy of the probe that the settings ask for.
  init(
    settings: Settings, observation: HostObservation, probe: ProbeCopy?
  ) throws(CommandFailure) {
    try self.init(SettingsReading(settings), on: observation, probe: .success(probe))
  }
}
