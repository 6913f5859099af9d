import HostFiles

/// What the host's network managers are told of a takeover, as its journal keeps it.
struct ManagerSteps: Codable, Sendable, Equatable {
  /// Before vhost0 is made.
  var beforeVhost: [ManagerStep] = []
  /// When the node is known to be reached by it.
  var atCommit: [ManagerStep] = []
  /// Then, too: who stands still from there on.
  var halts: [DHCPClientHalt] = []
  /// And who renews the address of one of these on vhost0.
  var follow: DHCPFollow?

  /// With those that an earlier takeover told, and that still hold.
  func joined(to earlier: ManagerSteps?) -> ManagerSteps {
    guard let earlier else { return self }
    func union(_ old: [ManagerStep], _ new: [ManagerStep]) -> [ManagerStep] {
      old.filter { step in !new.contains { $0.path == step.path } } + new
    }
    let stillHalted = earlier.halts.filter { old in
      !halts.contains { $0.client == old.client && $0.interface == old.interface }
    }
    return ManagerSteps(
      beforeVhost: union(earlier.beforeVhost, beforeVhost), atCommit: union(earlier.atCommit, atCommit),
      halts: stillHalted + halts, follow: follow ?? earlier.follow)
  }
}

/// The host's own network managers.
struct HostManagers: TakeoverManagers {
  let steps: ManagerSteps
  let teller: ManagerTeller
  let halter: DHCPClientHalter
  let follower: DHCPFollower

  init(_ steps: ManagerSteps, root: HostRoot) {
    self.steps = steps
    (teller, halter) = (ManagerTeller(root: root), DHCPClientHalter(root: root))
    follower = DHCPFollower(root: root)
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
    Self.problems(steps.halts, halter.apply) + Self.problems(steps.atCommit, teller.apply)
      + Self.problems([steps.follow].compactMap(\.self), follower.apply)
  }

  func undo(isCommitted: Bool) -> [String] {
    let told = steps.beforeVhost + (isCommitted ? steps.atCommit : [])
    // Two clients for one lease, for a moment, would do no harm; one is enough.
    return Self.problems(isCommitted ? [steps.follow].compactMap(\.self) : [], follower.undo)
      + Self.problems(told.reversed(), teller.undo)
      + Self.problems(isCommitted ? steps.halts : [], halter.undo)
  }

  /// Does each, and tells what failed.
  private static func problems<Step, Failure: Error>(
    _ steps: [Step], _ body: (Step) throws(Failure) -> Void
  ) -> [String] {
    steps.compactMap { step in
      do throws(Failure) {
        try body(step)
        return nil
      } catch {
        return "\(error)"
      }
    }
  }
}
