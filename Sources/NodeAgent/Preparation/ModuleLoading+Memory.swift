import KernelModule
import Logging
import VRouter

/// What a load does about memory: before its first attempt, and between two.
extension ModuleLoading {
  /// An attempt in memory that can't do is not free: the module passes over a drop log that it gets no memory for, and
  /// then crashes the kernel when the rest of its start fails, or when it is unloaded. So memory is compacted before the
  /// first attempt where the demand is not met, and there is none where not even the drop log's blocks can be had.
  mutating func treatBeforehand(_ request: LoadRequest) throws(CommandFailure) {
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
  func treat(_ demand: MemoryDemand) -> MemoryTreatment? {
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

  func demand(of request: LoadRequest) throws(VRouterError) -> MemoryDemand {
    VRouterMemory(try VRouterParameterValues(request.options), on: plan.facts).load
  }
}
