import KernelModule

/// Memory in words and tables: what a load needs, what there is, what is short.
enum MemoryText {
  /// One line about a step of a treatment: the blocks of the largest order that is needed, before and after.
  static func summary(_ step: MemoryTreatment.Step) -> String {
    let order = step.verdictsBefore.map(\.largestOrder).max() ?? 0
    if step.isRefused {
      return "memory could not be treated (\(step.kind.rawValue)): \(refusals(step))"
    }
    let verdicts = zip(step.gates, step.verdictsAfter).map { "\($0.name) \(sentence($1))" }
    return
      "memory was \(done(step.kind)) in \(seconds(step.duration)): free blocks of order \(order) \(step.before.free.available(order)) -> \(step.after.free.available(order)); now \(verdicts.joined(separator: "; "))"
      + (step.counters.isEmpty
        ? "" : " (\(step.counters.map { "\($0.name) +\($0.by)" }.joined(separator: ", ")))")
      + (step.refusals.isEmpty ? "" : "; in part only: \(refusals(step))")
  }

  /// Why something of a step was not done.
  static func refusals(_ step: MemoryTreatment.Step) -> String {
    step.refusals.map { "\($0)" }.joined(separator: "; ")
  }

  private static func done(_ kind: MemoryTreatment.Kind) -> String {
    switch kind {
    case .compact: "compacted"
    case .pageCache: "freed of page cache and compacted"
    case .slab: "freed of page cache and slab and compacted"
    case .wait: "left to the kernel's reclaim"
    }
  }

  /// A step with what there was before it.
  static func full(_ step: MemoryTreatment.Step) -> String {
    let gates = zip(step.gates, step.verdictsBefore)
    // What is short is shown; when nothing is, the first that fits only just.
    let shown = gates.first { $0.1.isShort } ?? gates.first { $0.1.answer != .fits }
    return (shown.map { table($0.0.name, $0.1, step.before) } ?? "") + summary(step) + "\n"
  }

  /// Free blocks by zone and order, what a load needs of each order, what is missing, and how much of the free
  /// memory can't serve an order at all.
  static func table(_ demand: MemoryDemand, _ supply: MemorySupply) -> String {
    table("the load", MemoryVerdict.weigh(demand, against: supply), supply)
  }

  /// The same for any gate.
  static func table(_ gate: String, _ verdict: MemoryVerdict, _ supply: MemorySupply) -> String {
    var table = TextTable(
      ["order", "block"] + supply.zones.map { "\($0.name).\($0.node)" } + [
        "needed", "can be had", "missing", "unusable",
      ])
    let zones = supply.zones.map(\.free.counts)
    for row in verdict.rows {
      let size = verdict.pageSize.bytes(ofOrder: row.order) >> 10
      table.add(
        ["\(row.order)", size >= 1024 ? "\(size >> 10) MiB" : "\(size) KiB"]
          + zones.map { $0.indices.contains(row.order) ? "\($0[row.order])" : "-" }
          + [
            row.needed == 0 ? "-" : "\(row.needed)", "\(row.available)",
            row.missing == 0 ? "-" : "\(row.missing)",
            row.unusable.map(percent) ?? "-",
          ])
    }
    let leftOut = supply.leftOut.sorted { $0.key < $1.key }.map {
      "zone \($0.key) is not counted: \($0.value)\n"
    }
    return
      "free blocks by order and zone (/proc/buddyinfo), against what \(gate) needs:\n\(table.text)\(leftOut.joined())\(gate) \(sentence(verdict))\n"
  }

  /// A verdict as the end of a sentence about a gate.
  static func sentence(_ verdict: MemoryVerdict) -> String {
    verdict.isShort ? "is \(verdict)" : "\(verdict)"
  }

  static func seconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
    return milliseconds < 1000
      ? "\(milliseconds) ms" : "\(milliseconds / 1000).\((milliseconds % 1000) / 100) s"
  }

  private static func percent(_ fraction: Double) -> String {
    "\(Int((fraction * 100).rounded())) %"
  }
}
