import Glibc
import Synchronization

/// The moments at which a preparation can be interrupted, each with a name: before and after every step.
///
/// Tests end the process at each of them, in turn, with `VROUTER_TEST_KILL_AT=after:load-module`, or by their count with
/// `VROUTER_TEST_KILL_AT=number:7` where they can't be known beforehand; nothing else looks at that variable, and without
/// it this does nothing.
struct PreparationMoments: Sendable {
  static let variable = "VROUTER_TEST_KILL_AT"

  /// Called with the name of each moment as it comes.
  let reached: @Sendable (String) -> Void

  /// - Parameter reached: called with each moment's name as it comes.
  init(_ reached: @escaping @Sendable (String) -> Void) {
    self.reached = reached
  }

  /// As the environment says.
  init(environment: [String: String]) {
    guard let fatal = environment[Self.variable] else {
      self.init { _ in }
      return
    }
    let number = fatal.hasPrefix("number:") ? Int(fatal.dropFirst("number:".count)) : nil
    let come = Atomic(0)
    self.init { name in
      let count = come.add(1, ordering: .relaxed).newValue
      if name == fatal || count == number { kill(getpid(), SIGKILL) }
    }
  }

  func before(_ step: PreparationStep) { reached("before:\(step.name)") }

  func after(_ step: PreparationStep) { reached("after:\(step.name)") }

  /// The moments of a plan, those within its takeover included, in order.
  static func names(of plan: PreparationPlan) -> [String] {
    plan.steps.flatMap { step -> [String] in
      var inner: [String] = []
      if case .takeOver = step { inner = plan.takeover?.moments ?? [] }
      return ["before:\(step.name)"] + inner + ["after:\(step.name)"]
    }
  }

  /// The moments of steps, in order.
  static func names(of steps: [PreparationStep]) -> [String] {
    steps.flatMap { ["before:\($0.name)", "after:\($0.name)"] }
  }
}
