import HostFiles
import KernelModule
import Logging
import VRouter

/// Loads the module as planned, treats memory between attempts where that can help, and verifies the result.
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
    let verdict = VRouterLoadVerdict(options: request.options, on: plan.facts)
    let loader = ModuleLoader(
      host: host.root, backend: host.modules, policy: plan.retryPolicy, pacing: host.pacing)
    var treatments: [MemoryTreatment] = []
    do {
      report = try loader.load(request, interpret: { verdict($0, $1) }) { attempt throws(KernelModuleError) in
        host.log.warning(
          "attempt \(attempt.number) to load the module failed, another one follows: \(attempt.failure)")
        if let treatment = try treat(attempt, request) { treatments.append(treatment) }
      }
    } catch {
      throw CommandFailure(.module, "the module was not loaded: \(error)")
    }
    self.treatments = treatments
    if let report { try verify(report, request) }
  }

  /// What can be done about the reason why an attempt failed, before the next one.
  private func treat(
    _ attempt: LoadAttempt, _ request: LoadRequest
  ) throws(KernelModuleError) -> MemoryTreatment? {
    guard attempt.failure.cause == .memoryShort, let demand = try? demand(of: request) else { return nil }
    let compaction = try Compaction.run(on: host.root, pacing: host.pacing)
    let treatment = MemoryTreatment(demand: demand, compaction: compaction)
    host.log.warning("\(MemoryText.summary(treatment))")
    return treatment
  }

  private func demand(of request: LoadRequest) throws(VRouterError) -> MemoryDemand {
    VRouterMemory(try VRouterParameterValues(request.options), on: plan.facts).load
  }

  /// A load that the kernel calls good is believed only when /sys/module shows it.
  private func verify(_ report: LoadReport, _ request: LoadRequest) throws(CommandFailure) {
    switch report.outcome {
    case .failed(let failure): throw failed(failure, report, request)
    case .alreadyLoaded: host.log.notice("another process loaded the module meanwhile")
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
