import Testing

@testable import KernelModule

/// Taking over blocks of other content raises the watermark up to which the kernel reclaims by itself; numbers of a guest of
/// 384 MiB whose memory was full of page cache, in which the second gate found what no block promised.
struct RaisedWatermarkTests {
  private static func supply(boost: UInt64, reclaimable: UInt64, factor: UInt64 = 15_000) throws
    -> MemorySupply
  {
    var zone = ZoneInfo.Zone(node: 0, name: "DMA32")
    (zone.free, zone.min, zone.low, zone.high) = (850, 554 + boost, 692 + boost, 830 + boost)
    (zone.boost, zone.managed) = (boost, 84_225)
    return MemorySupply(
      try BuddyInfo(parsing: "Node 0, zone DMA32 1 2 6 4 5 7 4 2 0 0 0"), zoneInfo: ZoneInfo(zones: [zone]),
      reclaimable: reclaimable, boostFactor: factor)
  }

  @Test(
    arguments: [
      (0, 75_000, 15_000, 2075), (300, 75_000, 15_000, 2075), (0, 100, 15_000, 950), (0, 75_000, 0, 830),
      // More than the factor allows now: it was larger when the watermark was raised.
      (300, 75_000, 0, 1130),
    ] as [(UInt64, UInt64, UInt64, UInt64)])
  func theKernelReclaimsUpToTheRaisedMark(
    boost: UInt64, reclaimable: UInt64, factor: UInt64, target: UInt64
  ) throws {
    let supply = try Self.supply(boost: boost, reclaimable: reclaimable, factor: factor)
    #expect(supply.zones.map(\.reclaimTarget) == [target])
  }

  /// Between the gates that may make the blocks which are missing: nothing is proven short then.
  @Test(arguments: [(75_000, false), (0, true)] as [(UInt64, Bool)])
  func whatTheFirstGateTookMayComeBackAsMore(reclaimable: UInt64, isShort: Bool) throws {
    func blocks(_ order: Int, _ count: UInt64) -> MemoryDemand {
      MemoryDemand(
        [.init(name: "block", bytes: 4096 << UInt64(order), count: count, order: order)], pageSize: .fourKiB)
    }
    let verdict = MemoryVerdict.weigh(
      blocks(8, 2), after: [blocks(7, 1)], against: try Self.supply(boost: 0, reclaimable: reclaimable))
    #expect(verdict.isShort == isShort)
  }
}
