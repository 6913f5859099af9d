import HostFiles
import KernelModule
import Logging
import VRouter

/// Loads the module as planned, treats memory before it and between attempts where that can help, and verifies the
/// result.
struct ModuleLoading {
  let plan: ModulePlan
  private let host: HostAccess
  /// What the load took; nil when the module was there, or before ``run()``.
  private(set) var report: LoadReport?
  /// What was done about memory, in order.
  private(set) var treatments: [MemoryTreatment] = []

  init(_ plan: ModulePlan, on host: HostAccess) {
    self.plan = plan
    self.host = host
  }

  /// Loads, unless the module is there.
  mutating func run() throws(CommandFailure) {
    guard let request = plan.request else { return }
    try treatBeforehand(request)
    let verdict = VRouterLoadVerdict(options: request.options, on: plan.facts)
    let loader = ModuleLoader(
      host: host.root, backend: host.modules, policy: plan.retryPolicy, pacing: host.pacing)
    var treatments = treatments
    do {
      report = try loader.load(request, interpret: { verdict($0, $1) }) { attempt throws(KernelModuleError) in
        host.log.warning(
          "attempt \(attempt.number) to load the module failed, another one follows: \(attempt.failure)")
        guard attempt.failure.cause == .memoryShort, let demand = try? demand(of: request) else { return }
        if let treatment = treat(demand) { treatments.append(treatment) }
      }
    } catch {
      throw CommandFailure(.module, "the module was not loaded: \(error)")
    }
    self.treatments = treatments
    if let report { try verify(report, request) }
  }

  /// An attempt in memory that can't do is not free: the module passes over a drop log that it gets no memory for, and
  /// then crashes the kernel when the rest of its start fails, or when it is unloaded. So memory is compacted before the
  /// first attempt where the demand is not met, and there is none where not even the drop log's blocks can be had.
  private mutating func treatBeforehand(_ request: LoadRequest) throws(CommandFailure) {
    guard let demand = try? demand(of: request), let supply = try? MemorySupply.observe(on: host.root),
      MemoryVerdict.weigh(demand, against: supply).isShort, let treatment = treat(demand)
    else { return }
    treatments.append(treatment)
    guard let order = VRouterMemory.dropLogOrder(in: demand),
      treatment.after.rows.contains(where: { $0.order == order && $0.missing > 0 })
    else { return }
    throw CommandFailure(
      .memory,
      "the module was not loaded: not even the blocks of order \(order) for its drop log can be had, and the kernel could crash when the module starts without it; free memory, or reboot\n\n"
        + MemoryText.full(treatment))
  }

  /// Compacts memory, and measures; nil when the measuring itself fails, which must not end a preparation.
  private func treat(_ demand: MemoryDemand) -> MemoryTreatment? {
    do {
      let compaction = try Compaction.run(on: host.root, pacing: host.pacing)
      let treatment = MemoryTreatment(demand: demand, compaction: compaction)
      host.log.warning("\(MemoryText.summary(treatment))")
      return treatment
    } catch {
      host.log.warning("memory was not treated: \(error)")
      return nil
    }
  }

  private func demand(of request: LoadRequest) throws(VRouterError) -> MemoryDemand {
    VRouterMemory(try VRouterParameterValues(request.options), on: plan.facts).load
  }

  /// A load that the kernel calls good is believed only when /sys/module shows it.
  private func verify(_ report: LoadReport, _ request: LoadRequest) throws(CommandFailure) {
    switch report.outcome {
    case .failed(let failure): throw failed(failure, report, request)
    case .alreadyLoaded:
      // As if it had been there before: told, not refused.
      host.log.warning("another process loaded the module meanwhile")
      for mismatch in report.mismatches { host.log.warning("\(mismatch)") }
      return
    case .loaded: break
    }
    guard let state = report.state, state.phase == .live else {
      throw CommandFailure(
        .module,
        "the kernel took the module, but /sys/module/\(request.name) does not show it as live (\(report.state?.phase.rawValue ?? "absent")); read the kernel's log (dmesg)"
      )
    }
    let wrong =
      report.mismatches.map(\.description) + report.ignoredOptions.map { "\($0) was ignored by the kernel" }
    guard wrong.isEmpty else {
      throw CommandFailure(
        .module,
        "the module is loaded, but not with the options that were asked for: \(wrong.joined(separator: "; "))"
      )
    }
    if VRouterLoadVerdict.lacksDropLog(report.kernelLog ?? []) {
      host.log.warning(
        "the module found no memory for its drop log: unloading it would crash the kernel, reboot instead")
    }
  }

  private func failed(
    _ failure: LoadFailure, _ report: LoadReport, _ request: LoadRequest
  ) -> CommandFailure {
    let attempts = "after \(report.attempts) attempt\(report.attempts == 1 ? "" : "s")"
    var text = "\(failure) (\(attempts))" + failure.evidence.map { "\n  seen: \($0)" }.joined()
    guard failure.cause == .memoryShort || failure.cause == .memoryImpossible else {
      return CommandFailure(.module, text)
    }
    if let demand = try? demand(of: request), let supply = try? MemorySupply.observe(on: host.root) {
      text += "\n" + treatments.map { "\n\(MemoryText.summary($0))" }.joined()
      text += "\n" + MemoryText.table(demand, supply)
    }
    return CommandFailure(.memory, text)
  }
}
