/// Free memory that an atomic allocation for the kernel's own, unmovable use can have.
public struct MemorySupply: Equatable, Sendable {
  /// A zone that such an allocation may use.
  public struct Zone: Equatable, Sendable {
    /// The NUMA node.
    public let node: Int
    /// The zone's name.
    public let name: String
    /// Free blocks that belong to unmovable content already: they are split from the smallest on.
    public let own: FreeBlocks
    /// Free blocks that belong to other content: when none of its own is large enough, the kernel takes over the
    /// largest (`__rmqueue_fallback`, mm/page_alloc.c).
    public let foreign: FreeBlocks
    /// Pages that must stay free: such an allocation may go down to 3/8 of the `min` watermark
    /// (`__zone_watermark_ok` with GFP_ATOMIC), above what the zone keeps back from others.
    public let floor: UInt64
    /// The same with the watermark as it is raised now: that may sink again.
    public let presentFloor: UInt64
    /// The same when the kernel has raised the watermark as far as it does, which it does when it takes over blocks.
    public let highestFloor: UInt64
    /// Single pages on the processors' own lists: they may serve what is small, and are in no block.
    public let listed: UInt64
    /// Pages that may become free any moment: the kernel reclaims up to the `high` watermark by itself, and a program's
    /// own memory comes back when it ends. At best they make blocks.
    public let returning: UInt64
    /// Free pages up to which the kernel reclaims by itself at most once something was taken; 0 where there is nothing to
    /// reclaim. Taking raises the watermark up to which it does.
    public let reclaimTarget: UInt64

    /// A zone.
    public init(
      node: Int, name: String, own: FreeBlocks, foreign: FreeBlocks = FreeBlocks([]), floor: UInt64,
      presentFloor: UInt64? = nil, highestFloor: UInt64? = nil, listed: UInt64 = 0, returning: UInt64 = 0,
      reclaimTarget: UInt64 = 0
    ) {
      self.reclaimTarget = reclaimTarget
      self.listed = listed
      self.returning = returning
      self.node = node
      self.name = name
      self.own = own
      self.foreign = foreign
      self.floor = floor
      self.presentFloor = max(floor, presentFloor ?? floor)
      self.highestFloor = max(self.presentFloor, highestFloor ?? floor)
    }

    /// A zone whose blocks all belong to unmovable content.
    public init(node: Int, name: String, free: FreeBlocks, floor: UInt64) {
      self.init(node: node, name: name, own: free, floor: floor)
    }

    /// Its free blocks, without what only movable content may use.
    public var free: FreeBlocks { own + foreign }

    /// How many blocks of an order could be had, larger ones split and the reserve respected.
    public func obtainable(_ order: Int) -> UInt64 {
      let free = free
      let pages = free.pages
      let size = UInt64(1).shiftedSaturating(order)
      return pages > floor ? min(free.available(order), (pages - floor) / size) : 0
    }
  }

  /// How well the content of the free blocks is known.
  public enum Detail: Equatable, Sendable {
    /// By migrate type.
    case byType
    /// Only their number, and why.
    case countsOnly(reason: String)
  }

  /// In the order in which the kernel tries them: by node, and of each node the highest zone first.
  public let zones: [Zone]
  /// Zones that were left out, by name, and why.
  public let leftOut: [String: String]
  /// Whether the content of the free blocks is known.
  public let detail: Detail
  /// The order of the blocks that belong to one kind of content as a whole.
  public let pageblockOrder: Int

  /// A supply as known from elsewhere.
  public init(
    zones: [Zone], leftOut: [String: String] = [:],
    detail: Detail = .countsOnly(reason: "/proc/pagetypeinfo was not read"), pageblockOrder: Int = 9
  ) {
    self.pageblockOrder = pageblockOrder
    self.zones = zones
    self.leftOut = leftOut
    self.detail = detail
  }

  /// Free blocks of all zones together.
  public var free: FreeBlocks {
    zones.reduce(FreeBlocks([])) { $0 + $1.free }
  }

  /// How many blocks of an order could be had from all zones together.
  public func obtainable(_ order: Int) -> UInt64 {
    zones.reduce(UInt64(0)) { $0.addingSaturating($1.obtainable(order)) }
  }
}
