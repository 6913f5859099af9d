import HostFiles
import KernelModule
import VRouter

/// Whether memory would do for the vRouter agent's start: the second of the two moments at which the module takes it in
/// large pieces.
///
/// It was so when it was looked at, and decays until that agent starts, unless the tables are reserved. No readiness
/// depends on it.
extension StatusFile.Condition {
  /// Looks at a host.
  ///
  /// - Parameter now: seconds since 1970.
  static func agentStart(
    on root: HostRoot, release: String, settings: ModuleSettings, at now: Int64
  ) -> StatusFile.Condition {
    do {
      let memory = try MemoryObservation(root: root, release: release, settings: settings)
      return agentStart(
        tablesAreThere: memory.tablesAreTaken,
        MemoryGate.weigh(memory.gates, against: memory.supply).last, at: now)
    } catch {
      return agentStart(.unknown, "NotLooked", error.description, at: now)
    }
  }

  /// Decides by what was seen.
  ///
  /// - Parameter verdict: of the second gate; nil when that is passed.
  static func agentStart(
    tablesAreThere: Bool, _ verdict: MemoryVerdict?, at now: Int64
  ) -> StatusFile.Condition {
    guard !tablesAreThere, let verdict else {
      return agentStart(.yes, "TablesThere", "the module's tables are made", at: now)
    }
    let sentence =
      "\(VRouterMemory.agentStartGate) \(MemoryText.sentence(verdict)); this decays until the vRouter agent starts"
    return switch verdict.answer {
    case .fits: agentStart(.yes, "Fits", sentence, at: now)
    case .onlyJust: agentStart(.unknown, "OnlyJust", sentence, at: now)
    case .short: agentStart(.no, "Short", sentence, at: now)
    }
  }

  private static func agentStart(
    _ status: StatusFile.Status, _ reason: String, _ message: String, at now: Int64
  ) -> StatusFile.Condition {
    StatusFile.Condition(
      type: .agentStartMemory, status: status, reason: reason, message: message, since: now, observed: now)
  }
}
