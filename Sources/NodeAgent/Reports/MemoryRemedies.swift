import KernelModule
import VRouter

/// What an operator can do about a gate that has no memory, or hardly any: exact, and only what would help.
struct MemoryRemedy: Encodable, Equatable, Sendable {
  /// `tables`, `next-hops`, `huge-pages`, `boot`, `memory`.
  let kind: String
  /// What to set or write, word by word; nil where there is nothing to copy.
  let value: String?
  /// What comes of it.
  let text: String
}

extension MemoryObservation {
  /// None when every gate that is ahead fits.
  func remedies() -> [MemoryRemedy] {
    let verdicts = MemoryGate.weigh(gates, against: supply)
    guard verdicts.contains(where: { $0.answer != .fits }) else { return [] }
    return [smallerTables(), fewerNextHops(verdicts)].compactMap { $0 } + hugePageRemedies()
      + [atBoot(), moreMemory()]
      .compactMap { $0 }
  }

  private func assignment(_ values: [String: Int64]) -> String {
    let others = options.assignments.filter { values[$0.name] == nil }.map { "\($0.name)=\($0.value)" }
    let own = values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return "VROUTER_MODULE_OPTIONS=\"\((others + own).joined(separator: " "))\""
  }

  private func smallerTables() -> MemoryRemedy? {
    guard
      let fit = TableFit.choose(memory, on: facts, against: supply, isLoaded: isLoaded, floors: floors),
      fit.values != [
        "vr_flow_entries": memory.values["vr_flow_entries"],
        "vr_bridge_entries": memory.values["vr_bridge_entries"],
      ]
    else { return nil }
    let how =
      isLoaded
      ? "; the module has to be loaded anew with them" : ", or VROUTER_MODULE_FIT=true to have it chosen"
    return MemoryRemedy(
      kind: "tables", value: assignment(fit.values),
      text: "the largest tables that memory does for as it is now\(how)")
  }

  /// The load's own largest block is the list of next hops.
  private func fewerNextHops(_ verdicts: [MemoryVerdict]) -> MemoryRemedy? {
    guard !isLoaded, let first = verdicts.first, first.answer != .fits else { return nil }
    var entries = memory.values["vr_nexthops"]
    while entries > 16_384 {
      // The next power of two below.
      entries = Int64(1) << Int64(Int64.bitWidth - 1 - (entries - 1).leadingZeroBitCount)
      let values = memory.values.with(["vr_nexthops": entries])
      let load = VRouterMemory(values, on: facts).load
      if MemoryVerdict.weigh(load, against: supply).answer == .fits {
        return MemoryRemedy(
          kind: "next-hops", value: assignment(["vr_nexthops": entries]),
          text: "with so many next hops at most, memory does for the load as it is now")
      }
    }
    return nil
  }

  /// Only of use where the tables are the trouble, and would lie in them.
  private func hugePageRemedies() -> [MemoryRemedy] {
    guard memory.hugeTables.count < HugeTable.allCases.count else { return [] }
    let without = VRouterMemory(memory.values, on: facts, hugeTables: Set(HugeTable.allCases))
    let gates = without.gates(isLoaded: isLoaded)
    guard MemoryGate.weigh(gates, against: supply).last?.isShort == false else { return [] }
    return [(UInt64(2) << 20, "2M", "HUGE_PAGES_2MB"), (1 << 30, "1G", "HUGE_PAGES_1GB")].compactMap {
      size, name, variable in
      let count = HugeTable.allCases.reduce(UInt64(0)) { $0 + memory.hugePages(for: $1, of: size) }
      // Beyond half of the memory it would be bad advice.
      guard count.multipliedReportingOverflow(by: size).partialValue >> 10 <= use.total / 2 else {
        return nil
      }
      return MemoryRemedy(
        kind: "huge-pages", value: "hugepagesz=\(name) hugepages=\(count)",
        text:
          "kernel arguments that reserve huge pages for both tables at boot, with \(variable)=\(count) for the vRouter agent; then its start takes hardly any blocks"
      )
    }
  }

  private func atBoot() -> MemoryRemedy? {
    guard isEnough, !isLoaded else { return nil }
    return MemoryRemedy(
      kind: "boot", value: "/etc/modules-load.d/vrouter.conf: vrouter",
      text: "load the module at boot, before memory gets into pieces; options go to /etc/modprobe.d")
  }

  private func moreMemory() -> MemoryRemedy? {
    guard !isEnough else { return nil }
    return MemoryRemedy(
      kind: "memory", value: nil,
      text:
        "the host has \(use.total >> 10) MiB in all, and the gates ahead need \(needed >> 20) MiB in blocks: give it more, or take smaller tables"
    )
  }

  private var needed: UInt64 {
    gates.reduce(0) { sum, gate in
      let (total, overflow) = sum.addingReportingOverflow(gate.demand.blockBytes)
      return overflow ? .max : total
    }
  }

  private var isEnough: Bool { needed >> 10 < use.total }
}
