public import KernelModule

extension VRouterMemory {
  /// The second gate: what the vRouter agent's first message (`vr_hugepage_config`) makes the module take, when no
  /// huge pages are given.
  public var agentStart: MemoryDemand {
    let vrfs = values.size("vr_vrfs")
    var demand = kmalloc("routing tables", 16 * vrfs)
    demand += kmalloc("routing statistics, by instance", 8 * vrfs)
    demand += kmalloc("routing statistics", 232 * cpus, vrfs + 1)
    demand += hashTable(
      "bridge", values.size("vr_bridge_entries"), overflow: values.bridgeOverflowEntries, of: 64)
    demand += hashTable("fragments", 8192, overflow: 1024, of: 97)
    demand += hashTable("flow", values.size("vr_flow_entries"), overflow: values.flowOverflowEntries, of: 256)
    demand += kmalloc("flow information", 72 + 4 * cpus) + kmalloc("link-local ports", 24_576)
    return MemoryDemand(demand, pageSize: pageSize)
  }

  /// A hash table: entries in fours, an overflow table, and what deleting needs (16 bytes for four entries).
  private func hashTable(
    _ name: String, _ entries: UInt64, overflow: UInt64, of size: UInt64
  ) -> [MemoryDemand.Allocation] {
    let rounded = (entries + 3) / 4 * 4
    return table("\(name) table", rounded, of: size) + table("\(name) overflow table", overflow, of: size)
      + table("\(name) table, deletion", rounded / 4, of: 16) + kmalloc("\(name) table, head", 80)
  }
}
