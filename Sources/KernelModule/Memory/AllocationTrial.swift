/// Going through a demand as the kernel would, without asking it: each allocation in its turn.
struct AllocationTrial {
  /// What is supposed of that which can't be known.
  enum Assumption: Sendable {
    /// The smallest sufficient block serves, whatever it belongs to, the watermarks aren't raised, the pages
    /// on the processors' lists serve what is small, and pages that come back make one block. Nothing does better.
    case best
    /// The same with nothing but the blocks there are: what is told of a demand that can't be met.
    case plain
    /// What unmovable content has no block for breaks the largest block of another type (`__rmqueue_fallback`), the
    /// watermarks rise with each such block that is smaller than a page block, and the lists of the processor are filled
    /// with every kind of block that they take (`rmqueue_bulk`).
    case worst
  }

  private struct Zone {
    var own: FreeBlocks
    var foreign: FreeBlocks
    var pages: UInt64
    var floor: UInt64
    /// How far the floor may rise, and by how much it does each time that a block smaller than a page block is taken
    /// over from other content (`boost_watermark`).
    var highestFloor: UInt64 = 0
    var boost: UInt64 = 0
    var pageblockOrder = 0
    /// Single pages that are in no block.
    var loose: UInt64
    /// Free pages up to which the kernel reclaims by itself.
    var reclaimTarget: UInt64 = 0

    mutating func take(_ order: Int) -> Bool {
      let size = UInt64(1).shiftedSaturating(order)
      guard pages >= size, pages - (size - 1) > floor else { return false }
      if !own.take(order) {
        guard takeOver(order), own.take(order) else { return false }
      }
      pages -= size
      return true
    }

    /// The largest block of other content becomes unmovable content's own.
    private mutating func takeOver(_ order: Int) -> Bool {
      guard let larger = foreign.takeLargest(atLeast: order) else { return false }
      own.put(larger)
      if larger < pageblockOrder, floor < highestFloor {
        floor = min(highestFloor, floor.addingSaturating(boost))
      }
      return true
    }

    /// Single pages, as many as there are of those wanted.
    mutating func takePages(_ wanted: UInt64) -> UInt64 {
      let fromLists = min(wanted, loose)
      loose -= fromLists
      var left = min(wanted - fromLists, pages > floor ? pages - floor : 0)
      let allowed = left
      while left > 0 {
        left -= own.takePages(left)
        guard left > 0, takeOver(0) else { break }
      }
      pages -= allowed - left
      return fromLists + allowed - left
    }
  }

  private var zones: [Zone]
  private let assumption: Assumption

  init(_ supply: MemorySupply, _ assumption: Assumption) {
    self.assumption = assumption
    zones = supply.zones.map { zone in
      let free = zone.free
      return switch assumption {
      case .plain: Zone(own: free, foreign: FreeBlocks([]), pages: free.pages, floor: zone.floor, loose: 0)
      case .best:
        Zone(
          own: free.with(pages: zone.returning), foreign: FreeBlocks([]),
          pages: free.pages.addingSaturating(zone.returning), floor: zone.floor, loose: zone.listed,
          reclaimTarget: zone.reclaimTarget)
      case .worst:
        Zone(
          own: zone.own, foreign: zone.foreign, pages: free.pages, floor: zone.presentFloor,
          highestFloor: zone.highestFloor,
          boost: UInt64(1).shiftedSaturating(supply.pageblockOrder).multipliedSaturating(3) / 8,
          pageblockOrder: supply.pageblockOrder, loose: 0)
      }
    }
  }

  /// Between two demands: what the first one took, the kernel makes up for as far as it does by itself.
  mutating func reclaim() {
    for index in zones.indices {
      let missing = zones[index].reclaimTarget - min(zones[index].reclaimTarget, zones[index].pages)
      zones[index].own = zones[index].own.with(pages: missing)
      zones[index].pages = zones[index].pages.addingSaturating(missing)
    }
  }

  /// Free blocks of all zones together.
  var free: FreeBlocks { zones.reduce(FreeBlocks([])) { $0 + $1.own + $1.foreign } }

  /// How many blocks of an order could still be had.
  func obtainable(_ order: Int) -> UInt64 {
    zones.reduce(UInt64(0)) { sum, zone in
      let size = UInt64(1).shiftedSaturating(order)
      let blocks = zone.own.available(order).addingSaturating(zone.foreign.available(order))
      return sum.addingSaturating(zone.pages > zone.floor ? min(blocks, (zone.pages - zone.floor) / size) : 0)
    }
  }

  /// Blocks of an order, one after the other.
  ///
  /// - Returns: how many of them were missing.
  private mutating func take(_ order: Int, _ count: UInt64) -> UInt64 {
    var left = count
    if order == 0 {
      for index in zones.indices where left > 0 { left -= zones[index].takePages(left) }
      return left
    }
    for index in zones.indices {
      // A zone that has nothing left has nothing later either.
      while left > 0, zones[index].take(order) { left -= 1 }
    }
    return left
  }

  /// A demand, in its order.
  ///
  /// - Returns: what was missing, by order.
  mutating func take(_ demand: MemoryDemand) -> [Int: UInt64] {
    var missing: [Int: UInt64] = [:]
    for allocation in demand.allocations {
      let order = allocation.order ?? 0
      let count =
        allocation.order == nil
        ? demand.pageSize.pages(allocation.bytes.multipliedSaturating(allocation.count)) : allocation.count
      let left = take(order, count)
      if left > 0 { missing[order, default: 0] = missing[order, default: 0].addingSaturating(left) }
    }
    if assumption == .worst { takeAlongside(demand) }
    return missing
  }

  /// What goes with a demand that nobody asked for: it isn't missed when it isn't there.
  private mutating func takeAlongside(_ demand: MemoryDemand) {
    guard !demand.allocations.isEmpty else { return }
    let batch: UInt64 = 63
    _ = take(0, batch + Self.company)
    for order in demand.blocks.keys where (1...3).contains(order) {
      _ = take(order, max(2, batch >> UInt64(order)))
    }
    // Blocks of a huge page's order wait on such a list too, taken in pairs.
    if let pairs = demand.blocks[9], pairs % 2 == 1 { _ = take(9, 1) }
  }

  /// Pages that the kernel and other programs take meanwhile: slabs that are begun, threads, entries in sysfs.
  private static let company: UInt64 = 512
}
