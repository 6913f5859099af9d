import HostFiles
import Logging

/// Going back, and going on after a crash.
extension TakeoverRun where Kernel: ~Copyable {
  /// Takes everything back that a takeover did.
  ///
  /// - Parameters:
  ///   - before: the state that it goes back to; nil: whatever vhost0 has goes to the physical interfaces.
  ///   - state: as it is now; nil: it is looked at.
  ///   - reason: why; for messages.
  /// - Throws: exit code 15, with what isn't as it was.
  mutating func undo(
    to before: TakeoverState?, from state: TakeoverState?, original: TakeoverState? = nil,
    added: [RouteKey]? = nil,
    reason: TakeoverError?
  ) throws(CommandFailure) {
    if let reason { context.log.error("the takeover is undone: \(reason)") }
    var problems: [String] = []
    let known = try? TakeoverJournal.read(from: context.root)?.head
    let added = added ?? known?.added ?? []
    // Going back only as far as an earlier takeover, whose vhost0 stays.
    let earlier = before == nil ? nil : known?.earlier
    // What fails the first time may pass the second, when what stood in its way is gone.
    for attempt in 1...3 {
      problems = []
      do throws(TakeoverError) {
        let now: TakeoverState
        if attempt == 1, let state { now = state } else { now = try kernel.observe(context.subject) }
        let plan = UndoPlan(
          now, before: before ?? original ?? known?.beginning, isRollback: before != nil, added: added)
        for warning in plan.warnings where attempt == 1 { context.log.warning("\(warning)") }
        if attempt > 1, plan.isEmpty {
          // What differs still is nothing that could be put right.
          problems = before.map(now.difference) ?? []
          break
        }
        problems = make(plan)
        if before == nil, problems.isEmpty { break }
        var difference: [String] = []
        if let before { difference = try kernel.observe(context.subject).difference(from: before) }
        if problems.isEmpty, difference.isEmpty { break }
        problems += difference
      } catch {
        problems.append("\(error)")
      }
    }
    if earlier == nil {
      for warning in context.managers.undo(isCommitted: before == nil) { context.log.warning("\(warning)") }
    }
    guard problems.isEmpty else {
      throw CommandFailure(
        .rollBackFailed,
        (reason.map { "vhost0 could not take over (\($0)), and undoing that" } ?? "undoing the takeover")
          + " failed: \(problems.joined(separator: "; ")); the journal \(TakeoverJournal.path) keeps what was there before: run vrouter-node-agent cleanup, or reboot, after which the node has its own network back"
      )
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
    if let head, journal?.phase == .moving, head.original == nil {
      try undo(to: head.before, from: state, added: head.added, reason: nil)
    } else {
      try undo(to: nil, from: state, original: head?.beginning, added: head?.added ?? added, reason: nil)
    }
  }

  private mutating func make(_ plan: UndoPlan) -> [String] {
    var problems: [String] = []
    for step in plan.steps {
      let name = step.kind.rawValue
      for (number, datagram) in step.datagrams.enumerated() {
        context.moments.reached("before:undo/\(name)/\(number + 1)")
        for operation in datagram { context.log.trace("undo: \(operation)") }
        for case .failure(let error) in kernel.carryOut(datagram) where !error.isTolerable {
          problems.append("\(error)")
        }
        context.moments.reached("after:undo/\(name)/\(number + 1)")
      }
    }
    return problems
  }

  /// Finishes or undoes what a killed run left. Afterwards the host is as it was before, or as it should be.
  mutating func recover(_ journal: TakeoverJournal) throws(CommandFailure) {
    switch journal.phase {
    case .committed: return
    case .moving:
      context.log.notice("an earlier run ended while vhost0 took over: that is undone first")
      try undo(
        to: journal.head.before, from: nil, added: journal.head.added,
        reason: TakeoverError("have vhost0 take over", "an earlier run ended in the middle of it"))
    case .committing:
      context.log.notice("an earlier run ended when vhost0 had taken over: what was left is done first")
      let state = try observe()
      guard state.vhost != nil else {
        // With the module, or by somebody: there is nothing to finish it with.
        try undo(
          to: journal.head.beginning, from: state, added: journal.head.added,
          reason: TakeoverError("finish what an earlier run left", "vhost0 is gone"))
        return
      }
      let plan = TakeoverPlan(state, wish: journal.head.wish, originals: journal.head.before)
      if !plan.isEmpty { try context.requireSafety(of: plan) }
      try finish(plan)
    }
  }

  private mutating func finish(_ plan: TakeoverPlan) throws(CommandFailure) {
    do throws(TakeoverError) {
      for warning in context.managers.atCommit() { context.log.warning("\(warning)") }
      for step in plan.steps where step.kind != .verify {
        for datagram in step.datagrams {
          for case .failure(let error) in kernel.carryOut(datagram) where !error.isTolerable { throw error }
        }
      }
      try TakeoverJournal.add(.init(phase: .committed), on: context.root)
    } catch {
      throw CommandFailure(
        .failed, "what an earlier run left of its takeover could not be finished: \(error)")
    }
  }
}
