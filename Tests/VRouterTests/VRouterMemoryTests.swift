import KernelModule
import Testing

@testable import VRouter

/// The model against what the real module took (tf-vrouter e6e94a6 on Debian's 6.1.0-56, x86_64, 4 KiB pages).
struct VRouterMemoryTests {
  private func memory(_ options: String, cpus: Int = 1) throws -> VRouterMemory {
    VRouterMemory(
      try VRouterParameterValues(ModuleOptions(parsing: options)), on: VRouterHostFacts(presentCPUs: cpus))
  }

  /// By order: next hops 10, drop log 4 for each CPU, MPLS and interfaces 4, QoS and VRFs 3, assembler 2; each vif has
  /// a page for its counters.
  @Test(
    arguments: [
      ("", 1, [10: 1, 4: 3, 3: 2, 2: 1, 0: 2]),
      ("", 4, [10: 1, 4: 6, 3: 2, 2: 1, 0: 2]),
      ("vr_nexthops=1048576 vr_mpls_labels=196608", 1, [10: 2, 9: 1, 4: 2, 3: 2, 2: 1, 0: 2]),
      ("vr_nexthops=521000", 1, [10: 1, 4: 3, 3: 2, 2: 1, 0: 2]),
      ("vr_nexthops=65536", 1, [7: 1, 4: 3, 3: 2, 2: 1, 0: 2]),
      ("vr_vrfs=65536", 1, [10: 1, 7: 1, 4: 3, 3: 1, 2: 1, 0: 2]),
      ("vr_pkt_droplog_bufsz=24966", 2, [10: 3, 4: 2, 3: 2, 2: 1, 0: 2]),
      ("vr_pkt_droplog_bufsz=48", 2, [10: 1, 4: 2, 3: 2, 2: 1, 0: 2]),
      ("vr_pkt_droplog_bufsz=49", 2, [10: 1, 4: 2, 3: 2, 2: 3, 0: 2]),
      // Eight bytes more push exact powers of two one order up: QoS, VRFs, assembler.
      ("vr_memory_alloc_checks=1", 1, [10: 1, 4: 5, 3: 1, 0: 2]),
    ] as [(String, Int, [Int: UInt64])])
  func loads(options: String, cpus: Int, expected: [Int: UInt64]) throws {
    #expect(try memory(options, cpus: cpus).load.blocks == expected)
  }

  @Test func aLoadTakesSomeMebibytes() throws {
    let load = try memory("").load
    // Measured: MemFree fell by 3.3 to 7.5 MB.
    #expect((3_300...7_500).contains((load.blockBytes + load.scatteredBytes) / 1024))
    #expect(load.largestOrder == 10)
  }

  /// Order-10 blocks and KiB of blocks, then KiB of slab where that was measured.
  @Test(
    arguments: [
      ("", 1, 43, 182_560, 1_026),
      (
        "vr_flow_entries=2097152 vr_bridge_entries=1048576 vr_nexthops=1048576 vr_mpls_labels=196608", 1, 176,
        723_232, nil
      ),
      ("vr_flow_entries=262144 vr_bridge_entries=131072 vr_nexthops=65536", 1, 21, 91_936, nil),
      ("vr_flow_entries=131072 vr_bridge_entries=65536 vr_nexthops=65536", 1, 11, 48_160, nil),
      ("vr_vrfs=65536", 4, 43, 184_000, 65_539),
      ("", 4, 43, 182_560, 4_099),
    ] as [(String, Int, UInt64, UInt64, UInt64?)])
  func startsTheAgent(options: String, cpus: Int, order10: UInt64, blocks: UInt64, slab: UInt64?) throws {
    let demand = try memory(options, cpus: cpus).agentStart
    #expect(demand.blocks[10] == order10)
    #expect(demand.blockBytes / 1024 == blocks)
    if let slab {
      #expect(abs(Int64(demand.scatteredBytes / 1024) - Int64(slab)) <= 2, "\(demand.scatteredBytes / 1024)")
    }
  }

  @Test func defaultsByOrder() throws {
    #expect(try memory("").agentStart.blocks == [10: 43, 9: 2, 8: 2, 5: 1, 4: 1, 3: 3])
  }

  /// Many CPUs make the statistics too large for slab.
  @Test(arguments: [(35, nil), (36, 2), (70, 2), (71, 3), (141, 3), (142, 4), (256, 4)] as [(Int, Int?)])
  func statisticsGrowWithCPUs(cpus: Int, order: Int?) throws {
    let statistics = try memory("", cpus: cpus).agentStart.allocations.first {
      $0.name == "routing statistics"
    }
    #expect(statistics?.order == order)
    #expect(statistics?.count == 4097)
  }

  @Test func wrapsAsTheModuleDoes() throws {
    // 16777216 × 256 is 2^32: nothing is allocated, and the module fails.
    #expect(try memory("vr_flow_entries=16777216 vr_oflow_entries=1024").agentStart.blocks[10] == 16 + 5)
  }

  @Test func doesWithoutADropLog() throws {
    let names = try memory("vr_pkt_droplog_buf_en=0").load.allocations.map(\.name)
    #expect(!names.contains("drop log buffers"))
  }

  @Test func largerPagesNeedLowerOrders() throws {
    var host = VRouterHostFacts(presentCPUs: 1)
    host.pageSize = try #require(PageSize(bytes: 65_536))
    let demand = VRouterMemory(VRouterParameterValues(), on: host).load
    #expect(demand.blocks[6] == 1)
    #expect(demand.largestOrder == 6)
  }

  /// What else was free wasn't written down: hardly anything, or plenty.
  private func supply(order10: UInt64, others: [UInt64] = [200, 20, 10, 6, 4, 3, 2, 2, 1, 1]) -> MemorySupply
  {
    MemorySupply(
      zones: [
        MemorySupply.Zone(node: 0, name: "DMA32", free: FreeBlocks(others + [order10]), floor: 400)
      ])
  }

  private static let larger =
    "vr_flow_entries=2097152 vr_bridge_entries=1048576 vr_nexthops=1048576 vr_mpls_labels=196608"

  /// Free blocks of order 10 before and after the first message, in guests with the real module: one row for each run
  /// that was measured.
  @Test(
    arguments: [
      ("", 1, 220, 176),  // 1 GiB
      ("", 1, 96, 53),  // 512 MiB
      ("", 1, 478, 433),  // 4 GiB, zone Normal
      (larger, 1, 470, 293),  // 2 GiB
      (larger, 1, 218, 42),  // 1 GiB
      ("vr_flow_entries=262144 vr_bridge_entries=131072 vr_nexthops=65536", 1, 97, 76),  // 512 MiB
      ("vr_flow_entries=131072 vr_bridge_entries=65536 vr_nexthops=65536", 1, 17, 5),  // 192 MiB
      ("vr_vrfs=65536", 4, 219, 159),  // 1 GiB
      ("", 4, 219, 174),  // 1 GiB
      ("", 1, 65, 21),  // 384 MiB
      ("", 1, 217, 173),  // 1 GiB, the generic kernel
    ] as [(String, Int, UInt64, UInt64)])
  func leavesWhatWasMeasured(options: String, cpus: Int, before: UInt64, after: UInt64) throws {
    let verdict = MemoryVerdict.weigh(
      try memory(options, cpus: cpus).agentStart, against: supply(order10: before))
    #expect(verdict.answer == .fits)
    // Slabs took one or two blocks more, as the verdict expects at worst.
    #expect((after > 3 ? after - 3...after + 2 : 0...after + 2).contains(verdict.spare), "\(verdict.spare)")
  }

  /// Guests of 256, 192 and 128 MiB, which had fewer than 43 blocks: refused with ENOMEM.
  @Test(arguments: [35, 19, 3] as [UInt64]) func isShortWhereItWasRefused(order10: UInt64) throws {
    let gates = try memory("").gates(isLoaded: true)
    #expect(
      MemoryGate.weigh(
        gates, against: supply(order10: order10, others: [900, 100, 60, 40, 30, 20, 12, 8, 6, 6])
      ).first?.answer
        == .short(order: 10, blocks: 43 - order10))
  }

  /// A list of more than 4 MiB that is one allocation can't be had, however much is free (measured: ENOMEM).
  @Test(arguments: ["vr_interfaces=600000", "vr_vrfs=600000"]) func noBlockIsLargerThanTheLargest(
    options: String
  )
    throws
  {
    let verdict = MemoryVerdict.weigh(try memory(options).load, against: supply(order10: 4000))
    #expect(verdict.answer == .short(order: 11, blocks: 1))
  }

  /// The largest numbers that the kernel takes for the parameters; nothing traps.
  @Test func surviveTheLargestNumbers() throws {
    let most = VRouterParameter.all.filter { $0.type == .uint }.map { "\($0.name)=4294967295" }
    let memory = VRouterMemory(
      try VRouterParameterValues(ModuleOptions(parsing: most.joined(separator: " "))),
      on: VRouterHostFacts(presentCPUs: 65_535))
    #expect(memory.gates(isLoaded: false).allSatisfy { $0.demand.blockBytes > 0 })
    #expect(memory.bytes(of: .flow) > 0)
  }
}
