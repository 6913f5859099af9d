import HostFiles
import Logging
import Netlink

/// Carries a takeover out: what is begun ends done and verified, or undone.
struct TakeoverRun<Kernel: TakeoverKernel & ~Copyable>: ~Copyable {
  var kernel: Kernel
  /// Its subject loses physical interfaces that are gone when something is taken back.
  var context: TakeoverContext
  /// What became of these.
  var changes = CardChanges()

  init(_ kernel: consuming Kernel, _ context: TakeoverContext) {
    self.kernel = kernel
    self.context = context
  }

  /// What came of it.
  enum Outcome: Sendable {
    /// vhost0 has everything already.
    case nothingToDo(TakeoverState)
    case done(TakeoverReport)
  }

  /// Has vhost0 take over.
  ///
  /// - Throws: exit code 14 when it was undone, 15 when it could not be.
  mutating func takeOver(_ asked: TakeoverWish) throws(CommandFailure) -> Outcome {
    let state = try settledState()
    let wish = asked.keepingMAC(of: state)
    try context.requireSameCards(state, try earlier(state))
    let plan = TakeoverPlan(state, wish: wish, originals: try earlier(state)?.beginning)
    guard !plan.isEmpty else { return .nothingToDo(state) }
    let isMadeAnew = state.vhost.map { $0.mac != wish.mac && state.holdsAlone($0) } ?? false
    if isMadeAnew { try context.requireUnused(state) } else { try context.requireSafety(of: plan) }
    let owed = try context.verifier.before()
    if isMadeAnew, let vhost = state.vhost {
      // What it alone holds would be gone with it: back to the interface with that first.
      context.log.notice(
        "\(vhost.name) has MAC \(vhost.mac?.description ?? "none"), not \(wish.mac): it is made anew")
      try undo(to: nil, from: nil, reason: nil)
    }
    // The probes took their time, and the host may have changed meanwhile.
    let latest = try observe()
    let final = TakeoverPlan(latest, wish: wish, originals: try earlier(latest)?.beginning)
    guard !final.isEmpty else { return .nothingToDo(latest) }
    try context.requireSafety(of: final)
    return .done(try carryOut(final, owed))
  }

  /// What an earlier takeover's journal tells.
  private func earlier(_ state: TakeoverState) throws(CommandFailure) -> TakeoverJournal.Head? {
    guard state.vhost != nil else { return nil }
    return try context.journal()?.head
  }

  private mutating func carryOut(
    _ plan: TakeoverPlan, _ owed: Verification?
  ) throws(CommandFailure) -> TakeoverReport {
    let earlier = try earlier(plan.before)
    let added = plan.added.map(RouteKey.init)
    let head = TakeoverJournal.Head(
      bootID: try context.bootID(), begun: context.now(), subject: context.subject, wish: plan.wish,
      before: plan.before, original: earlier?.beginning,
      added: (earlier?.added ?? []).filter { !added.contains($0) } + added,
      managers: context.managerSteps.joined(to: earlier?.managers), owed: owed,
      verifySeconds: context.verifyLimit.components.seconds)
    do throws(TakeoverError) {
      try TakeoverJournal.begin(head, on: context.root)
    } catch {
      throw CommandFailure(.failed, "nothing was changed: \(error)")
    }
    context.moments.reached("after:take-over/journal")
    let guardian: TakeoverGuardian
    do throws(TakeoverError) {
      guardian = try context.makeGuardian()
    } catch {
      try? TakeoverJournal.end(with: head.earlier, on: context.root)
      throw CommandFailure(.failed, "nothing was changed: \(error)")
    }
    var warnings =
      plan.before.isMultihomed ? [] : plan.before.tentativeWarnings + plan.before.duplicateWarnings
    do throws(TakeoverError) {
      try context.managers.beforeVhost()
      try make(plan.steps.filter { !$0.kind.isCommit && $0.kind != .verify }, of: plan)
      try verify(plan, owed)
      context.moments.reached("before:take-over/commit")
      try TakeoverJournal.add(.init(phase: .committing), on: context.root)
    } catch {
      defer { guardian.dismiss() }
      try undo(to: plan.before, from: nil, reason: error)
      throw CommandFailure(
        .rolledBack, "vhost0 could not take over, and everything is as it was before: \(error)")
    }
    // What is thrown here ends this process; the guardian then does what is left.
    try commit(plan, &warnings)
    defer { guardian.dismiss() }
    if let reason = try confirm(head, by: plan.vhost) {
      throw CommandFailure(
        .rolledBack, "vhost0 could not take over, and everything is as it was before: \(reason)")
    }
    return TakeoverReport(plan: plan, warnings: warnings)
  }

  /// From here on the node is known to be reached by vhost0: what fails is made good by the next run.
  private mutating func commit(_ plan: TakeoverPlan, _ warnings: inout [String]) throws(CommandFailure) {
    do throws(TakeoverError) {
      // Before the interface's addresses go: a manager that still has it could put them back.
      warnings += context.managers.atCommit()
      try make(plan.steps.filter(\.kind.isCommit), of: plan)
      let state = try kernel.observe(context.subject)
      let rest = plan.missed(in: TakeoverPlan(state, wish: plan.wish, originals: plan.before))
      guard rest.isEmpty else {
        throw TakeoverError(
          "see the host as it should be",
          "\(rest.map { "'\($0)'" }.joined(separator: ", ")) is still to be done; is another program changing addresses or routes?"
        )
      }
      try TakeoverJournal.add(.init(phase: .confirming), on: context.root)
    } catch {
      throw CommandFailure(
        .failed,
        "vhost0 has taken over and the node is reached by it, but the last part failed: \(error); run prepare again, which finishes it"
      )
    }
  }

  /// Makes steps in their order, a record in the journal for each datagram.
  private mutating func make(_ steps: [TakeoverStep], of plan: TakeoverPlan) throws(TakeoverError) {
    let prepared = steps.map { (step: $0, datagrams: $0.datagrams.map(TakeoverDatagram.init)) }
    for (step, datagrams) in prepared {
      let name = step.kind.rawValue
      context.log.debug("take-over: \(name), \(step.operations.count) operation(s)")
      for (number, datagram) in datagrams.enumerated() {
        context.moments.reached("before:take-over/\(name)/\(number + 1)")
        for operation in datagram.operations { context.log.trace("\(operation)") }
        for case .failure(let error) in kernel.carryOut(datagram) {
          guard error.isTolerable else { throw error }
          context.log.debug("passed over: \(error)")
        }
        try TakeoverJournal.add(.init(step: name, datagram: number + 1), on: context.root)
        context.moments.reached("after:take-over/\(name)/\(number + 1)")
      }
      if step.kind == .makeVhost { try requireMAC(plan.wish.mac) }
    }
  }

  /// A MAC address that isn't the wanted one can't be mended: the module makes it another one.
  private mutating func requireMAC(_ mac: MACAddress) throws(TakeoverError) {
    let state = try kernel.observe(context.subject)
    guard state.vhost?.mac == mac else {
      throw TakeoverError(
        "make vhost0 with MAC \(mac)", "the kernel gave it \(state.vhost?.mac?.description ?? "none")")
    }
  }

  /// The host as planned, and the node reached.
  private mutating func verify(_ plan: TakeoverPlan, _ owed: Verification?) throws(TakeoverError) {
    context.moments.reached("before:take-over/verify")
    let failures = context.verifier.after(.moved, owed, by: plan.vhost)
    guard failures.isEmpty else {
      throw TakeoverError("reach the node by vhost0", failures.joined(separator: "; "))
    }
    let state = try kernel.observe(context.subject)
    let rest = plan.missed(
      in: TakeoverPlan(state, wish: plan.wish, originals: plan.before).withoutCommit)
    guard rest.isEmpty else {
      throw TakeoverError(
        "see the host as planned", "not so: \(rest.map { "'\($0)'" }.joined(separator: ", "))")
    }
    context.moments.reached("after:take-over/verify")
  }

  mutating func observe() throws(CommandFailure) -> TakeoverState {
    do {
      return try kernel.observe(context.subject)
    } catch {
      throw CommandFailure(.failed, "the takeover can't be planned, and nothing was changed: \(error)")
    }
  }
}

extension TakeoverState {
  /// Whether a link has an address that others know the node by, or a route, and no physical interface has it.
  func holdsAlone(_ vhost: TakeoverDevice) -> Bool {
    let isAddress = addresses(of: vhost).contains { held in
      held.isTakenOver && !cards.contains { card in addresses(of: card).contains(where: held.isSame) }
    }
    let there = Set(routes.map(\.stored))
    return isAddress
      || routes.contains { route in
        route.leaves(by: [vhost.index])
          && !cards.contains { there.contains(route.leaving(by: $0.index, inPlaceOf: [vhost.index]).stored) }
      }
  }
}

/// What a takeover that was carried out did.
struct TakeoverReport: Sendable {
  let plan: TakeoverPlan
  let warnings: [String]
}
