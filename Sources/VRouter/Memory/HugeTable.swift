public import KernelModule

/// A table of the module that may lie in a file of huge pages, which the vRouter agent maps and hands over.
public enum HugeTable: String, CaseIterable, Sendable {
  /// In the order in which the module fills what it is given.
  case bridge, flow
}

extension VRouterMemory {
  /// How large a table's file must be, in bytes: the table and its overflow table.
  public func bytes(of table: HugeTable) -> UInt64 {
    switch table {
    case .bridge: (rounded("vr_bridge_entries") + values.bridgeOverflowEntries).multipliedSaturating(by: 64)
    case .flow: (rounded("vr_flow_entries") + values.flowOverflowEntries).multipliedSaturating(by: 256)
    }
  }

  /// How many huge pages a table's file takes, rounded up as files of huge pages are.
  public func hugePages(for table: HugeTable, of pageBytes: UInt64) -> UInt64 {
    let bytes = bytes(of: table)
    return pageBytes == 0 ? 0 : bytes / pageBytes + (bytes % pageBytes == 0 ? 0 : 1)
  }

  /// Both gates, in the order in which they come.
  ///
  /// - Parameter isLoaded: whether the first one is passed already.
  public func gates(isLoaded: Bool) -> [MemoryGate] {
    (isLoaded ? [] : [MemoryGate(name: Self.loadGate, demand: load)])
      + [MemoryGate(name: Self.agentStartGate, demand: agentStart)]
  }

  /// What the first gate is called.
  public static let loadGate = "the load"
  /// What the second gate is called.
  public static let agentStartGate = "the vRouter agent's start"

  private func rounded(_ name: String) -> UInt64 { (values.size(name) + 3) / 4 * 4 }
}

extension UInt64 {
  fileprivate func multipliedSaturating(by other: UInt64) -> UInt64 {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}
