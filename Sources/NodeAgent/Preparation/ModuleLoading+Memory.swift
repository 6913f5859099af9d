import HostFiles
import KernelModule
import Logging
import VRouter

/// What a load does about memory: before its first attempt, and between two.
extension ModuleLoading {
  /// Treats memory until both gates are met, or as far as the settings allow; makes tables smaller where that is allowed
  /// and needed.
  ///
  /// An attempt in memory that can't do is not free: the module passes over a drop log that it gets no memory for, and
  /// then crashes the kernel when the rest of its start fails, or when it is unloaded. So there is none where not even
  /// the drop log's blocks can be had. The second gate never stands in the way of a load: what it lacks is told.
  ///
  /// - Returns: the load as it is to be tried.
  mutating func treatBeforehand(_ request: LoadRequest) throws(CommandFailure) -> LoadRequest {
    guard let memory = try? memory(of: request) else { return request }
    let gates = memory.gates(isLoaded: false)
    guard let treatment = treat(gates) else { return request }
    treatments += treatment.steps
    try refuseWithoutDropLog(gates[0], treatment)
    let fitted = fitted(request, memory, treatment.supply)
    warnAboutAgentStart(fitted, treatment.supply)
    return fitted
  }

  /// Between two attempts, since the kernel found no memory, whatever was predicted. The pause that follows is all the waiting for reclaim that there is.
  func treatAgain(_ request: LoadRequest) -> [MemoryTreatment.Step] {
    guard let memory = try? memory(of: request) else { return [] }
    return treat(memory.gates(isLoaded: false), waits: [])?.steps ?? []
  }

  /// What the module will take, tables in huge pages left out.
  func memory(of request: LoadRequest) throws(VRouterError) -> VRouterMemory {
    let plain = VRouterMemory(try VRouterParameterValues(request.options), on: plan.facts)
    let huge = HugePagePlan(plan.memory.hugePages, for: plain, on: HugePages.observe(on: host.root)) { path in
      (try? host.root.status(path)).map { UInt64(clamping: $0.identity.size) }
    }
    return VRouterMemory(plain.values, on: plan.facts, hugeTables: huge?.tables ?? [])
  }

  /// Nil when the measuring itself fails, which must not end a preparation.
  private func treat(_ gates: [MemoryGate], waits: [Duration]? = nil) -> MemoryTreatment? {
    do {
      var treatment = try MemoryTreatment(for: gates, on: host.root)
      let bound = plan.memory.treatment.value
      if let waits {
        try treatment.run(
          within: bound, on: host.root, by: host.treatment, pacing: host.pacing, waits: waits, isRefused: true
        )
      } else {
        try treatment.run(within: bound, on: host.root, by: host.treatment, pacing: host.pacing)
      }
      for step in treatment.steps { host.log.warning("\(MemoryText.summary(step))") }
      return treatment
    } catch {
      host.log.warning("memory was not treated: \(error)")
      return nil
    }
  }

  /// Why there must be no further attempt: memory may have got worse since the first one. Nil when there may, or when it
  /// can't be told.
  func objectionToRetry(_ request: LoadRequest) -> LoadFailure? {
    guard let demand = try? memory(of: request).load, let supply = try? MemorySupply.observe(on: host.root),
      let order = Self.missingDropLog(demand, MemoryVerdict.weigh(demand, against: supply))
    else { return nil }
    return LoadFailure(
      .memoryShort, module: request.name,
      explanation:
        "by now not even the blocks of order \(order) for its drop log can be had, and the kernel could crash when the module starts without it, so that there is no further attempt",
      remedy: "free memory, or reboot")
  }

  /// The order of the drop log's blocks, when some of that order are missing.
  private static func missingDropLog(_ demand: MemoryDemand, _ verdict: MemoryVerdict) -> Int? {
    guard let order = VRouterMemory.dropLogOrder(in: demand),
      verdict.rows.contains(where: { $0.order == order && $0.missing > 0 })
    else { return nil }
    return order
  }

  private func refuseWithoutDropLog(
    _ gate: MemoryGate, _ treatment: MemoryTreatment
  ) throws(CommandFailure) {
    let verdict = MemoryVerdict.weigh(gate.demand, against: treatment.supply)
    guard let order = Self.missingDropLog(gate.demand, verdict) else { return }
    let tried =
      treatment.steps.isEmpty
      ? MemoryText.table(gate.name, verdict, treatment.supply)
      : treatment.steps.map(MemoryText.full).joined(separator: "\n")
    throw CommandFailure(
      .memory,
      "the module was not loaded: not even the blocks of order \(order) for its drop log can be had, and the kernel could crash when the module starts without it; free memory, or reboot\n\n"
        + tried)
  }

  /// With smaller tables, where they are wanted, and those asked for don't fit.
  private func fitted(
    _ request: LoadRequest, _ memory: VRouterMemory, _ supply: MemorySupply
  ) -> LoadRequest {
    guard plan.memory.fitsTables.value else { return request }
    let floors = plan.memory.floors
    guard let fit = TableFit.choose(memory, on: plan.facts, against: supply, floors: floors) else {
      host.log.warning(
        "not even the smallest tables that are allowed (\(floors.text)) are sure to fit: the options stay as they are"
      )
      return request
    }
    let asked = memory.values
    guard fit.values.contains(where: { asked[$0.key] != $0.value }) else { return request }
    host.log.warning(
      "the tables are made smaller, since memory doesn't do for vr_flow_entries=\(asked["vr_flow_entries"]) vr_bridge_entries=\(asked["vr_bridge_entries"]): \(fit.text)"
    )
    guard let options = try? ModuleOptions(parsing: fit.text) else { return request }
    return LoadRequest(
      name: request.name, file: request.file, information: request.information,
      options: options.over(request.options))
  }

  private func warnAboutAgentStart(_ request: LoadRequest, _ supply: MemorySupply) {
    guard let memory = try? memory(of: request) else { return }
    let gates = memory.gates(isLoaded: false)
    guard let verdict = MemoryGate.weigh(gates, against: supply).last, verdict.isShort else { return }
    let remedy =
      TableFit.choose(memory, on: plan.facts, against: supply, floors: plan.memory.floors).map {
        "; \($0.text) would fit (VROUTER_MODULE_OPTIONS, or VROUTER_MODULE_FIT=true)"
      } ?? "; free memory, reserve huge pages at boot, or reboot"
    host.log.warning(
      "\(VRouterMemory.agentStartGate), which takes the tables, \(MemoryText.sentence(verdict)): the module is loaded nevertheless\(remedy)"
    )
  }
}
