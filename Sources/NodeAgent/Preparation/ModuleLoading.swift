import HostFiles
import KernelModule
import Logging
import Netlink
import VRouter

/// Loads the module as planned, treats memory before it and between attempts where that can help, and verifies the
/// result.
struct ModuleLoading {
  /// As it was carried out: with another build, once the kernel has refused the first.
  private(set) var plan: ModulePlan
  let host: HostAccess
  /// What the load took; nil when the module was there, or before ``run()``.
  private(set) var report: LoadReport?
  /// The load as it was tried: the planned one, perhaps with smaller tables; nil before ``run()``.
  private(set) var request: LoadRequest?
  /// Builds that the kernel refused before this one, in order.
  private(set) var refusals: [BuildRefusal] = []
  /// What was done about memory, in order.
  var treatments: [MemoryTreatment.Step] = []

  init(_ plan: ModulePlan, on host: HostAccess) {
    self.plan = plan
    self.host = host
  }

  /// Loads, unless the module is there. When the kernel refuses a build of which it alone could judge, the next that
  /// fits is tried.
  mutating func run() throws(CommandFailure) {
    guard plan.request != nil else { return }
    // First, as it gives back the memory that the load will need.
    if plan.replaces { try unloadPresent() }
    while let (report, request) = try load() {
      if case .failed(let failure) = report.outcome, refusals.count + 1 < Self.mostBuilds,
        let build = plan.choice.chosen,
        let refusal = BuildRefusal(failure, of: build, module: HostAccess.moduleName),
        let next = plan.refused(refusal, on: host.root), let file = next.request?.file
      {
        host.log.warning("\(refusal.path) was not loaded, \(file) is tried instead: \(failure)")
        refusals.append(refusal)
        plan = next
        continue
      }
      try verify(report, request)
      remember(refusals)
      return
    }
  }

  /// As many builds are tried at most: each has to be read, and its load costs memory.
  static let mostBuilds = 3

  /// Loads the build of the plan.
  private mutating func load() throws(CommandFailure) -> (LoadReport, LoadRequest)? {
    guard let planned = plan.request else { return nil }
    let request = try treatBeforehand(planned)
    self.request = request
    let verdict = VRouterLoadVerdict(options: request.options, on: plan.facts)
    let loader = ModuleLoader(
      host: host.root, backend: host.modules, policy: plan.retryPolicy, pacing: host.pacing)
    var treatments = treatments
    let report: LoadReport
    do {
      report = try loader.load(
        request, interpret: { verdict($0, $1) },
        beforeRetry: { attempt throws(KernelModuleError) in
          host.log.warning(
            "attempt \(attempt.number) to load the module failed, another one follows: \(attempt.failure)")
          guard attempt.failure.cause == .memoryShort else { return }
          treatments += treatAgain(request)
        }, objection: { _ in objectionToRetry(request) })
    } catch {
      throw CommandFailure(.module, "the module was not loaded: \(error)")
    }
    self.treatments = treatments
    let whole = report.following(self.report)
    self.report = whole
    return (whole, request)
  }

  /// What is loaded now is loaded whether or not that can be kept.
  private func remember(_ refusals: [BuildRefusal]) {
    guard !refusals.isEmpty else { return }
    do {
      try RefusedBuilds.write(refusals, to: host.root)
    } catch {
      host.log.warning(
        "the builds that the kernel refused could not be remembered, and the next run will call the loaded module stale: \(error)"
      )
    }
  }

  /// Takes the module that is there out of the kernel, unless something has come to use it since the plan was made.
  private func unloadPresent() throws(CommandFailure) {
    let links = try host.network.observed(for: DetectionSettings()).links
    let blockers = try UnloadCheck(host, links: links).blockers()
    guard blockers.isEmpty else {
      throw CommandFailure(
        .module,
        "the loaded module was to be replaced, and is in use by now; it stays as it is:\n"
          + blockers.map { "  \($0)" }.joined(separator: "\n"))
    }
    let failure: UnloadFailure?
    do {
      failure = try ModuleUnloader(host: host.root, backend: host.modules).unload(HostAccess.moduleName)
    } catch {
      throw CommandFailure(.module, "the loaded module was not replaced: \(error)")
    }
    if let failure { throw CommandFailure(.module, "the loaded module was not replaced: \(failure)") }
    for difference in plan.differences { host.log.notice("the loaded module is replaced: \(difference)") }
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
    let order = (try? memory(of: request)).flatMap { VRouterMemory.dropLogOrder(in: $0.load) }
    if VRouterLoadVerdict.lacksDropLog(report.kernelLog ?? [], order: order) {
      host.log.warning(
        "the module found no memory for its drop log: unloading it would crash the kernel, reboot instead")
    }
  }

  private func failed(
    _ failure: LoadFailure, _ report: LoadReport, _ request: LoadRequest
  ) -> CommandFailure {
    let attempts = "after \(report.attempts) attempt\(report.attempts == 1 ? "" : "s")"
    var text = "\(failure) (\(attempts))" + failure.evidence.map { "\n  seen: \($0)" }.joined()
    text += refusals.map { "\n  before it: \($0)" }.joined()
    guard failure.cause == .memoryShort || failure.cause == .memoryImpossible else {
      return CommandFailure(.module, text)
    }
    if let demand = try? memory(of: request).load, let supply = try? MemorySupply.observe(on: host.root) {
      text += "\n" + treatments.map { "\n\(MemoryText.summary($0))" }.joined()
      text += "\n" + MemoryText.table(demand, supply)
    }
    return CommandFailure(.memory, text)
  }
}
