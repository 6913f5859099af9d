import KernelModule
import Netlink
import Readiness

/// What a preparation decided, and what it did.
struct PreparationOutcome: Sendable {
  let plan: PreparationPlan
  /// Nil when only the plan was asked for.
  let load: LoadReport?
  let treatments: [MemoryTreatment.Step]
  let ready: ReadyFile?
  let isDryRun: Bool

  /// Of a dry run.
  init(plan: PreparationPlan) {
    self.plan = plan
    (load, treatments, ready, isDryRun) = (nil, [], nil, true)
  }

  /// Of a run.
  init(plan: PreparationPlan, done: Preparation?) {
    self.plan = plan
    (load, treatments, ready, isDryRun) = (
      done?.loading.report, done?.loading.treatments ?? [], done?.ready, false
    )
  }

  /// One line for people.
  var summary: String {
    "\(plan.decision.interface.name) with \(plan.decision.address), module \(HostAccess.moduleName) \(ready?.module.version ?? "")"
  }
}
