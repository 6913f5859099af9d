/// Free blocks of memory by order: order k is 2^k contiguous pages (the kernel's buddy allocator).
///
/// Definitions of the two measures: mm/vmstat.c.
public struct FreeBlocks: Equatable, Sendable {
  /// How many blocks of each order are free; as many orders as the kernel has, never assumed to be eleven.
  public private(set) var counts: [UInt64]

  /// Blocks by order, order 0 first. Orders above 40 are nothing that a machine could have.
  public init(_ counts: [UInt64]) {
    self.counts = Array(counts.prefix(41))
  }

  /// The largest order that the kernel manages; -1 when there is none.
  public var largestOrder: Int { counts.count - 1 }

  /// Free pages in all.
  public var pages: UInt64 {
    var sum: UInt64 = 0
    for (order, count) in counts.enumerated() { sum = sum.addingSaturating(count.shiftedSaturating(order)) }
    return sum
  }

  /// How many blocks of an order could be had, larger ones split.
  public func available(_ order: Int) -> UInt64 {
    guard order >= 0, order < counts.count else { return 0 }
    var sum: UInt64 = 0
    for larger in order..<counts.count {
      sum = sum.addingSaturating(counts[larger].shiftedSaturating(larger - order))
    }
    return sum
  }

  /// Unusable free space for an order: the part of the free memory that no block of that order can be made from.
  ///
  /// 0: all is usable, 1: nothing is; nil when nothing is free.
  public func unusableIndex(_ order: Int) -> Double? {
    let free = pages
    guard free > 0 else { return nil }
    let usable = order < counts.count ? available(order).shiftedSaturating(order) : 0
    return Double(free - min(free, usable)) / Double(free)
  }

  /// Fragmentation index for an order: −1 when a block can be had; else towards 0 memory is lacking, towards 1 it
  /// is in pieces; 0 when nothing is free. Can be negative when nearly nothing is.
  public func fragmentationIndex(_ order: Int) -> Double {
    let blocks = counts.reduce(UInt64(0)) { $0.addingSaturating($1) }
    if blocks == 0 { return 0 }
    if available(order) > 0 { return -1 }
    let wanted = Double(UInt64(1).shiftedSaturating(order))
    return 1 - (1 + Double(pages) / wanted) / Double(blocks)
  }

  /// Takes one block as the kernel does: the smallest that suffices, a larger one split.
  ///
  /// - Returns: false, and nothing taken, when there is none.
  public mutating func take(_ order: Int) -> Bool {
    guard order >= 0, order < counts.count,
      var found = (order..<counts.count).first(where: { counts[$0] > 0 })
    else { return false }
    counts[found] -= 1
    while found > order {
      found -= 1
      counts[found] += 1
    }
    return true
  }

  /// Takes the largest block of at least an order, whole.
  ///
  /// - Returns: its order; nil, and nothing taken, when there is none.
  mutating func takeLargest(atLeast order: Int) -> Int? {
    guard order >= 0, order < counts.count,
      let found = (order..<counts.count).last(where: { counts[$0] > 0 })
    else { return nil }
    counts[found] -= 1
    return found
  }

  /// Takes single pages, from the smallest blocks first.
  ///
  /// - Returns: how many of those wanted were there.
  mutating func takePages(_ wanted: UInt64) -> UInt64 {
    var left = wanted
    while left > 0, let order = counts.firstIndex(where: { $0 > 0 }) {
      let whole = min(counts[order], left >> UInt64(order))
      if whole > 0 {
        counts[order] -= whole
        left -= whole << UInt64(order)
      } else {
        // One block is larger than what is left to take.
        while left > 0, take(0) { left -= 1 }
      }
    }
    return wanted - left
  }

  /// With more pages, in as large blocks as so many pages make.
  func with(pages more: UInt64) -> FreeBlocks {
    var all = self
    var left = more
    for order in counts.indices.reversed() {
      let blocks = left >> UInt64(order)
      all.counts[order] = all.counts[order].addingSaturating(blocks)
      left -= blocks << UInt64(order)
    }
    return all
  }

  /// Adds one block.
  mutating func put(_ order: Int) {
    while counts.count <= order { counts.append(0) }
    counts[order] = counts[order].addingSaturating(1)
  }

  /// The blocks of both, by order.
  static func + (left: FreeBlocks, right: FreeBlocks) -> FreeBlocks {
    FreeBlocks(
      (0..<max(left.counts.count, right.counts.count)).map { order in
        (order < left.counts.count ? left.counts[order] : 0)
          .addingSaturating(order < right.counts.count ? right.counts[order] : 0)
      })
  }

  /// Without a number of pages that are free but can't be used (CMA), taken from the largest blocks.
  func without(pages unusable: UInt64) -> FreeBlocks {
    var rest = self
    var left = unusable
    for order in stride(from: counts.count - 1, through: 0, by: -1) where left > 0 {
      let size = UInt64(1).shiftedSaturating(order)
      let blocks = min(rest.counts[order], left / size + (left % size == 0 ? 0 : 1))
      rest.counts[order] -= blocks
      let removed = blocks.shiftedSaturating(order)
      left = left > removed ? left - removed : 0
    }
    return rest
  }
}

extension UInt64 {
  func addingSaturating(_ other: UInt64) -> UInt64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }

  func shiftedSaturating(_ places: Int) -> UInt64 {
    places >= leadingZeroBitCount && self != 0 ? .max : self << places
  }
}
