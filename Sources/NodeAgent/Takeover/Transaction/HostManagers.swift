import HostFiles

/// What the host's network managers are told of a takeover, as its journal keeps it.
struct ManagerSteps: Codable, Sendable, Equatable {
  /// Before vhost0 is made.
  var beforeVhost: [ManagerStep] = []
  /// When the node is known to be reached by it.
  var atCommit: [ManagerStep] = []

  /// With those that an earlier takeover told, and that still hold.
  func joined(to earlier: ManagerSteps?) -> ManagerSteps {
    guard let earlier else { return self }
    func union(_ old: [ManagerStep], _ new: [ManagerStep]) -> [ManagerStep] {
      old.filter { step in !new.contains { $0.path == step.path } } + new
    }
    return ManagerSteps(
      beforeVhost: union(earlier.beforeVhost, beforeVhost), atCommit: union(earlier.atCommit, atCommit))
  }
}

/// The host's own network managers.
struct HostManagers: TakeoverManagers {
  let steps: ManagerSteps
  let teller: ManagerTeller

  init(_ steps: ManagerSteps, root: HostRoot) {
    self.steps = steps
    teller = ManagerTeller(root: root)
  }

  func beforeVhost() throws(TakeoverError) {
    for step in steps.beforeVhost {
      do {
        try teller.apply(step)
      } catch {
        throw TakeoverError("\(step)", "\(error)")
      }
    }
  }

  func atCommit() -> [String] {
    steps.atCommit.compactMap { step in
      do throws(ManagerError) {
        try teller.apply(step)
        return nil
      } catch {
        return "\(error)"
      }
    }
  }

  func undo(isCommitted: Bool) -> [String] {
    let told = steps.beforeVhost + (isCommitted ? steps.atCommit : [])
    return told.reversed().compactMap { step in
      do throws(ManagerError) {
        try teller.undo(step)
        return nil
      } catch {
        return "\(error)"
      }
    }
  }
}
