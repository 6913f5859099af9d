import KernelModule

/// Memory in words and tables: what a load needs, what there is, what is short.
enum MemoryText {
  /// One line about a treatment: the blocks of the largest order that the load needs, before and after.
  static func summary(_ treatment: MemoryTreatment) -> String {
    let order = treatment.demand.largestOrder ?? 0
    let compaction = treatment.compaction
    if let refusal = compaction.refusal {
      return "memory could not be compacted: \(refusal)"
    }
    return
      "memory was compacted in \(seconds(compaction.duration)): free blocks of order \(order) \(compaction.before.free.available(order)) -> \(compaction.after.free.available(order)); now the load \(sentence(treatment.after))"
  }

  /// A treatment with what there was before it.
  static func full(_ treatment: MemoryTreatment) -> String {
    table(treatment.demand, treatment.compaction.before) + summary(treatment) + "\n"
  }

  /// Free blocks by zone and order, what the load needs of each order, what is missing, and how much of the free
  /// memory can't serve an order at all.
  static func table(_ demand: MemoryDemand, _ supply: MemorySupply) -> String {
    let verdict = MemoryVerdict.weigh(demand, against: supply)
    var table = TextTable(
      ["order", "block"] + supply.zones.map { "\($0.name).\($0.node)" } + [
        "needed", "can be had", "missing", "unusable",
      ])
    for row in verdict.rows {
      let size = demand.pageSize.bytes(ofOrder: row.order) >> 10
      table.add(
        ["\(row.order)", size >= 1024 ? "\(size >> 10) MiB" : "\(size) KiB"]
          + supply.zones.map { zone in
            zone.free.counts.indices.contains(row.order) ? "\(zone.free.counts[row.order])" : "-"
          }
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
      "free blocks by order and zone (/proc/buddyinfo), against what loading the module needs:\n\(table.text)\(leftOut.joined())the load \(sentence(verdict))\n"
  }

  /// A verdict as the end of a sentence about a load.
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
