public import HostFiles

/// Free memory that an atomic allocation for the kernel's own, unmovable use can have.
public struct MemorySupply: Equatable, Sendable {
  /// A zone that such an allocation may use.
  public struct Zone: Equatable, Sendable {
    /// The NUMA node.
    public let node: Int
    /// The zone's name.
    public let name: String
    /// Its free blocks, without what only movable content may use.
    public internal(set) var free: FreeBlocks
    /// Pages that must stay free: such an allocation may go down to 3/8 of the `min` watermark
    /// (`__zone_watermark_ok` with GFP_ATOMIC), above what the zone keeps back from others.
    public let floor: UInt64

    /// A zone.
    public init(node: Int, name: String, free: FreeBlocks, floor: UInt64) {
      self.node = node
      self.name = name
      self.free = free
      self.floor = floor
    }

    /// How many blocks of an order could be had, larger ones split and the reserve respected.
    public func obtainable(_ order: Int) -> UInt64 {
      let pages = free.pages
      let size = UInt64(1).shiftedSaturating(order)
      return pages > floor ? Swift.min(free.available(order), (pages - floor) / size) : 0
    }

    /// Takes one block, unless the zone's reserve forbids it.
    mutating func take(_ order: Int) -> Bool {
      let size = UInt64(1).shiftedSaturating(order)
      let free = free.pages
      guard free >= size, free - (size - 1) > floor else { return false }
      return self.free.take(order)
    }
  }

  /// In the order in which the kernel tries them: by node, and of each node the highest zone first.
  public internal(set) var zones: [Zone]
  /// Zones that were left out, by name, and why.
  public let leftOut: [String: String]

  /// A supply as known from elsewhere.
  public init(zones: [Zone], leftOut: [String: String] = [:]) {
    self.zones = zones
    self.leftOut = leftOut
  }

  /// As many pages as the DMA zone of x86 has (16 MiB). Elsewhere "DMA" is ordinary memory below 1 or 4 GiB.
  private static let legacyDMAPages: UInt64 = 4096

  /// What of a host's free blocks such an allocation can have.
  ///
  /// HighMem, Movable and Device don't serve it. The small DMA zone of x86 is left out as a rule: the kernel keeps
  /// it back from others on all but the smallest machines, so that to count it would be to promise too much.
  ///
  /// - Parameter zoneInfo: for reserves and CMA; without it nothing is kept back, and DMA is left out
  ///   wherever there is another zone.
  public init(_ buddy: BuddyInfo, zoneInfo: ZoneInfo?) {
    var leftOut: [String: String] = [:]
    // An allocation for kernel use is made for zone Normal, or for the highest that a machine has below it.
    let classIndex = zoneInfo.flatMap {
      $0.index(of: "Normal") ?? $0.index(of: "DMA32") ?? $0.index(of: "DMA")
    }
    let others = buddy.zones.contains { $0.name == "Normal" || $0.name == "DMA32" }
    var usable: [(offset: Int, zone: Zone)] = []
    for (offset, zone) in buddy.zones.enumerated() {
      let known = zoneInfo?.zone(node: zone.node, name: zone.name)
      switch zone.name {
      case "Normal", "DMA32": break
      case "DMA":
        if others, (known?.managed ?? 0) <= Self.legacyDMAPages {
          leftOut[zone.name] = "small, and kept back from allocations that another zone can serve"
          continue
        }
      default:
        leftOut[zone.name] = "not for the kernel's own, unmovable memory"
        continue
      }
      let free = zone.free.without(pages: known?.freeCMA ?? 0)
      var floor = (known?.min ?? 0).multipliedSaturating(3) / 8
      if let classIndex, let protection = known?.protection, classIndex < protection.count {
        floor = floor.addingSaturating(protection[classIndex])
      }
      usable.append((offset, Zone(node: zone.node, name: zone.name, free: free, floor: floor)))
    }
    zones = usable.sorted { ($0.zone.node, -$0.offset) < ($1.zone.node, -$1.offset) }.map(\.zone)
    self.leftOut = leftOut
  }

  /// Reads a host's /proc/buddyinfo and, where it can be read, /proc/zoneinfo.
  public static func observe(on host: HostRoot) throws(KernelModuleError) -> MemorySupply {
    let buddy = try BuddyInfo.observe(on: host)
    let zoneText = try? host.readText("/proc/zoneinfo", limit: 64 << 20)
    return MemorySupply(buddy, zoneInfo: try zoneText.map(ZoneInfo.init(parsing:)))
  }

  /// Free blocks of all zones together.
  public var free: FreeBlocks {
    let orders = zones.map(\.free.counts.count).max() ?? 0
    return FreeBlocks(
      (0..<orders).map { order in
        zones.reduce(0) { $0.addingSaturating(order < $1.free.counts.count ? $1.free.counts[order] : 0) }
      })
  }

  /// How many blocks of an order could be had from all zones together.
  public func obtainable(_ order: Int) -> UInt64 {
    zones.reduce(UInt64(0)) { $0.addingSaturating($1.obtainable(order)) }
  }

  /// Takes one block from the first zone that can give it.
  mutating func take(_ order: Int) -> Bool {
    for index in zones.indices where zones[index].take(order) { return true }
    return false
  }
}
