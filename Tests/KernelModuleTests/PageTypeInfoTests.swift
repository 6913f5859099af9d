import KernelModule
import TestSupport
import Testing

/// From a virtual machine with 24 GiB and Linux 6.18, shortened: `cat /proc/pagetypeinfo`.
private let text = """
  Page block order: 9
  Pages per block:  512

  Free pages count per migrate type at order       0      1      2      3      4      5      6      7      8      9     10
  Node    0, zone      DMA, type    Unmovable      0      0      0      0      0      0      0      0      1      0      0
  Node    0, zone      DMA, type      Movable      0      0      0      0      0      0      0      0      0      1      3
  Node    0, zone      DMA, type  Reclaimable      0      0      0      0      0      0      0      0      0      0      0
  Node    0, zone      DMA, type   HighAtomic      0      0      0      0      0      0      0      0      0      0      0
  Node    0, zone      DMA, type      Isolate      0      0      0      0      0      0      0      0      0      0      0
  Node    0, zone   Normal, type    Unmovable      1      1     56      1   1521   1283    729    384    175      0      0
  Node    0, zone   Normal, type      Movable >100000   3628   3034   1930   1051    639    305    142     65    248   2947
  Node    0, zone   Normal, type  Reclaimable   4570   1966    812    349    311     80     21     12      9      1      0
  Node    0, zone   Normal, type   HighAtomic      0      0      0      0      0      0      0      0      0      0      0
  Node    0, zone   Normal, type          CMA      0      0      0      0      0      0      0      0      0      0      7
  Node    0, zone   Normal, type      Isolate      0      0      0      0      0      0      0      0      0      0      0

  Number of blocks type     Unmovable      Movable  Reclaimable   HighAtomic      Isolate
  Node 0, zone      DMA            1            7            0            0            0
  Node 0, zone   Normal          554         6884          306            0            0

  Number of mixed blocks    Unmovable      Movable  Reclaimable   HighAtomic      Isolate
  Node 0, zone      DMA            1            0            0            0            0

  """

struct PageTypeInfoTests {
  @Test func readsBlocksByType() throws {
    let info = try PageTypeInfo(parsing: text)
    #expect(info.pageblockOrder == 9)
    #expect(info.zones.map(\.name) == ["DMA", "Normal"])
    let normal = try #require(info.zone(node: 0, name: "Normal"))
    #expect(normal.free["Unmovable"]?.counts == [1, 1, 56, 1, 1521, 1283, 729, 384, 175, 0, 0])
    #expect(normal.free["Movable"]?.counts.first == 100_000)
    #expect(normal.pageblocks["Unmovable"] == 554 && normal.pageblocks["Reclaimable"] == 306)
    // Mixed blocks are another table.
    #expect(info.zone(node: 0, name: "DMA")?.pageblocks["Movable"] == 7)
    #expect(info.zone(node: 1, name: "DMA") == nil)
  }

  /// Where it stopped counting, /proc/buddyinfo knows the rest; what is set aside for CMA serves nobody here.
  @Test func countsOnWhereTheKernelStopped() throws {
    let supply = MemorySupply(
      try BuddyInfo(
        parsing: "Node 0, zone Normal 204571 5595 3902 2280 2883 2002 1055 538 249 249 2954"),
      zoneInfo: nil, types: try PageTypeInfo(parsing: text))
    let zone = try #require(supply.zones.first)
    #expect(zone.own.counts == [1, 1, 56, 1, 1521, 1283, 729, 384, 175, 0, 0])
    #expect(zone.foreign.counts.first == 200_000 + 4570)
    #expect(zone.foreign.counts.last == 2947)
    #expect(zone.free.counts[1...] == [5595, 3902, 2280, 2883, 2002, 1055, 538, 249, 249, 2947])
    #expect(supply.detail == .byType)
  }

  @Test(
    arguments: [
      ("", 1), ("Page block order: 9", 1), ("Page block order: x", 1), ("Page block order: 99", 1),
      ("Node 0, zone Normal, type Movable 1", 1), ("Page block order: 9\nNode 0, zone", 2),
      ("Page block order: 9\nNode 0, zone DMA, type Movable", 2),
      ("Page block order: 9\nNode 0, zone DMA, Movable 1 2", 2),
      ("Page block order: 9\nNode 0, zone DMA, type Movable 1 -2", 2),
      ("Page block order: 9\nNode 0, zone DMA, type Movable >", 2),
      ("Page block order: 9\nNode 0, zone DMA, type Movable 99999999999999999999", 2),
      ("Page block order: 9\nNumber of blocks type Movable Isolate\nNode 0, zone DMA 1", 3),
    ])
  func refusesJunkWithItsLine(text: String, line: Int) {
    let error = #expect(throws: KernelModuleError.self) { try PageTypeInfo(parsing: text) }
    #expect(error?.kind == .malformed)
    #expect(error?.line == line)
  }

  /// Broken texts give an error or a value, never a trap.
  @Test func survivesDamage() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SplitMix(state: seed)
    let buddy = try? BuddyInfo(parsing: "Node 0, zone Normal 1 1 1 1 1 1 1 1 1 1 1")
    for _ in 0..<300 {
      var bytes = Array(text.utf8)
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      guard let info = try? PageTypeInfo(parsing: String(decoding: bytes, as: UTF8.self)), let buddy else {
        continue
      }
      _ = MemorySupply(buddy, zoneInfo: nil, types: info).obtainable(10)
    }
  }
}

struct NumberedFileTests {
  /// From a guest with 512 MiB and Linux 6.1: `grep -E … /proc/meminfo`.
  @Test func tellsWhatCanBeGivenUp() throws {
    let file = try NumberedFile(
      parsing: """
        MemTotal:         481044 kB
        MemFree:          436044 kB
        MemAvailable:     433160 kB
        Buffers:             500 kB
        Cached:            24048 kB
        Dirty:                48 kB
        Writeback:             0 kB
        Shmem:             20000 kB
        SReclaimable:       3164 kB
        HugePages_Total:       0
        """, path: "/proc/meminfo")
    let use = MemoryUse(file)
    #expect(use.total == 481_044 && use.free == 436_044 && use.available == 433_160)
    #expect(use.droppablePageCache == 4500)
    #expect(use.reclaimableSlab == 3164)
    #expect(MemoryUse(NumberedFile(["Cached": 5, "Shmem": 9])).droppablePageCache == 0)
  }

  @Test(arguments: ["", "MemFree:", "MemFree: x kB", "compact_stall -1"])
  func refusesJunk(text: String) {
    let error = #expect(throws: KernelModuleError.self) { try NumberedFile(parsing: text, path: "/proc/x") }
    #expect(error?.subject == "/proc/x" && error?.line == 1)
  }

  @Test func countersGrow() {
    let before = CompactionCounters(["compact_stall": 3, "compact_success": 1, "drop_slab": 2])
    let after = CompactionCounters(["compact_stall": 7, "compact_success": 1, "drop_slab": 3, "new": 9])
    #expect(after.growth(since: before).map(\.name) == ["compact_stall", "drop_slab"])
    #expect(after.growth(since: before).map(\.by) == [4, 1])
    // A counter that went back says nothing.
    #expect(before.growth(since: after).isEmpty)
  }
}

struct HugePagesTests {
  @Test func readsPoolsAndMounts() throws {
    try withTemporaryRoot { host, path in
      for (folder, total, free) in [
        ("/sys/kernel/mm/hugepages/hugepages-2048kB", 100, 90),
        ("/sys/devices/system/node/node1/hugepages/hugepages-2048kB", 60, 50),
        ("/sys/devices/system/node/node0/hugepages/hugepages-2048kB", 40, 40),
      ] {
        try writeFile("\(total)\n", to: "\(path)\(folder)/nr_hugepages")
        try writeFile("\(free)\n", to: "\(path)\(folder)/free_hugepages")
      }
      try writeFile("7\n", to: "\(path)/sys/kernel/mm/hugepages/hugepages-2048kB/resv_hugepages")
      // What is no pool, or can't be read, is passed over.
      try writeFile("1\n", to: "\(path)/sys/kernel/mm/hugepages/hugepages-xkB/nr_hugepages")
      try writeFile("x\n", to: "\(path)/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages")
      try writeFile(
        """
        proc /proc proc rw 0 0
        hugetlbfs /dev/hugepages hugetlbfs rw,relatime,pagesize=2M 0 0
        nodev /mnt/huge1G hugetlbfs rw,relatime,pagesize=1024M 0 0
        nodev /mnt/huge hugetlbfs rw,relatime 0 0
        nodev /mnt/last hugetlbfs rw,pagesize=2M,size=64M 0 0
        """, to: "\(path)/proc/mounts")
      let pages = HugePages.observe(on: host)
      #expect(pages.pools.map(\.node) == [nil, 0, 1])
      #expect(pages.pools.map(\.total) == [100, 40, 60])
      #expect(pages.pool(of: 2 << 20)?.obtainable == 83)
      #expect(pages.pool(of: 1 << 30) == nil)
      #expect(pages.mounts.map(\.pageBytes) == [2 << 20, 1 << 30, nil, 2 << 20])
      #expect(pages.mounts.last?.path == "/mnt/last")
    }
  }

  @Test func nothingIsNoError() throws {
    try withTemporaryRoot { host, _ in
      #expect(HugePages.observe(on: host) == HugePages(pools: [], mounts: []))
    }
  }
}
