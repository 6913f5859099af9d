/// What a module will ask the kernel's page allocator for, in the order in which it asks.
public struct MemoryDemand: Equatable, Sendable {
  /// Equal allocations under one name.
  public struct Allocation: Equatable, Sendable {
    /// What the memory is for.
    public let name: String
    /// What the module asks for each time, in bytes.
    public let bytes: UInt64
    /// How many times.
    public let count: UInt64
    /// The order of the contiguous block that each takes; nil when it comes from slab or vmalloc, which
    /// need no contiguous memory to speak of.
    public let order: Int?

    /// Equal allocations.
    public init(name: String, bytes: UInt64, count: UInt64 = 1, order: Int?) {
      self.name = name
      self.bytes = bytes
      self.count = count
      self.order = order
    }
  }

  /// In the order in which the module asks.
  public let allocations: [Allocation]
  /// The kernel's page size.
  public let pageSize: PageSize

  /// A demand.
  public init(_ allocations: [Allocation], pageSize: PageSize) {
    self.allocations = allocations
    self.pageSize = pageSize
  }

  /// Contiguous blocks by order.
  public var blocks: [Int: UInt64] {
    var blocks: [Int: UInt64] = [:]
    for allocation in allocations {
      guard let order = allocation.order, allocation.count > 0 else { continue }
      blocks[order] = blocks[order, default: 0].addingSaturating(allocation.count)
    }
    return blocks
  }

  /// The largest order that is needed; nil when only single pages are.
  public var largestOrder: Int? { blocks.keys.max() }

  /// Bytes of the contiguous blocks: what they take, not what was asked for.
  public var blockBytes: UInt64 {
    blocks.reduce(0) { $0.addingSaturating($1.value.multipliedSaturating(pageSize.bytes(ofOrder: $1.key))) }
  }

  /// Bytes from slab and vmalloc.
  public var scatteredBytes: UInt64 {
    allocations.reduce(0) {
      $1.order == nil ? $0.addingSaturating($1.bytes.multipliedSaturating($1.count)) : $0
    }
  }
}

extension UInt64 {
  func multipliedSaturating(_ other: UInt64) -> UInt64 {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}
