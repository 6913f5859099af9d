/// What a treatment could give at most, before it is tried: a pure estimate.
///
/// Compaction moves what is movable out of blocks that hold nothing else. So free pages in movable page blocks may come
/// together, and those in unmovable ones stay as they are. Dropping caches frees pages wherever they lie.
public struct TreatmentForecast: Equatable, Sendable {
  /// The treatment.
  public let kind: MemoryTreatment.Kind
  /// The order that blocks are counted in.
  public let order: Int
  /// Blocks of it that can be had now.
  public let now: UInt64
  /// Blocks of it that could be had afterwards, at most.
  public let atMost: UInt64
  /// KiB that would be given up.
  public let givenUp: UInt64

  /// A forecast.
  public init(kind: MemoryTreatment.Kind, order: Int, now: UInt64, atMost: UInt64, givenUp: UInt64) {
    self.kind = kind
    self.order = order
    self.now = now
    self.atMost = atMost
    self.givenUp = givenUp
  }

  /// One for compaction, one for page cache, one for slab and page cache.
  ///
  /// - Parameters:
  ///   - types: nil where it can't be known what the free pages belong to: then all may come together.
  ///   - order: the one that blocks are counted in.
  public static func make(
    supply: MemorySupply, types: PageTypeInfo?, use: MemoryUse, order: Int, pageSize: PageSize
  ) -> [TreatmentForecast] {
    let now = supply.obtainable(order)
    let size = UInt64(1).shiftedSaturating(order)
    let free = supply.free
    // Of what can't be had as blocks now, only that which lies among movable content comes together.
    let scattered = free.pages - Swift.min(free.pages, free.available(order).multipliedSaturating(size))
    let movable = types.map { types in
      types.zones.filter { zone in supply.zones.contains { $0.node == zone.node && $0.name == zone.name } }
        .reduce(UInt64(0)) { sum, zone in
          let lists = zone.free["Movable"] ?? FreeBlocks([])
          return sum.addingSaturating(
            lists.pages - Swift.min(lists.pages, lists.available(order).multipliedSaturating(size)))
        }
    }
    let gathered = Swift.min(scattered, movable ?? scattered)
    return [
      (MemoryTreatment.Kind.compact, UInt64(0)), (.pageCache, use.droppablePageCache),
      (.slab, use.droppablePageCache.addingSaturating(use.reclaimableSlab)),
    ].map { kind, givenUp in
      let pages = gathered.addingSaturating(givenUp.multipliedSaturating(1024) / pageSize.bytes)
      // A block of an order that the kernel doesn't have comes of nothing.
      let more = order <= free.largestOrder ? pages / size : 0
      return TreatmentForecast(
        kind: kind, order: order, now: now, atMost: now.addingSaturating(more), givenUp: givenUp)
    }
  }
}
