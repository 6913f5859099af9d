import HostFiles
import KernelModule
import Logging

/// Going back.
extension TakeoverRun where Kernel: ~Copyable {
  /// Takes everything back that a takeover did.
  ///
  /// - Parameters:
  ///   - before: the state that it goes back to; nil: whatever vhost0 has goes to the physical interfaces.
  ///   - state: as it is now; nil: it is looked at.
  ///   - original: what `before` is not known to be and may help: the state before any takeover.
  ///   - isCommitted: whether the network managers may know that the interface isn't theirs; nil: where it goes back to
  ///     what vhost0 has.
  ///   - reason: why; for messages.
  /// - Throws: exit code 15, with what isn't as it was.
  mutating func undo(
    to before: TakeoverState?, from state: TakeoverState?, original: TakeoverState? = nil,
    added: [RouteKey]? = nil, isCommitted: Bool? = nil, reason: TakeoverError?
  ) throws(CommandFailure) {
    if let reason { context.log.error("the takeover is undone: \(reason)") }
    var failures: [Failure] = []
    var problems: [String] = []
    var others: [String] = []
    let known = try? TakeoverJournal.read(from: context.root)?.head
    let added = added ?? known?.added ?? []
    // Going back only as far as an earlier takeover, whose vhost0 stays.
    let earlier = before == nil || before != known?.before ? nil : known?.earlier
    var hasFailed = false
    // What fails the first time may pass the second, when what stood in its way is gone.
    for attempt in 1...3 {
      // As memory that the module asks for and may not wait for (GFP_ATOMIC).
      if hasFailed { context.pacing.wait(Self.pause * attempt) }
      hasFailed = true
      do throws(TakeoverError) {
        let now: TakeoverState
        if attempt == 1, let state { now = state } else { now = try kernel.observe(context.subject) }
        let plan = UndoPlan(
          now, before: before ?? original ?? known?.beginning, isRollback: before != nil, added: added)
        for warning in plan.warnings where attempt == 1 { context.log.warning("\(warning)") }
        // What differs still is nothing that could be put right.
        if attempt > 1, plan.isEmpty { break }
        let failed = make(plan)
        hasFailed = !failed.isEmpty
        failures += failed.filter { failure in !failures.contains { $0.text == failure.text } }
        if before == nil, failures.isEmpty {
          problems = []
          break
        }
        let after = try kernel.observe(context.subject)
        let difference = before.map(after.difference)
        problems = failures.filter { !after.shows($0.operation) }.map(\.text) + (difference?.ours ?? [])
        others = difference?.others ?? []
        if problems.isEmpty { break }
      } catch {
        problems = ["\(error)"]
      }
    }
    for other in others { context.log.warning("somebody else's, and left: \(other)") }
    guard problems.isEmpty else {
      if failures.contains(where: \.isAboutFrames), let stand = standOnVhost(known) { problems.append(stand) }
      throw CommandFailure(
        .rollBackFailed,
        (reason.map { "vhost0 could not take over (\($0)), and undoing that" } ?? "undoing the takeover")
          + " failed: \(problems.joined(separator: "; ")); the journal \(TakeoverJournal.path) keeps what was there before: run vrouter-node-agent cleanup, or reboot, after which the node has its own network back, or remove the journal when the node's network is as it should be"
      )
    }
    if earlier == nil {
      let isCommitted = isCommitted ?? (before == nil)
      for warning in context.managers.undo(isCommitted: isCommitted) { context.log.warning("\(warning)") }
    }
    do throws(TakeoverError) {
      try TakeoverJournal.end(with: earlier, on: context.root)
    } catch {
      throw CommandFailure(.rollBackFailed, "everything is as it was before, but \(error)")
    }
  }

  /// Takes an earlier run's takeover back, whether it came to its end or not.
  ///
  /// - Parameters:
  ///   - journal: what that left; nil: nothing tells what was there before it.
  ///   - added: routes that it added, where no journal tells.
  mutating func undo(by journal: TakeoverJournal?, added: [RouteKey]) throws(CommandFailure) {
    let state = try observe()
    let head = journal?.head
    // One that was to mend an earlier one goes back to before that, not to its own beginning.
    if let head, let phase = journal?.phase, phase.isUndone, head.original == nil {
      try undo(
        to: head.before, from: state, added: head.added, isCommitted: phase != .moving, reason: nil)
    } else if let head, state.vhost == nil {
      // It is gone, with the module or by somebody, and everything with it: the journal alone knows what there was.
      try undo(
        to: head.beginning, from: state, added: head.added, isCommitted: journal?.phase != .moving,
        reason: nil)
    } else {
      try undo(to: nil, from: state, original: head?.beginning, added: head?.added ?? added, reason: nil)
    }
  }

  private struct Failure {
    let operation: TakeoverOperation
    let text: String

    /// Whether the module kept an interface.
    var isAboutFrames: Bool { if case .removeVif = operation { true } else { false } }
  }

  /// Twice that is waited for before the second attempt, and three times before the third.
  private static var pause: Duration { .milliseconds(250) }

  private mutating func make(_ plan: UndoPlan) -> [Failure] {
    var failures: [Failure] = []
    let prepared = plan.steps.map { (step: $0, datagrams: $0.datagrams.map(TakeoverDatagram.init)) }
    for (step, datagrams) in prepared {
      let name = step.kind.rawValue
      for (number, datagram) in datagrams.enumerated() {
        context.moments.reached("before:undo/\(name)/\(number + 1)")
        for operation in datagram.operations { context.log.trace("undo: \(operation)") }
        let begun = failures.count
        for (operation, result) in zip(datagram.operations, kernel.carryOut(datagram)) {
          guard case .failure(let error) = result, !error.isTolerable else { continue }
          failures.append(Failure(operation: operation, text: "\(error)"))
        }
        context.moments.reached("after:undo/\(name)/\(number + 1)")
        // vhost0 is the only one that has an address, or receives, as long as the interface can't get that back.
        if step.kind.isVital, failures.count > begun { return failures }
      }
    }
    return failures
  }
}
