public import HostFiles

extension MemorySupply {
  /// What of a host's free blocks such an allocation can have.
  ///
  /// HighMem, Movable and Device don't serve it, nor do blocks that are set aside for CMA or isolated. What a lower
  /// zone keeps back for itself (`protection` in /proc/zoneinfo) counts as its reserve: the small DMA zone of x86
  /// serves a machine of some hundred MiB and no larger one.
  ///
  /// - Parameters:
  ///   - zoneInfo: for reserves and CMA; without it nothing is kept back, and DMA is left out wherever there is
  ///     another zone.
  ///   - types: for what the free blocks belong to; without it all are taken for whatever a verdict asks.
  ///   - reclaimable: pages that the kernel can reclaim by itself.
  ///   - ownPages: pages that a program gives back when it ends.
  ///   - boostFactor: how far watermarks may be raised, in 1/10,000 of `high` (vm.watermark_boost_factor).
  public init(
    _ buddy: BuddyInfo, zoneInfo: ZoneInfo?, types: PageTypeInfo? = nil, reclaimable: UInt64 = 0,
    ownPages: UInt64 = 0,
    boostFactor: UInt64 = 15_000, detail: Detail? = nil
  ) {
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
        if others, known == nil {
          leftOut[zone.name] =
            "how much of it is kept back from allocations that another zone can serve isn't known"
          continue
        }
      default:
        leftOut[zone.name] = "not for the kernel's own, unmovable memory"
        continue
      }
      let kept = classIndex.flatMap { known?.kept(for: $0) } ?? 0
      let lists = Self.lists(zone, types?.zone(node: zone.node, name: zone.name), known)
      usable.append(
        (
          offset,
          Zone(
            node: zone.node, name: zone.name, own: lists.own, foreign: lists.foreign,
            floor: kept.addingSaturating((known?.plainMin ?? 0).multipliedSaturating(3) / 8),
            presentFloor: kept.addingSaturating((known?.min ?? 0).multipliedSaturating(3) / 8),
            highestFloor: kept.addingSaturating(
              (known?.highestMin(boostFactor) ?? 0).multipliedSaturating(3) / 8),
            listed: known?.listed ?? 0,
            returning: ownPages.addingSaturating(known?.reclaims(reclaimable) ?? 0),
            reclaimTarget: known.map {
              min($0.highestHigh(boostFactor), $0.free.addingSaturating(reclaimable))
            } ?? 0)
        ))
    }
    zones = usable.sorted { ($0.zone.node, -$0.offset) < ($1.zone.node, -$1.offset) }.map(\.zone)
    self.leftOut = leftOut
    pageblockOrder = types?.pageblockOrder ?? 9
    self.detail = detail ?? (types == nil ? .countsOnly(reason: "/proc/pagetypeinfo was not read") : .byType)
  }

  /// A zone's free blocks, those of unmovable content apart. Where that isn't known, all count as others': then a
  /// verdict expects the worst of them.
  private static func lists(
    _ zone: BuddyInfo.Zone, _ types: PageTypeInfo.Zone?, _ known: ZoneInfo.Zone?
  ) -> (own: FreeBlocks, foreign: FreeBlocks) {
    guard let types, !types.free.isEmpty else {
      return (FreeBlocks([]), zone.free.without(pages: known?.freeCMA ?? 0))
    }
    var own = types.free["Unmovable"] ?? FreeBlocks([])
    var foreign = ["Movable", "Reclaimable", "HighAtomic"].reduce(FreeBlocks([])) {
      $0 + (types.free[$1] ?? FreeBlocks([]))
    }
    // Where the kernel stopped counting, what buddyinfo has more belongs to the type that it stopped at.
    let counted = types.free.values.reduce(FreeBlocks([]), +)
    for (type, orders) in types.capped {
      for order in orders where order < zone.free.counts.count && order < counted.counts.count {
        let more = zone.free.counts[order] - min(zone.free.counts[order], counted.counts[order])
        let addition = FreeBlocks((0...order).map { $0 == order ? more : 0 })
        if type == "Unmovable" {
          own = own + addition
        } else if type == "Movable" || type == "Reclaimable" {
          foreign = foreign + addition
        }
      }
    }
    return (own, foreign)
  }

  /// Reads a host's /proc/buddyinfo and, where they can be read, /proc/pagetypeinfo, /proc/zoneinfo and /proc/meminfo.
  ///
  /// - Parameters:
  ///   - types: the content of the free blocks as it was read already; nil reads it.
  ///   - ownPages: pages that the program gives back when it ends, if that is before the memory is wanted.
  public static func observe(
    on host: HostRoot, types: Result<PageTypeInfo, KernelModuleError>? = nil, ownPages: UInt64 = 0
  ) throws(KernelModuleError) -> MemorySupply {
    let buddy = try BuddyInfo.observe(on: host)
    let zoneText = try? host.readText("/proc/zoneinfo", limit: 64 << 20)
    let boost = (try? host.readValue("/proc/sys/vm/watermark_boost_factor")).flatMap { UInt64($0) }
    let use = try? MemoryUse.observe(on: host)
    let reclaimable = (use?.droppablePageCache ?? 0).addingSaturating(use?.reclaimableSlab ?? 0)
    let known = types ?? Result { () throws(KernelModuleError) in try PageTypeInfo.observe(on: host) }
    let detail: Detail
    var found: PageTypeInfo?
    switch known {
    case .success(let value): (found, detail) = (value, .byType)
    case .failure(let error): detail = .countsOnly(reason: error.description)
    }
    return MemorySupply(
      buddy, zoneInfo: try zoneText.map(ZoneInfo.init(parsing:)), types: found,
      reclaimable: PageSize.running.pages(reclaimable.multipliedSaturating(1024)), ownPages: ownPages,
      boostFactor: boost ?? 15_000, detail: detail)
  }
}

extension ZoneInfo.Zone {
  /// Pages kept back from allocations that could use the zone of an index.
  func kept(for index: Int) -> UInt64 {
    index < protection.count ? protection[index] : 0
  }

  /// The `min` watermark when it isn't raised.
  var plainMin: UInt64 { min - Swift.min(min, boost) }

  /// What the kernel reclaims by itself when it is woken: up to the `high` watermark (balance_pgdat, mm/vmscan.c).
  func reclaims(_ reclaimable: UInt64) -> UInt64 { Swift.min(reclaimable, high - Swift.min(high, free)) }

  /// The `min` watermark when it is raised as far as it goes (`boost_watermark`, mm/page_alloc.c).
  func highestMin(_ factor: UInt64) -> UInt64 {
    plainMin.addingSaturating(highestBoost(factor))
  }

  /// The `high` watermark when it is raised as far as it goes: taking over blocks of other content raises it, and the
  /// kernel then reclaims up to there by itself.
  func highestHigh(_ factor: UInt64) -> UInt64 { plainHigh.addingSaturating(highestBoost(factor)) }

  private var plainHigh: UInt64 { high - Swift.min(high, boost) }

  private func highestBoost(_ factor: UInt64) -> UInt64 {
    Swift.max(plainHigh.multipliedSaturating(factor) / 10_000, boost)
  }
}
