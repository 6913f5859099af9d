public import KernelModule

/// The largest flow and bridge tables for which both gates have memory.
public struct TableFit: Equatable, Sendable {
  /// `vr_flow_entries`, a power of two unless the operator's own number does.
  public let flowEntries: UInt64
  /// `vr_bridge_entries`, likewise.
  public let bridgeEntries: UInt64

  /// A pair of tables.
  public init(flowEntries: UInt64, bridgeEntries: UInt64) {
    self.flowEntries = flowEntries
    self.bridgeEntries = bridgeEntries
  }

  /// The tables as options of the module.
  public var values: [String: Int64] {
    ["vr_flow_entries": Int64(clamping: flowEntries), "vr_bridge_entries": Int64(clamping: bridgeEntries)]
  }

  /// As `VROUTER_MODULE_OPTIONS` has them.
  public var text: String { "vr_flow_entries=\(flowEntries) vr_bridge_entries=\(bridgeEntries)" }

  /// The tables that a host has memory for: those asked for when they fit; else both are halved, and of all pairs
  /// that were halved no more often than needed, the one with the most bytes.
  ///
  /// - Parameters:
  ///   - memory: what was asked for.
  ///   - facts: of the host.
  ///   - supply: what can be had.
  ///   - isLoaded: whether the module's own load is passed already.
  ///   - floors: no table is made smaller than this, unless it was asked for so.
  /// - Returns: nil when not even the smallest pair is sure to fit.
  public static func choose(
    _ memory: VRouterMemory, on facts: VRouterHostFacts, against supply: MemorySupply, isLoaded: Bool = false,
    floors: TableFit
  ) -> TableFit? {
    func fits(_ fit: TableFit) -> Bool {
      let values = memory.values.with(fit.values)
      let gates = VRouterMemory(values, on: facts, hugeTables: memory.hugeTables).gates(isLoaded: isLoaded)
      return MemoryGate.weigh(gates, against: supply).allSatisfy { $0.answer == .fits }
    }
    let asked = TableFit(
      flowEntries: memory.values.size("vr_flow_entries"),
      bridgeEntries: memory.values.size("vr_bridge_entries"))
    if fits(asked) { return asked }
    let flows = halvings(of: asked.flowEntries, floor: floors.flowEntries)
    let bridges = halvings(of: asked.bridgeEntries, floor: floors.bridgeEntries)
    for level in 0..<max(flows.count, bridges.count) {
      let pairs = (0...level).flatMap { other in [(level, other), (other, level)] }
        .filter { $0.0 < flows.count && $0.1 < bridges.count }
        .map { TableFit(flowEntries: flows[$0.0], bridgeEntries: bridges[$0.1]) }
        .sorted { $0.bytes > $1.bytes }
      if let fit = pairs.first(where: fits) { return fit }
    }
    return nil
  }

  private var bytes: UInt64 { flowEntries &* 256 &+ bridgeEntries &* 64 }

  /// What was asked for, then the powers of two below it, down to the floor.
  private static func halvings(of entries: UInt64, floor: UInt64) -> [UInt64] {
    guard entries > 1 else { return [entries] }
    var values = [entries]
    var next = UInt64(1) << UInt64(UInt64.bitWidth - 1 - (entries - 1).leadingZeroBitCount)
    while next >= max(1, floor), next > 0 {
      values.append(next)
      next /= 2
    }
    return values
  }
}
