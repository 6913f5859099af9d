import HostFiles
import Logging

/// Going on after a crash.
extension TakeoverRun where Kernel: ~Copyable {
  /// Finishes or undoes what a killed run left. Afterwards the host is as it was before, or as it should be.
  mutating func recover(_ journal: TakeoverJournal) throws(CommandFailure) {
    switch journal.phase {
    case .committed:
      let state = try observe()
      guard state.vhost == nil else { return }
      context.log.error(
        "vhost0 is gone, with the module or by somebody, and with it what it had taken over: \(context.subject.cards.joined(separator: ", ")) gets that back first"
      )
      try undo(by: journal, added: [])
    case .moving, .returning:
      context.log.notice("an earlier run ended while vhost0 took over: that is undone first")
      try undo(
        to: journal.head.before, from: nil, added: journal.head.added,
        isCommitted: journal.phase == .returning,
        reason: TakeoverError("have vhost0 take over", "an earlier run ended in the middle of it"))
    case .committing, .confirming:
      context.log.notice("an earlier run ended when vhost0 had taken over: what was left is done first")
      try goOn(with: journal)
    }
  }

  private mutating func goOn(with journal: TakeoverJournal) throws(CommandFailure) {
    let head = journal.head
    let state = try observe()
    guard let vhost = state.vhost else {
      // With the module, or by somebody: there is nothing to finish it with.
      try undo(
        to: head.beginning, from: state, added: head.added, isCommitted: true,
        reason: TakeoverError("finish what an earlier run left", "vhost0 is gone"))
      return
    }
    let plan = TakeoverPlan(state, wish: head.wish, originals: head.before)
    if !plan.isEmpty { try context.requireSafety(of: plan) }
    try finish(plan, areManagersTold: journal.phase == .confirming)
    // Where nobody answers it is undone, as it would have been: what to do next is the next takeover's.
    _ = try confirm(head, by: vhost)
  }

  private mutating func finish(_ plan: TakeoverPlan, areManagersTold: Bool) throws(CommandFailure) {
    do throws(TakeoverError) {
      if !areManagersTold {
        for warning in context.managers.atCommit() { context.log.warning("\(warning)") }
      }
      for step in plan.steps where step.kind != .verify {
        for datagram in step.datagrams.map(TakeoverDatagram.init) {
          for case .failure(let error) in kernel.carryOut(datagram) where !error.isTolerable { throw error }
        }
      }
      try TakeoverJournal.add(.init(phase: .confirming), on: context.root)
    } catch {
      throw CommandFailure(
        .failed, "what an earlier run left of its takeover could not be finished: \(error)")
    }
  }

  /// Asks once more, now that the physical interfaces have no addresses: what arrived only thanks to these is missed. Until
  /// it is answered the takeover isn't done, so that whoever finds it asks again.
  ///
  /// - Returns: why the node isn't reached, and everything was taken back; nil: the takeover is done.
  mutating func confirm(
    _ head: TakeoverJournal.Head, by vhost: TakeoverDevice
  ) throws(CommandFailure) -> TakeoverError? {
    context.moments.reached("before:take-over/confirm")
    let failures = context.verifier.after(.committed, head.owed, by: vhost)
    context.moments.reached("after:take-over/confirm")
    guard failures.isEmpty else {
      let reason = TakeoverError(
        "reach the node by vhost0 alone, without the interface's addresses",
        failures.joined(separator: "; "))
      note(.returning)
      try undo(to: head.before, from: nil, isCommitted: true, reason: reason)
      return reason
    }
    do throws(TakeoverError) {
      try TakeoverJournal.add(.init(phase: .committed), on: context.root)
    } catch {
      throw CommandFailure(
        .failed,
        "vhost0 has taken over and the node is reached by it, but that can't be kept: \(error); run prepare again"
      )
    }
    return nil
  }

  /// What can't be noted is asked again by the next run, and is no reason to leave the node as it is.
  private func note(_ phase: TakeoverJournal.Phase) {
    do throws(TakeoverError) {
      try TakeoverJournal.add(.init(phase: phase), on: context.root)
    } catch {
      context.log.warning("\(error)")
    }
  }
}
