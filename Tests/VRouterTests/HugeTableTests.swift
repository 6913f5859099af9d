import KernelModule
import Testing

@testable import VRouter

/// Tables in files of huge pages, against what was measured with the real module (tf-vrouter e6e94a6, Linux 6.1).
struct HugeTableTests {
  private func memory(_ options: String = "", _ huge: Set<HugeTable> = []) throws -> VRouterMemory {
    VRouterMemory(
      try VRouterParameterValues(ModuleOptions(parsing: options)), on: VRouterHostFacts(presentCPUs: 1),
      hugeTables: huge)
  }

  /// 10 and 77 pages of 2 MiB were what the real module wanted for its defaults.
  @Test func needsSoManyPages() throws {
    let memory = try memory()
    #expect(memory.bytes(of: .bridge) == 20_185_088 && memory.bytes(of: .flow) == 161_218_560)
    #expect(memory.hugePages(for: .bridge, of: 2 << 20) == 10)
    #expect(memory.hugePages(for: .flow, of: 2 << 20) == 77)
    #expect(HugeTable.allCases.map { memory.hugePages(for: $0, of: 1 << 30) } == [1, 1])
    #expect(memory.hugePages(for: .flow, of: 0) == 0)
  }

  /// Measured: with both tables in huge pages two blocks of order 10 went, against 43 without. The flow table's list of
  /// pages takes one block of order 7.
  @Test func leavesHardlyAnyBlocks() throws {
    #expect(try memory("", [.bridge, .flow]).agentStart.blocks == [9: 1, 8: 2, 7: 1, 5: 1, 4: 2, 3: 3])
    // With the bridge table alone in them, the flow table takes its blocks.
    #expect(try memory("", [.bridge]).agentStart.blocks == [10: 38, 9: 2, 8: 2, 5: 1, 4: 2, 3: 3])
    #expect(try memory("", [.bridge, .flow]).load == memory().load)
  }

  @Test func countsFoursAndOverflow() throws {
    let memory = try memory(
      "vr_flow_entries=5 vr_oflow_entries=3 vr_bridge_entries=4294967295 vr_bridge_oentries=1")
    #expect(memory.bytes(of: .flow) == (8 + 3) * 256)
    #expect(memory.bytes(of: .bridge) == (4_294_967_296 + 1) * 64)
  }

  @Test func gatesComeInOrder() throws {
    #expect(try memory().gates(isLoaded: false).map(\.name) == ["the load", "the vRouter agent's start"])
    #expect(try memory().gates(isLoaded: true).map(\.name) == ["the vRouter agent's start"])
  }
}

/// The largest tables that fit.
struct TableFitTests {
  private static let facts = VRouterHostFacts(presentCPUs: 1)
  private static let floors = TableFit(flowEntries: 65_536, bridgeEntries: 32_768)

  private func fit(_ blocks: UInt64, _ options: String = "", floors: TableFit = floors) throws -> TableFit? {
    let supply = MemorySupply(
      zones: [
        MemorySupply.Zone(
          node: 0, name: "DMA32", own: FreeBlocks([2000, 200, 100, 60, 30, 20, 10, 6, 6, 6, blocks]),
          floor: 400)
      ])
    let memory = VRouterMemory(try VRouterParameterValues(ModuleOptions(parsing: options)), on: Self.facts)
    return TableFit.choose(memory, on: Self.facts, against: supply, floors: floors)
  }

  /// The default needs 1 + 43 blocks of order 10, and two are to be left. Halved once it is 1 + 21; four times, 1 + 3.
  @Test(
    arguments: [
      (60, 524_288, 262_144), (46, 524_288, 262_144), (30, 262_144, 131_072), (9, 65_536, 32_768),
    ] as [(UInt64, UInt64, UInt64)])
  func takesTheLargestThatFits(blocks: UInt64, flow: UInt64, bridge: UInt64) throws {
    let fit = try #require(try fit(blocks))
    #expect(fit.flowEntries == flow)
    // The bridge table may stay larger than the flow table's share: it costs little.
    #expect(fit.bridgeEntries >= bridge)
  }

  @Test func moreMemoryNeverMeansLess() throws {
    var last: UInt64 = 0
    for blocks: UInt64 in 4...50 {
      let bytes = try fit(blocks).map { $0.flowEntries * 256 + $0.bridgeEntries * 64 } ?? 0
      #expect(bytes >= last, "\(blocks)")
      last = bytes
    }
    #expect(last == 524_288 * 256 + 262_144 * 64)
  }

  @Test func staysAboveTheFloors() throws {
    #expect(try fit(1) == nil)
    let low = try #require(try fit(4, floors: TableFit(flowEntries: 1024, bridgeEntries: 1024)))
    #expect(low.flowEntries < 65_536)
    // An operator's own number below the floor is left as it is.
    #expect(try fit(60, "vr_flow_entries=5000") == TableFit(flowEntries: 5000, bridgeEntries: 262_144))
  }

  /// An odd number is kept when it fits, and gives way to powers of two when it doesn't.
  @Test func takesPowersOfTwo() throws {
    #expect(try fit(60, "vr_flow_entries=500000")?.flowEntries == 500_000)
    let fit = try #require(try fit(30, "vr_flow_entries=500000 vr_bridge_entries=200000"))
    #expect(fit.flowEntries == 262_144 && [200_000, 131_072].contains(fit.bridgeEntries))
    #expect(fit.text == "vr_flow_entries=\(fit.flowEntries) vr_bridge_entries=\(fit.bridgeEntries)")
  }
}
