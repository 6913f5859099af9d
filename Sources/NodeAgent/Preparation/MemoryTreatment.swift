import KernelModule

/// What was seen and done about memory because a load found too little of it in one piece.
struct MemoryTreatment: Sendable {
  /// What the load needs.
  let demand: MemoryDemand
  /// Compacting memory, with the free blocks before and after.
  let compaction: Compaction

  /// Demand against supply before the treatment.
  var before: MemoryVerdict { MemoryVerdict.weigh(demand, against: compaction.before) }

  /// Demand against supply after it.
  var after: MemoryVerdict { MemoryVerdict.weigh(demand, against: compaction.after) }
}
