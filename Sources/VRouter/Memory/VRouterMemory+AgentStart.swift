public import KernelModule

extension VRouterMemory {
  /// The second gate: what the vRouter agent's first message (`vr_hugepage_config`) makes the module take.
  ///
  /// Of a table in huge pages remain the list of its pages (8 bytes each, while it is mapped), its head, and what
  /// deleting needs.
  public var agentStart: MemoryDemand {
    let vrfs = values.size("vr_vrfs")
    var demand: [MemoryDemand.Allocation] = []
    for table in HugeTable.allCases where hugeTables.contains(table) {
      demand += pageBlock(
        "list of the \(table.rawValue) table's huge pages", 8 * pageSize.pages(bytes(of: table)))
    }
    demand += kmalloc("routing tables", 16 * vrfs)
    demand += kmalloc("routing statistics, by instance", 8 * vrfs)
    demand += kmalloc("routing statistics", 232 * cpus, vrfs + 1)
    demand += hashTable(
      "bridge", values.size("vr_bridge_entries"), overflow: values.bridgeOverflowEntries, of: 64,
      isHuge: hugeTables.contains(.bridge))
    demand += hashTable("fragments", 8192, overflow: 1024, of: 97)
    demand += hashTable(
      "flow", values.size("vr_flow_entries"), overflow: values.flowOverflowEntries, of: 256,
      isHuge: hugeTables.contains(.flow))
    demand += kmalloc("flow information", 72 + 4 * cpus) + kmalloc("link-local ports", 24_576)
    return MemoryDemand(demand, pageSize: pageSize)
  }

  /// A hash table: entries in fours, an overflow table, and what deleting needs (16 bytes for four entries).
  private func hashTable(
    _ name: String, _ entries: UInt64, overflow: UInt64, of size: UInt64, isHuge: Bool = false
  ) -> [MemoryDemand.Allocation] {
    let rounded = (entries + 3) / 4 * 4
    let blocks =
      isHuge
      ? [] : table("\(name) table", rounded, of: size) + table("\(name) overflow table", overflow, of: size)
    return blocks + table("\(name) table, deletion", rounded / 4, of: 16) + kmalloc("\(name) table, head", 80)
  }

  /// One block of pages, however small.
  private func pageBlock(_ name: String, _ bytes: UInt64) -> [MemoryDemand.Allocation] {
    [MemoryDemand.Allocation(name: name, bytes: bytes, order: pageSize.order(bytes))]
  }
}
