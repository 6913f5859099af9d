import Foundation
import HostFiles
import KernelModule
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// From a virtual machine with 24 GiB and Linux 6.18: `cat /proc/buddyinfo`.
private let largeHost = """
  Node 0, zone      DMA      0      0      0      0      0      0      0      0      1      1      3
  Node 0, zone    DMA32      1      1      4      2      5      4      3      3      4      2    752
  Node 0, zone   Normal    776    558    393    243    103     65     20     17      9     88    240

  """

/// From the same machine, shortened: `cat /proc/zoneinfo`, without statistics and per-CPU lists but for one each.
private let largeHostZones = """
  Node 0, zone      DMA
    per-node stats
        nr_inactive_anon 1735
        nr_dirtied   304054
    pages free     3840
          boost    0
          min      52
          low      65
          high     78
          promo    91
          spanned  4095
          present  3998
          managed  3840
          cma      0
          protection: (0, 3019, 4811, 4811, 4811)
        nr_free_pages 3840
        nr_free_cma  0
    pagesets
      cpu: 0
                count:    0
                high:     0
                batch:    1
                high_min: 32
    vm stats threshold: 4
    node_unreclaimable:  0
    start_pfn:           1
  Node 0, zone    DMA32
    pages free     772915
          min      10569
          low      13211
          high     15853
          managed  772915
          protection: (0, 0, 1792, 1792, 1792)
        nr_free_cma  0
  Node 0, zone   Normal
    pages free     267215
          min      6273
          low      7841
          high     9409
          managed  458752
          protection: (0, 0, 0, 0, 0)
        nr_free_cma  0
  Node 0, zone  Movable
    pages free     0
          min      32
          managed  0
          protection: (0, 0, 0, 0, 0)
  """

struct FreeBlocksTests {
  @Test func countsPages() {
    #expect(FreeBlocks([1, 2, 3]).pages == 1 + 4 + 12)
    #expect(FreeBlocks([]).pages == 0)
    #expect(FreeBlocks([.max, .max]).pages == .max)
  }

  @Test(arguments: [(0, 29), (1, 14), (2, 6), (3, 3), (4, 1), (5, 0), (-1, 0)] as [(Int, UInt64)])
  func countsWhatCanBeHad(order: Int, expected: UInt64) {
    // 1 + 2·2 + 0·4 + 1·8 + 1·16 pages.
    #expect(FreeBlocks([1, 2, 0, 1, 1]).available(order) == expected)
  }

  @Test func takesTheSmallestAndSplitsLargerOnes() {
    var blocks = FreeBlocks([0, 1, 0, 1])
    func take(_ order: Int) -> Bool { blocks.take(order) }
    #expect(take(1))
    #expect(blocks.counts == [0, 0, 0, 1])
    #expect(take(0))
    #expect(blocks.counts == [1, 1, 1, 0])
    #expect(!take(3))
    #expect(blocks.counts == [1, 1, 1, 0])
    #expect(take(2) && take(0) && take(0) && take(0))
    #expect(blocks.pages == 0)
    #expect(!take(0) && !take(9) && !take(-1))
  }

  /// Taking never loses or makes a page, and never fails while a block can be had.
  @Test func takingKeepsTheSum() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SplitMix(state: seed)
    for _ in 0..<300 {
      var blocks = FreeBlocks(
        (0..<Int.random(in: 1...12, using: &generator)).map { _ in
          UInt64.random(in: 0...3, using: &generator)
        })
      for _ in 0..<20 {
        let order = Int.random(in: 0...12, using: &generator)
        let (before, could) = (blocks.pages, blocks.available(order) > 0)
        let did = blocks.take(order)
        #expect(did == could && blocks.pages == before - (did ? 1 << UInt64(order) : 0), "seed \(seed)")
      }
    }
  }

  /// Values computed by hand from the definitions in mm/vmstat.c.
  @Test(
    arguments: [
      ([4, 0, 0], 2, 1.0, 1 - (1 + 4.0 / 4) / 4),  // four single pages
      ([0, 0, 3], 2, 0.0, -1.0),
      ([4, 0, 1], 2, 0.5, -1.0),
      ([1, 0, 0], 2, 1.0, 1 - (1 + 1.0 / 4) / 1),  // starved: negative
    ] as [([UInt64], Int, Double, Double)])
  func measuresFragmentation(counts: [UInt64], order: Int, unusable: Double, fragmentation: Double) {
    let blocks = FreeBlocks(counts)
    #expect(blocks.unusableIndex(order) == unusable)
    #expect(blocks.fragmentationIndex(order) == fragmentation)
  }

  @Test func nothingFreeHasNoIndex() {
    #expect(FreeBlocks([0, 0]).unusableIndex(1) == nil)
    #expect(FreeBlocks([0, 0]).fragmentationIndex(1) == 0)
    #expect(FreeBlocks([5]).unusableIndex(3) == 1)
  }
}

struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}

struct BuddyInfoTests {
  @Test func readsALargeHost() throws {
    let info = try BuddyInfo(parsing: largeHost)
    #expect(info.zones.map(\.name) == ["DMA", "DMA32", "Normal"])
    #expect(info.zones.map(\.free.largestOrder) == [10, 10, 10])
    #expect(info.zones[2].free.counts == [776, 558, 393, 243, 103, 65, 20, 17, 9, 88, 240])
  }

  /// Orders, nodes and zones are as many as the kernel has.
  @Test(arguments: [1, 7, 11, 12, 14]) func takesAnyShape(orders: Int) throws {
    let columns = (0..<orders).map { "\($0)" }.joined(separator: " ")
    let info = try BuddyInfo(
      parsing:
        "Node 0, zone   Normal \(columns)\nNode 12, zone   HighMem   \(columns)\nNode 12, zone Device \(columns)"
    )
    #expect(info.zones.map(\.node) == [0, 12, 12])
    #expect(info.zones.allSatisfy { $0.free.counts.count == orders })
  }

  @Test(
    arguments: [
      ("", 1), ("\n\n", 1), ("junk", 1), ("Node 0, zone Normal", 1), ("Node x, zone Normal 1", 1),
      ("Node 0 zone Normal 1", 1), ("Node 0, zone Normal 1 -2", 1), ("Node 0, zone Normal 1 2x", 1),
      ("Node 0, zone Normal 1 2\nNode 0, zone DMA 1", 2), ("Node 0, zone Normal 1\n\nNode", 3),
      ("Node 0, zone Normal 99999999999999999999", 1), ("Node 0, zone Normal 18446744073709551615", 1),
      ("Node -1, zone Normal 1", 1),
    ])
  func refusesJunkWithItsLine(text: String, line: Int) {
    let error = #expect(throws: KernelModuleError.self) { try BuddyInfo(parsing: text) }
    #expect(error?.kind == .malformed)
    #expect(error?.line == line)
  }

  /// Broken texts give an error or a value, never a trap.
  @Test func survivesDamage() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SplitMix(state: seed)
    for _ in 0..<400 {
      var bytes = Array((Bool.random(using: &generator) ? largeHost : largeHostZones).utf8)
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      let text = String(decoding: bytes, as: UTF8.self)
      if let buddy = try? BuddyInfo(parsing: text) {
        _ = MemorySupply(buddy, zoneInfo: try? ZoneInfo(parsing: largeHostZones)).obtainable(10)
      }
      _ = try? ZoneInfo(parsing: text)
    }
  }
}

struct ZoneInfoTests {
  @Test func readsALargeHost() throws {
    let info = try ZoneInfo(parsing: largeHostZones)
    #expect(info.zones.map(\.name) == ["DMA", "DMA32", "Normal", "Movable"])
    let zone = try #require(info.zone(node: 0, name: "DMA32"))
    #expect(
      [zone.free, zone.min, zone.low, zone.high, zone.managed] == [772_915, 10_569, 13_211, 15_853, 772_915])
    #expect(zone.protection == [0, 0, 1792, 1792, 1792])
    #expect(info.zone(node: 1, name: "DMA32") == nil)
  }

  @Test(
    arguments: [
      ("", 1), ("pages free 1", 1), ("Node", 1), ("Node 0, zone Normal\n  min x", 2),
      ("Node 0, zone Normal\n  pages free -1", 2), ("Node 0, zone Normal\n protection: 0, 1", 2),
      ("Node 0, zone Normal\n protection: (0, x)", 2), ("Node 0, zone Normal\n protection: )0(", 2),
    ])
  func refusesJunkWithItsLine(text: String, line: Int) {
    let error = #expect(throws: KernelModuleError.self) { try ZoneInfo(parsing: text) }
    #expect(error?.kind == .malformed)
    #expect(error?.line == line)
  }
}

struct MemorySupplyTests {
  @Test func leavesOutWhatCantServe() throws {
    let supply = MemorySupply(
      try BuddyInfo(parsing: largeHost + "Node 0, zone  Movable 0 0 0 0 0 0 0 0 0 0 9\n"),
      zoneInfo: try ZoneInfo(parsing: largeHostZones))
    #expect(supply.zones.map(\.name) == ["Normal", "DMA32", "DMA"])
    #expect(supply.leftOut.keys.sorted() == ["Movable"])
    // 3/8 of the watermark, and what a lower zone keeps back from allocations for Normal.
    #expect(supply.zones.map(\.floor) == [2352, 3963 + 1792, 19 + 4811])
    // The watermark may rise by half as much again as `high`.
    let highest: [UInt64] = [7644, 14_672, 4874]
    #expect(supply.zones.map(\.highestFloor) == highest)
    // The DMA zone keeps back more than it has: it serves nothing here.
    #expect(supply.zones[2].obtainable(0) == 0 && supply.zones[2].obtainable(10) == 0)
  }

  /// The DMA zone of x86 keeps back a 256th of what lies above it: little enough on a machine of some hundred MiB to
  /// serve, and too much on a larger one. (Measured: its three blocks of 4 MiB served guests of 128 to 512 MiB.) On
  /// arm64 it is ordinary memory.
  @Test(
    arguments: [(480, 3, 3), (970, 3, 2), (2048, 3, 1), (4811, 3, 0), (5, 300, 300)]
      as [(UInt64, UInt64, UInt64)])
  func countsWhatTheDMAZoneDoesNotKeepBack(kept: UInt64, blocks: UInt64, obtainable: UInt64) throws {
    let supply = MemorySupply(
      try BuddyInfo(
        parsing: "Node 0, zone DMA 0 0 0 0 0 0 0 0 1 1 \(blocks)\nNode 0, zone Normal 0 0 0 0 0 0 0 0 0 0 0"),
      zoneInfo: try ZoneInfo(
        parsing:
          "Node 0, zone DMA\n min 21\n protection: (0, \(kept))\nNode 0, zone Normal\n protection: (0, 0)"))
    #expect(supply.zones.map(\.name) == ["Normal", "DMA"])
    #expect(supply.obtainable(10) == obtainable)
  }

  /// Without /proc/zoneinfo nobody can tell what it keeps back.
  @Test func dmaIsLeftOutWhenItsReserveIsUnknown() throws {
    let supply = MemorySupply(
      try BuddyInfo(parsing: "Node 0, zone DMA 0 0 9\nNode 0, zone Normal 0 0 9"), zoneInfo: nil)
    #expect(supply.zones.map(\.name) == ["Normal"])
    #expect(supply.leftOut.keys.sorted() == ["DMA"])
  }

  /// Below the `high` watermark the kernel reclaims by itself, as far as there is something to reclaim.
  @Test(arguments: [(900, 0, 0), (900, 500, 90), (900, 50, 50), (1200, 500, 0)] as [(Int, UInt64, UInt64)])
  func countsWhatMayComeBack(free: Int, reclaimable: UInt64, expected: UInt64) throws {
    let supply = MemorySupply(
      try BuddyInfo(parsing: "Node 0, zone Normal 900 0 0"),
      zoneInfo: try ZoneInfo(
        parsing: "Node 0, zone Normal\n pages free \(free)\n boost 100\n min 760\n high 990"),
      reclaimable: reclaimable, ownPages: 7)
    #expect(supply.zones[0].returning == expected + 7)
    // A watermark that is raised now may sink again, and may be raised further.
    #expect(supply.zones[0].floor == 660 * 3 / 8)
    #expect(supply.zones[0].highestFloor == (660 + 1335) * 3 / 8)
  }

  @Test func aloneDMACounts() throws {
    let supply = MemorySupply(try BuddyInfo(parsing: "Node 0, zone DMA 0 0 9"), zoneInfo: nil)
    #expect(supply.zones.map(\.name) == ["DMA"])
  }

  @Test func ordersZonesAsTheKernelTriesThem() throws {
    let text = "Node 0, zone DMA32 1\nNode 0, zone Normal 1\nNode 1, zone Normal 1"
    let supply = MemorySupply(try BuddyInfo(parsing: text), zoneInfo: nil)
    #expect(supply.zones.map { "\($0.node)\($0.name)" } == ["0Normal", "0DMA32", "1Normal"])
  }

  @Test(arguments: [
    (0, [4, 0, 3]), (4, [4, 0, 2]), (5, [4, 0, 1]), (12, [4, 0, 0]), (14, [2, 0, 0]), (99, [0, 0, 0]),
  ])
  func takesAwayCMA(pages: Int, expected: [UInt64]) throws {
    let supply = MemorySupply(
      try BuddyInfo(parsing: "Node 0, zone Normal 4 0 3"),
      zoneInfo: try ZoneInfo(parsing: "Node 0, zone Normal\n nr_free_cma \(pages)"))
    #expect(supply.free.counts == expected)
  }

  /// Blocks that can be had, one by one, are as many as the arithmetic says.
  @Test func respectsTheReserve() {
    for floor: UInt64 in [0, 1, 5, 8, 11, 12, 20, 21] {
      let zone = MemorySupply.Zone(node: 0, name: "Normal", free: FreeBlocks([1, 2, 4]), floor: floor)
      for order in 0...2 {
        let demand = MemoryDemand(
          [MemoryDemand.Allocation(name: "x", bytes: 4096 << UInt64(order), count: 100, order: order)],
          pageSize: .fourKiB)
        let verdict = MemoryVerdict.weigh(demand, against: MemorySupply(zones: [zone]))
        #expect(
          verdict.answer == .short(order: order, blocks: 100 - zone.obtainable(order)),
          "floor \(floor) order \(order)")
      }
    }
  }

  @Test func readsTheHost() throws {
    try withTemporaryRoot { host, path in
      #expect(throws: KernelModuleError.self) { try MemorySupply.observe(on: host) }
      try writeFile(largeHost, to: "\(path)/proc/buddyinfo")
      #expect(try MemorySupply.observe(on: host).zones.map(\.floor) == [0, 0])
      try writeFile(largeHostZones, to: "\(path)/proc/zoneinfo")
      let supply = try MemorySupply.observe(on: host)
      #expect(supply.zones.map(\.floor) == [2352, 5755, 4830])
      guard case .countsOnly(let reason) = supply.detail else {
        Issue.record("types out of nothing")
        return
      }
      #expect(reason.contains("/proc/pagetypeinfo"))
      try writeFile("junk", to: "\(path)/proc/zoneinfo")
      #expect(throws: KernelModuleError.self) { try MemorySupply.observe(on: host) }
    }
  }
}

struct MemoryVerdictTests {
  private func demand(_ orders: [(Int, UInt64)], bytes: UInt64 = 0) -> MemoryDemand {
    MemoryDemand(
      orders.map {
        MemoryDemand.Allocation(name: "block", bytes: 4096 << UInt64($0.0), count: $0.1, order: $0.0)
      }
        + (bytes > 0 ? [MemoryDemand.Allocation(name: "small", bytes: bytes, order: nil)] : []),
      pageSize: .fourKiB)
  }

  private func supply(_ counts: [UInt64]) -> MemorySupply {
    MemorySupply(zones: [MemorySupply.Zone(node: 0, name: "Normal", free: FreeBlocks(counts), floor: 0)])
  }

  @Test(
    arguments: [
      ([(6, 1)], [700, 0, 0, 0, 0, 0, 3], MemoryVerdict.Answer.fits, 2),
      ([(6, 1)], [700, 0, 0, 0, 0, 0, 2], .onlyJust, 1), ([(6, 1)], [700, 0, 0, 0, 0, 0, 1], .onlyJust, 0),
      ([(3, 1)], [0, 0, 9, 0], .short(order: 3, blocks: 1), 0),
      ([(3, 5)], [0, 0, 9, 2], .short(order: 3, blocks: 3), 0),
      // The small block takes from a large one that is then missing.
      ([(1, 1), (3, 2)], [0, 0, 0, 2], .short(order: 3, blocks: 1), 0),
      ([(3, 2), (1, 1)], [0, 0, 0, 2], .short(order: 1, blocks: 1), 0),
      ([(5, 1)], [0, 0, 0, 9], .short(order: 5, blocks: 1), 0),
      ([], [], .onlyJust, 0),
    ] as [([(Int, UInt64)], [UInt64], MemoryVerdict.Answer, UInt64)])
  func weighs(needed: [(Int, UInt64)], free: [UInt64], answer: MemoryVerdict.Answer, spare: UInt64) {
    let verdict = MemoryVerdict.weigh(demand(needed), against: supply(free))
    #expect(verdict.answer == answer)
    #expect(verdict.spare == spare)
    #expect(verdict.isShort == { if case .short = answer { true } else { false } }())
  }

  @Test func scatteredMemoryTakesPages() {
    #expect(MemoryVerdict.weigh(demand([], bytes: 4096 * 7), against: supply([0, 0, 2])).answer == .onlyJust)
    #expect(
      MemoryVerdict.weigh(demand([], bytes: 4096 * 9), against: supply([0, 0, 2])).answer
        == .short(order: 0, blocks: 1))
  }

  @Test func saysWhatIsShort() {
    let verdict = MemoryVerdict.weigh(demand([(2, 4), (1, 1)]), against: supply([5, 6, 1]))
    #expect(verdict.description == "short by 3 blocks of order 2 (16 KiB each): needs 4, 1 can be had")
    #expect(verdict.rows.map(\.needed) == [0, 1, 4])
    #expect(verdict.rows.map(\.free) == [5, 6, 1])
    #expect(verdict.rows.map(\.missing) == [0, 0, 3])
    #expect(verdict.rows[2].unusable == 17.0 / 21)
  }

  @Test(arguments: [
    (0, 0), (1, 0), (4096, 0), (4097, 1), (8192, 1), (8193, 2), (1 << 22, 10), ((1 << 22) + 1, 11),
  ])
  func computesOrders(bytes: Int, order: Int) {
    #expect(PageSize.fourKiB.order(UInt64(bytes)) == order)
  }

  @Test func checksPageSizes() {
    #expect(PageSize(bytes: 65_536)?.order(4 << 20) == 6)
    #expect(PageSize(bytes: 0) == nil && PageSize(bytes: 4097) == nil && PageSize(bytes: 2048) == nil)
    #expect(PageSize.running.bytes >= 4096)
  }
}
