import Testing

@testable import KernelModule

/// What the kernel may do with the blocks there are, at best and at worst.
struct AllocationTests {
  private func demand(_ blocks: [(order: Int, count: UInt64)]) -> MemoryDemand {
    MemoryDemand(
      blocks.map {
        MemoryDemand.Allocation(
          name: "block", bytes: 4096 << UInt64($0.order), count: $0.count, order: $0.order)
      }, pageSize: .fourKiB)
  }

  private func zone(own: [UInt64], foreign: [UInt64], floor: UInt64 = 0, highest: UInt64? = nil)
    -> MemorySupply
  {
    MemorySupply(
      zones: [
        MemorySupply.Zone(
          node: 0, name: "Normal", own: FreeBlocks(own), foreign: FreeBlocks(foreign), floor: floor,
          highestFloor: highest)
      ])
  }

  /// A small block that unmovable content has none for is broken out of the largest of another type, though a smaller one
  /// of that type is there.
  @Test func aSmallBlockBreaksTheLargestOfOthers() {
    let supply = zone(own: [0, 0, 0, 0, 0, 0], foreign: [0, 0, 0, 0, 1, 4])
    var best = AllocationTrial(supply, .best)
    #expect(best.take(demand([(4, 1)])).isEmpty)
    #expect(best.free.counts == [0, 0, 0, 0, 0, 4])
    var worst = AllocationTrial(zone(own: [600], foreign: [0, 0, 0, 0, 1, 4]), .worst)
    #expect(worst.take(demand([(4, 1)])).isEmpty)
    #expect(worst.free.counts[4] == 2 && worst.free.counts[5] == 3)
  }

  /// What is broken stays with unmovable content and serves the next small ones.
  @Test func whatIsBrokenServesTheNext() {
    var worst = AllocationTrial(zone(own: [600], foreign: [0, 0, 0, 0, 0, 3]), .worst)
    #expect(worst.take(demand([(4, 2)])).isEmpty)
    #expect(worst.obtainable(5) == 2)
  }

  /// Each block smaller than 2 MiB that is taken over from other content raises the reserve by 3/8 of a page block, as far
  /// as it goes; larger blocks don't.
  @Test(
    arguments: [
      ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3], 3500, true), ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3], 0, true),
      ([0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0], 3500, false), ([0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0], 0, true),
    ] as [([UInt64], UInt64, Bool)])
  func takingOverSmallBlocksRaisesTheReserve(foreign: [UInt64], highest: UInt64, isEnough: Bool) {
    var worst = AllocationTrial(
      zone(own: [800], foreign: foreign, floor: 500, highest: highest), .worst)
    #expect(worst.take(demand([(8, 5)])).isEmpty == isEnough)
  }

  /// A reserve that is raised now may sink again, and may not.
  @Test func aReserveThatIsRaisedMakesItOnlyJust() {
    func answer(present: UInt64) -> MemoryVerdict.Answer {
      let supply = MemorySupply(
        zones: [
          MemorySupply.Zone(
            node: 0, name: "Normal", own: FreeBlocks([600, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3]), floor: 10,
            presentFloor: present)
        ])
      return MemoryVerdict.weigh(demand([(10, 1)]), against: supply).answer
    }
    #expect(answer(present: 10) == .fits)
    #expect(answer(present: 1500) == .onlyJust)
    #expect(answer(present: 3500) == .onlyJust)
  }

  /// The second gate is weighed with what the first one leaves.
  @Test func gatesTakeInTurn() {
    let gates = [
      MemoryGate(name: "first", demand: demand([(10, 2)])),
      MemoryGate(name: "second", demand: demand([(10, 4)])),
    ]
    func answers(_ blocks: UInt64) -> [MemoryVerdict.Answer] {
      MemoryGate.weigh(gates, against: zone(own: [2000, 0, 0, 0, 0, 0, 0, 0, 0, 0, blocks], foreign: [])).map(
        \.answer)
    }
    #expect(answers(8) == [.fits, .fits])
    #expect(answers(7) == [.fits, .onlyJust])
    #expect(answers(5) == [.fits, .short(order: 10, blocks: 1)])
    #expect(answers(1) == [.short(order: 10, blocks: 1), .short(order: 10, blocks: 4)])
    #expect(
      MemoryVerdict.weigh(
        gates[1].demand, after: [gates[0].demand],
        against: zone(own: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5], foreign: [])
      ).rows[10].available == 3)
  }

  /// Pages on the processors' lists serve small needs at best; nobody can count on them.
  @Test func listedPagesServeAtBestOnly() {
    let supply = MemorySupply(
      zones: [
        MemorySupply.Zone(node: 0, name: "Normal", own: FreeBlocks([1]), floor: 0, listed: 9)
      ])
    let small = MemoryDemand(
      [MemoryDemand.Allocation(name: "small", bytes: 4096 * 10, order: nil)], pageSize: .fourKiB)
    #expect(MemoryVerdict.weigh(small, against: supply).answer == .onlyJust)
    let more = MemoryDemand(
      [MemoryDemand.Allocation(name: "small", bytes: 4096 * 11, order: nil)], pageSize: .fourKiB)
    #expect(MemoryVerdict.weigh(more, against: supply).isShort)
  }

  /// What the kernel reclaims by itself, or a program gives back, may make blocks: then it isn't proven short.
  @Test func whatComesBackMayMakeBlocks() {
    func answer(_ returning: UInt64) -> MemoryVerdict.Answer {
      MemoryVerdict.weigh(
        demand([(7, 1)]),
        against: MemorySupply(
          zones: [
            MemorySupply.Zone(
              node: 0, name: "DMA32", own: FreeBlocks([900, 0, 0, 0, 0, 0, 0, 0, 0]), floor: 100,
              returning: returning)
          ])
      ).answer
    }
    #expect(answer(127) == .short(order: 7, blocks: 1))
    #expect(answer(128) == .onlyJust)
  }

  /// What the first gate takes, the kernel may make up for before the second comes.
  @Test func reclaimMakesUpForTheFirstGate() {
    func answer(target: UInt64) -> MemoryVerdict.Answer {
      let supply = MemorySupply(
        zones: [
          MemorySupply.Zone(
            node: 0, name: "DMA32", own: FreeBlocks([900, 0, 0, 0, 0, 0, 0, 1]), floor: 100,
            reclaimTarget: target)
        ])
      return MemoryVerdict.weigh(demand([(7, 1)]), after: [demand([(7, 1)])], against: supply).answer
    }
    #expect(answer(target: 900) == .short(order: 7, blocks: 1))
    #expect(answer(target: 1028) == .onlyJust)
  }

  @Test func nothingOverflows() {
    let much = MemoryDemand(
      [
        MemoryDemand.Allocation(name: "a", bytes: .max, count: .max, order: nil),
        MemoryDemand.Allocation(name: "b", bytes: .max, count: .max, order: 10),
        MemoryDemand.Allocation(name: "c", bytes: .max, count: .max, order: 10),
        MemoryDemand.Allocation(name: "d", bytes: .max, count: .max, order: 63),
      ], pageSize: .fourKiB)
    #expect(much.blockBytes == .max && much.scatteredBytes == .max && much.blocks[10] == .max)
    let supply = zone(own: [.max, .max], foreign: [.max], floor: .max)
    #expect(MemoryVerdict.weigh(much, against: supply).isShort)
  }

  /// Whatever is taken, no verdict says "fits" where the best case is short, and more memory never makes one worse.
  @Test func theWorstIsNeverBetterThanTheBest() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SplitMix(state: seed)
    for _ in 0..<200 {
      func counts(_ most: UInt64) -> [UInt64] {
        (0...10).map { _ in UInt64.random(in: 0...most, using: &generator) }
      }
      let (own, foreign) = (counts(4), counts(6))
      let needed = demand((0..<4).map { _ in (Int.random(in: 0...10, using: &generator), 2) })
      var best = AllocationTrial(zone(own: own, foreign: foreign), .best)
      var worst = AllocationTrial(zone(own: own, foreign: foreign, floor: 0, highest: 900), .worst)
      let (missing, worstMissing) = (best.take(needed), worst.take(needed))
      if worstMissing.isEmpty { #expect(missing.isEmpty, "seed \(seed)") }
      #expect(worst.obtainable(10) <= best.obtainable(10) || !missing.isEmpty, "seed \(seed)")
    }
  }
}
