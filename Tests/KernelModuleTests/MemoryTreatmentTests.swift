import HostFiles
import KernelModule
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// A kernel that brings memory together when it is asked the right thing: it writes another /proc/buddyinfo.
private final class FakeKernelMemory: TreatmentRunner {
  let path: String
  /// What helps, and the blocks of order 10 that there are then.
  let cures: [TreatmentAction: UInt64]
  let refuses: Bool
  let asked = Mutex<[TreatmentAction]>([])

  init(_ path: String, cures: [TreatmentAction: UInt64], refuses: Bool = false) throws {
    (self.path, self.cures, self.refuses) = (path, cures, refuses)
    try show(0)
    try writeFile(
      "MemFree: 400000 kB\nCached: 90000 kB\nSReclaimable: 50000 kB\n", to: "\(path)/proc/meminfo")
    try writeFile("compact_stall 1\ndrop_slab 0\n", to: "\(path)/proc/vmstat")
  }

  func show(_ blocks: UInt64) throws {
    try writeFile("Node 0, zone Normal 900 0 0 0 0 0 0 0 0 0 \(blocks)\n", to: "\(path)/proc/buddyinfo")
  }

  /// As many NUMA nodes, each with so many blocks of order 10.
  func show(nodes: Int, blocks: UInt64 = 0) throws {
    try writeFile(
      (0..<nodes).map { "Node \($0), zone Normal 900 0 0 0 0 0 0 0 0 0 \(blocks)\n" }.joined(),
      to: "\(path)/proc/buddyinfo")
    for node in 0..<nodes { try writeFile("", to: "\(path)/sys/devices/system/node/node\(node)/compact") }
  }

  func perform(
    _ action: TreatmentAction, on host: HostRoot, within limit: Duration
  ) -> KernelModuleError? {
    asked.withLock { $0.append(action) }
    if refuses {
      return KernelModuleError(.hostFile, "write", action.control.path, errno: .readOnlyFileSystem)
    }
    if let blocks = cures[action] { try? show(blocks) }
    try? writeFile("compact_stall 4\ndrop_slab 0\n", to: "\(path)/proc/vmstat")
    return nil
  }
}

struct MemoryTreatmentTests {
  private static let gates = [
    MemoryGate(name: "the first", demand: Self.blocks(1)),
    MemoryGate(name: "the second", demand: Self.blocks(4)),
  ]

  private static func blocks(_ count: UInt64) -> MemoryDemand {
    MemoryDemand(
      [MemoryDemand.Allocation(name: "block", bytes: 4 << 20, count: count, order: 10)], pageSize: .fourKiB)
  }

  private struct Case {
    let bound: MemoryTreatment.Bound
    let cures: [TreatmentAction: UInt64]
    let kinds: [MemoryTreatment.Kind]
    let asked: [TreatmentAction]
    var refuses = false
  }

  private static let compact = TreatmentAction.compact(node: nil)

  private static let cases = [
    Case(bound: .none, cures: [compact: 9], kinds: [], asked: []),
    // Stopped as soon as the demand is met with its margin.
    Case(bound: .reclaim, cures: [compact: 9], kinds: [.compact], asked: [compact]),
    Case(bound: .compact, cures: [.dropPageCache: 9], kinds: [.compact], asked: [compact]),
    Case(
      bound: .reclaim, cures: [.dropPageCache: 9], kinds: [.compact, .pageCache],
      asked: [compact, .dropPageCache, compact]),
    Case(
      bound: .reclaim, cures: [.dropPageCacheAndSlab: 9], kinds: [.compact, .pageCache, .slab],
      asked: [compact, .dropPageCache, compact, .dropPageCacheAndSlab, compact]),
    Case(
      bound: .reclaim, cures: [:], kinds: [.compact, .pageCache, .slab, .wait],
      asked: [compact, .dropPageCache, compact, .dropPageCacheAndSlab, compact]),
    // Met, but only just: nothing is given up for the margin's sake.
    Case(bound: .reclaim, cures: [compact: 6], kinds: [.compact], asked: [compact]),
    Case(
      bound: .reclaim, cures: [:], kinds: [.compact, .pageCache, .slab, .wait],
      asked: [compact, .dropPageCache, .dropPageCacheAndSlab], refuses: true),
  ]

  @Test(arguments: cases.indices) func treatsStepByStep(index: Int) throws {
    let one = Self.cases[index]
    try withTemporaryRoot { host, path in
      let kernel = try FakeKernelMemory(path, cures: one.cures, refuses: one.refuses)
      var treatment = try MemoryTreatment(for: Self.gates, on: host)
      try treatment.run(within: one.bound, on: host, by: kernel, pacing: RecordedPacing())
      #expect(treatment.steps.map(\.kind) == one.kinds)
      #expect(kernel.asked.withLock { $0 } == one.asked)
      #expect(treatment.steps.allSatisfy { $0.isRefused == (one.refuses && $0.kind != .wait) })
      if let first = treatment.steps.first, !one.refuses {
        #expect(first.verdictsBefore.map(\.isShort) == [true, true])
        #expect(first.counters.map(\.name) == ["compact_stall"] && first.counters.map(\.by) == [3])
      }
      let met = (one.cures.values.max() ?? 0) >= 5 && one.bound != .none && !treatment.verdicts[1].isShort
      #expect(treatment.verdicts.contains(where: \.isShort) == !met)
    }
  }

  /// What can't be enough anyway isn't given up.
  @Test func givesNothingUpForNothing() throws {
    try withTemporaryRoot { host, path in
      let kernel = try FakeKernelMemory(path, cures: [:])
      try writeFile("MemFree: 3000 kB\nCached: 900 kB\nSReclaimable: 50 kB\n", to: "\(path)/proc/meminfo")
      var treatment = try MemoryTreatment(for: Self.gates, on: host)
      try treatment.run(within: .reclaim, on: host, by: kernel, pacing: RecordedPacing())
      #expect(treatment.steps.map(\.kind) == [.compact])
    }
  }

  @Test func enoughIsNotTreated() throws {
    try withTemporaryRoot { host, path in
      let kernel = try FakeKernelMemory(path, cures: [:])
      try kernel.show(20)
      var treatment = try MemoryTreatment(for: Self.gates, on: host)
      try treatment.run(within: .reclaim, on: host, by: kernel, pacing: RecordedPacing())
      #expect(treatment.steps.isEmpty)
    }
  }

  /// Node after node, until it is enough.
  @Test func compactsNodesInTurn() throws {
    try withTemporaryRoot { host, path in
      let kernel = try FakeKernelMemory(path, cures: [:])
      try kernel.show(nodes: 3)
      let cured = try FakeKernelMemory.Nodes(kernel, at: 1)
      var treatment = try MemoryTreatment(for: Self.gates, on: host)
      try treatment.run(within: .compact, on: host, by: cured, pacing: RecordedPacing())
      #expect(cured.asked.withLock { $0 } == [.compact(node: 0), .compact(node: 1)])
      #expect(treatment.verdicts.map(\.answer) == [.fits, .fits])
    }
  }

  /// A node that may not be compacted is told, and nothing of what was done on the others is lost for it.
  @Test func tellsTheNodeThatIsRefused() throws {
    try withTemporaryRoot { host, path in
      let kernel = try FakeKernelMemory(path, cures: [:])
      try kernel.show(nodes: 3)
      let cured = try FakeKernelMemory.Nodes(kernel, at: 2, refusing: [0])
      var treatment = try MemoryTreatment(for: Self.gates, on: host)
      try treatment.run(within: .compact, on: host, by: cured, pacing: RecordedPacing())
      let step = try #require(treatment.steps.first)
      #expect(step.done == [.compact(node: 1), .compact(node: 2)])
      #expect(step.refusals.map(\.subject) == ["/sys/devices/system/node/node0/compact"])
      #expect(!step.isRefused)
    }
  }

  /// What the kernel has just refused is not predicted: then no node is spared because all should fit.
  @Test func compactsEveryNodeAfterARefusal() throws {
    try withTemporaryRoot { host, path in
      let kernel = try FakeKernelMemory(path, cures: [:])
      try kernel.show(nodes: 2, blocks: 30)
      let cured = try FakeKernelMemory.Nodes(kernel, at: 5)
      var treatment = try MemoryTreatment(for: Self.gates, on: host)
      try treatment.run(
        within: .reclaim, on: host, by: cured, pacing: RecordedPacing(), waits: [], isRefused: true)
      #expect(treatment.steps.map(\.kind) == [.compact])
      #expect(cured.asked.withLock { $0 } == [.compact(node: 0), .compact(node: 1)])
    }
  }

  @Test func waitsForReclaim() throws {
    try withTemporaryRoot { host, path in
      let kernel = try FakeKernelMemory(path, cures: [:])
      var treatment = try MemoryTreatment(for: Self.gates, on: host)
      let pacing = ReclaimingPacing(kernel)
      try treatment.run(within: .reclaim, on: host, by: kernel, pacing: pacing)
      #expect(treatment.steps.last?.kind == .wait)
      #expect(pacing.waits.withLock { $0 } == [.milliseconds(200), .milliseconds(400)])
      #expect(treatment.verdicts.map(\.answer) == [.fits, .fits])
    }
  }

  @Test(arguments: [
    (TreatmentAction.compact(node: nil), "/proc/sys/vm/compact_memory", "1"),
    (.compact(node: 3), "/sys/devices/system/node/node3/compact", "1"),
    (.dropPageCache, "/proc/sys/vm/drop_caches", "1"),
    (.dropPageCacheAndSlab, "/proc/sys/vm/drop_caches", "3"),
  ])
  func asksTheKernel(action: TreatmentAction, path: String, value: String) throws {
    #expect(TreatmentAction(rawValue: action.rawValue) == action)
    try withTemporaryRoot { host, root in
      #expect(
        DirectTreatment().perform(action, on: host, within: .seconds(1))?.errno == .noSuchFileOrDirectory)
      try writeFile("", to: root + path)
      #expect(DirectTreatment().perform(action, on: host, within: .seconds(1)) == nil)
      #expect(try host.readValue(path) == value)
    }
  }

  @Test(arguments: ["", "compact-node-", "compact-node--1", "drop", "compact-node-x"])
  func knowsNoOtherActions(word: String) { #expect(TreatmentAction(rawValue: word) == nil) }
}

extension FakeKernelMemory {
  /// Compacting one node helps.
  final class Nodes: TreatmentRunner {
    let kernel: FakeKernelMemory
    let node: Int
    let refused: Set<Int>
    let asked = Mutex<[TreatmentAction]>([])

    init(_ kernel: FakeKernelMemory, at node: Int, refusing refused: Set<Int> = []) throws {
      (self.kernel, self.node, self.refused) = (kernel, node, refused)
    }

    func perform(
      _ action: TreatmentAction, on host: HostRoot, within limit: Duration
    ) -> KernelModuleError? {
      asked.withLock { $0.append(action) }
      if case .compact(let asked?) = action, refused.contains(asked) {
        return KernelModuleError(.hostFile, "write", action.control.path, errno: .notPermitted)
      }
      if action == .compact(node: node) { try? kernel.show(30) }
      return nil
    }
  }
}

/// Time in which the kernel reclaims: after the second wait it is enough.
private final class ReclaimingPacing: Pacing {
  let kernel: FakeKernelMemory
  let waits = Mutex<[Duration]>([])

  init(_ kernel: FakeKernelMemory) { self.kernel = kernel }

  func wait(_ duration: Duration) {
    let count = waits.withLock {
      $0.append(duration)
      return $0.count
    }
    if count == 2 { try? kernel.show(30) }
  }

  func now() -> Duration { .zero }
}

struct TreatmentForecastTests {
  /// A guest's memory in pieces, by hand: 100 MiB free in blocks of order 8, among movable or unmovable content.
  @Test(arguments: [("Movable", 25), ("Unmovable", 0)] as [(String, UInt64)])
  func onlyMovableContentComesTogether(type: String, gathered: UInt64) throws {
    let types = PageTypeInfo(
      zones: [
        PageTypeInfo.Zone(
          node: 0, name: "DMA32", free: [type: FreeBlocks([0, 0, 0, 0, 0, 0, 0, 0, 100, 0, 0])])
      ], pageblockOrder: 9)
    let supply = MemorySupply(
      try BuddyInfo(parsing: "Node 0, zone DMA32 0 0 0 0 0 0 0 0 100 0 0"), zoneInfo: nil, types: types)
    let use = MemoryUse(NumberedFile(["Cached": 40 << 10, "SReclaimable": 8 << 10]))
    func forecast(_ types: PageTypeInfo?) -> [UInt64] {
      TreatmentForecast.make(supply: supply, types: types, use: use, order: 10, pageSize: .fourKiB).map(
        \.atMost)
    }
    #expect(forecast(types) == [gathered, gathered + 10, gathered + 12])
    // No treatment makes a block of an order that the kernel doesn't have.
    #expect(
      TreatmentForecast.make(supply: supply, types: types, use: use, order: 11, pageSize: .fourKiB)
        .allSatisfy { $0.now == 0 && $0.atMost == 0 })
    // Where nobody can tell, it may all come together.
    #expect(forecast(nil) == [25, 35, 37])
  }
}
