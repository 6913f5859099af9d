/// Whether a demand can be met from what is free now.
public struct MemoryVerdict: Equatable, Sendable {
  /// The answer.
  public enum Answer: Equatable, Sendable {
    /// All of it, with at least the margin left, whatever the kernel does that can't be foreseen.
    case fits
    /// All of it, but with less than the margin left, or only if the kernel breaks no large block for a small one.
    case onlyJust
    /// Blocks of this order are missing, however well the kernel does. When several orders are short, the largest.
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
  /// Blocks of that order that are sure to be left; 0 when even the demand isn't sure.
  public let spare: UInt64
  /// Blocks of that order that should be left.
  public let margin: UInt64
  /// The kernel's page size.
  public let pageSize: PageSize

  /// How many blocks of the largest order should be left, since others allocate meanwhile.
  public static let standardMargin: UInt64 = 2

  /// Goes through a demand as the kernel would: each allocation in its turn, reserves respected. Twice: once with the
  /// best and once with the worst of what can't be known beforehand (``AllocationTrial``).
  ///
  /// - Parameters:
  ///   - earlier: what is taken before, in its order: the first gate, when this is the second.
  ///   - margin: blocks of the largest order that should be left.
  public static func weigh(
    _ demand: MemoryDemand, after earlier: [MemoryDemand] = [], against supply: MemorySupply,
    margin: UInt64 = standardMargin
  ) -> MemoryVerdict {
    var best = AllocationTrial(supply, .best)
    var plain = AllocationTrial(supply, .plain)
    var worst = AllocationTrial(supply, .worst)
    for demand in earlier {
      _ = best.take(demand)
      best.reclaim()
      _ = plain.take(demand)
      _ = worst.take(demand)
    }
    let start = plain
    let free = start.free
    let isProvenShort = !best.take(demand).isEmpty
    let missing = plain.take(demand)
    let isSure = worst.take(demand).isEmpty
    let largest = demand.largestOrder ?? 0
    let spare = isSure ? worst.obtainable(largest) : 0
    let needed = demand.blocks
    let orders = max(free.largestOrder, needed.keys.max() ?? 0, missing.keys.max() ?? 0)
    let rows = (0...orders).map { order in
      Row(
        order: order, needed: needed[order] ?? 0, free: order < free.counts.count ? free.counts[order] : 0,
        available: start.obtainable(order), missing: missing[order] ?? 0, unusable: free.unusableIndex(order))
    }
    let answer: Answer =
      if isProvenShort, let order = missing.keys.max(), let blocks = missing[order] {
        .short(order: order, blocks: blocks)
      } else if isSure, spare >= margin { .fits } else { .onlyJust }
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
      return "fits: enough free blocks, at least \(spare) of order \(largestOrder) would be left"
    case .onlyJust:
      return
        "fits only just: \(spare == 0 ? "no block" : spare == 1 ? "1 block" : "\(spare) blocks") of order \(largestOrder) would be sure to be left, fewer than the margin of \(margin)"
    case .short(let order, let blocks):
      let row = rows[order]
      let size = pageSize.bytes(ofOrder: order) >> 10
      return "short by \(blocks) \(blocks == 1 ? "block" : "blocks") of order \(order) (\(size) KiB each): "
        + "needs \(row.needed), \(row.available) can be had"
    }
  }
}
