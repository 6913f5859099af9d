import KernelModule
import Netlink
import Readiness

/// What a preparation decided, and what it did.
struct PreparationOutcome: Sendable {
  let plan: PreparationPlan
  /// Nil when only the plan was asked for.
  let load: LoadReport?
  /// Builds that the kernel refused before the one that is loaded, in order.
  let refusals: [BuildRefusal]
  let treatments: [MemoryTreatment.Step]
  /// What came of reserving the tables; nil when that wasn't to be done.
  let reservation: TableReservation?
  /// What vhost0 took over; nil when there was nothing to.
  let takeover: TakeoverReport?
  let ready: ReadyFile?
  let isDryRun: Bool

  /// Of a dry run.
  init(plan: PreparationPlan) {
    self.plan = plan
    (load, refusals, treatments, reservation, takeover, ready, isDryRun) = (nil, [], [], nil, nil, nil, true)
  }

  /// Of a run.
  init(plan: PreparationPlan, done: Preparation?) {
    self.plan = plan
    load = done?.loading.report
    refusals = done?.loading.refusals ?? []
    treatments = (done?.loading.treatments ?? []) + (done?.reservation?.treatments ?? [])
    reservation = done?.reservation
    takeover = done?.takeover
    ready = done?.ready
    isDryRun = false
  }

  /// One line for people.
  var summary: String {
    "\(plan.decision.interface.name) with \(plan.decision.address), module \(HostAccess.moduleName) \(ready?.module.version ?? "")"
  }
}
