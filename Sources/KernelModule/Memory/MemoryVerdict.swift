/// Whether a demand can be met from what is free now.
public struct MemoryVerdict: Equatable, Sendable {
  /// The answer.
  public enum Answer: Equatable, Sendable {
    /// All of it, with at least the margin left.
    case fits
    /// All of it, with less than the margin left.
    case onlyJust
    /// Blocks of this order are missing. When several orders are short, the largest.
    case short(order: Int, blocks: UInt64)
  }

  /// What is short of one order.
  public struct Row: Equatable, Sendable {
    /// The order.
    public let order: Int
    /// Blocks needed.
    public let needed: UInt64
    /// Free blocks of exactly that order.
    public let free: UInt64
    /// Blocks that could be made for it, larger ones split, if nothing else were asked for.
    public let available: UInt64
    /// Blocks that were missing when the whole demand was gone through.
    public let missing: UInt64
    /// Unusable free space for the order, 0 good, 1 none usable; nil when nothing is free.
    public let unusable: Double?
  }

  /// The answer.
  public let answer: Answer
  /// By order, every order that the kernel has or the demand names.
  public let rows: [Row]
  /// The order that the margin is counted in: the largest needed.
  public let largestOrder: Int
  /// Blocks of that order that would be left.
  public let spare: UInt64
  /// Blocks of that order that should be left.
  public let margin: UInt64
  /// The kernel's page size.
  public let pageSize: PageSize

  /// Goes through a demand as the kernel would: each allocation in its turn, from the first zone that has the
  /// smallest sufficient block, larger ones split, reserves respected.
  ///
  /// - Parameter margin: blocks of the largest order that should be left, since others allocate meanwhile.
  public static func weigh(_ demand: MemoryDemand, against supply: MemorySupply, margin: UInt64 = 2)
    -> MemoryVerdict
  {
    var left = supply
    var missing: [Int: UInt64] = [:]
    for allocation in demand.allocations {
      let order = allocation.order ?? 0
      var count =
        allocation.order == nil
        ? demand.pageSize.pages(allocation.bytes.multipliedSaturating(allocation.count)) : allocation.count
      while count > 0, left.take(order) { count -= 1 }
      if count > 0 { missing[order, default: 0] += count }
    }
    let largest = demand.largestOrder ?? 0
    let spare = left.obtainable(largest)
    let needed = demand.blocks
    let free = supply.free
    let orders = max(free.largestOrder, needed.keys.max() ?? 0, missing.keys.max() ?? 0)
    let rows = (0...orders).map { order in
      Row(
        order: order, needed: needed[order] ?? 0, free: order < free.counts.count ? free.counts[order] : 0,
        available: supply.obtainable(order), missing: missing[order] ?? 0, unusable: free.unusableIndex(order)
      )
    }
    let answer: Answer =
      if let order = missing.keys.max(), let blocks = missing[order] {
        .short(order: order, blocks: blocks)
      } else if spare < margin { .onlyJust } else { .fits }
    return MemoryVerdict(
      answer: answer, rows: rows, largestOrder: largest, spare: spare, margin: margin,
      pageSize: demand.pageSize)
  }

  /// Whether something is missing.
  public var isShort: Bool {
    if case .short = answer { true } else { false }
  }
}

extension MemoryVerdict: CustomStringConvertible {
  /// The answer in one sentence.
  public var description: String {
    switch answer {
    case .fits:
      return "fits: enough free blocks, \(spare) of order \(largestOrder) would be left"
    case .onlyJust:
      return
        "fits only just: \(spare) blocks of order \(largestOrder) would be left, fewer than the margin of \(margin)"
    case .short(let order, let blocks):
      let row = rows[order]
      let size = pageSize.bytes(ofOrder: order) >> 10
      return "short by \(blocks) \(blocks == 1 ? "block" : "blocks") of order \(order) (\(size) KiB each): "
        + "needs \(row.needed), \(row.available) can be had"
    }
  }
}
