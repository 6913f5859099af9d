import KernelModule
import VRouter

/// Demand against supply, as the command `memory` tells of it.
struct MemoryReport: Encodable {
  let module: Module
  let host: Host
  let zones: [Zone]
  let leftOut: [LeftOut]
  let content: Content
  let counters: [Counter]
  let gates: [Gate]
  let treatments: [Treatment]
  let hugePages: Huge
  let remedies: [MemoryRemedy]
  /// Why the options can't be used on this host, whatever the memory.
  let refused: [String]
  let notes: [String]

  struct Module: Encodable {
    let loaded: Bool
    /// What is weighed: the options of a load, or what differs from those in effect.
    let options: String
  }

  struct Host: Encodable {
    let cpus: UInt64
    let pageBytes: UInt64
    let totalKib: UInt64
    let freeKib: UInt64
    let availableKib: UInt64?
    let droppablePageCacheKib: UInt64
    let reclaimableSlabKib: UInt64
  }

  struct Zone: Encodable {
    let node: Int
    let name: String
    /// By order.
    let free: [UInt64]
    /// Pages that must stay free.
    let reserve: UInt64
  }

  struct LeftOut: Encodable {
    let name: String
    let reason: String
  }

  /// What the free pages, and the blocks of memory, belong to.
  struct Content: Encodable {
    /// Why it isn't known; nil when it is.
    let unknown: String?
    let types: [Share]
  }

  struct Share: Encodable {
    let type: String
    let freePages: UInt64
    let pageblocks: UInt64
  }

  struct Counter: Encodable {
    let name: String
    let value: UInt64
  }

  struct Gate: Encodable {
    let number: Int
    let name: String
    /// `fits`, `only-just`, `short`, or `passed`.
    let verdict: String
    let sentence: String
    let largestOrder: Int?
    let margin: UInt64?
    let spare: UInt64?
    let shortOrder: Int?
    let shortBlocks: UInt64?
    let rows: [PreparationReport.Row]
    let allocations: [Allocation]
  }

  struct Allocation: Encodable {
    let name: String
    let bytes: UInt64
    let count: UInt64
    /// Nil for what needs no contiguous memory.
    let order: Int?
  }

  struct Treatment: Encodable {
    let kind: String
    let order: Int
    let blocksNow: UInt64
    let blocksAtMost: UInt64
    let givenUpKib: UInt64
  }

  struct Huge: Encodable {
    /// What comes of HUGE_PAGES_1GB or HUGE_PAGES_2MB; nil when neither is set.
    let plan: String?
    let demand: [Demand]
    let pools: [Pool]
    let mounts: [Mount]

    struct Demand: Encodable {
      let pageBytes: UInt64
      let bridge: UInt64
      let flow: UInt64
    }

    struct Pool: Encodable {
      let pageBytes: UInt64
      let node: Int?
      let reserved: UInt64
      let free: UInt64
    }

    struct Mount: Encodable {
      let path: String
      let pageBytes: UInt64?
    }
  }
}

extension MemoryReport {
  init(_ seen: MemoryObservation) {
    let verdicts = MemoryGate.weigh(seen.gates, against: seen.supply)
    module = Module(loaded: seen.isLoaded, options: seen.options.text)
    host = Host(
      cpus: seen.memory.cpus, pageBytes: seen.memory.pageSize.bytes, totalKib: seen.use.total,
      freeKib: seen.use.free, availableKib: seen.use.available,
      droppablePageCacheKib: seen.use.droppablePageCache, reclaimableSlabKib: seen.use.reclaimableSlab)
    zones = seen.supply.zones.map {
      Zone(node: $0.node, name: $0.name, free: $0.free.counts, reserve: $0.floor)
    }
    leftOut = seen.supply.leftOut.sorted { $0.key < $1.key }.map { LeftOut(name: $0.key, reason: $0.value) }
    content = Self.content(seen.types)
    counters = CompactionCounters.names.compactMap { name in
      seen.counters?.values[name].map { Counter(name: name, value: $0) }
    }
    gates = Self.passed(seen) + zip(seen.gates, verdicts).map(Gate.init)
    treatments = Self.treatments(seen, verdicts)
    hugePages = Huge(seen)
    remedies = seen.remedies()
    refused = seen.dangers.map { "\($0)" }
    notes = seen.notes
  }

  /// What treatments could give; none where everything fits already.
  private static func treatments(_ seen: MemoryObservation, _ verdicts: [MemoryVerdict]) -> [Treatment] {
    guard verdicts.contains(where: { $0.answer != .fits }) else { return [] }
    return TreatmentForecast.make(
      supply: seen.supply, types: try? seen.types.get(), use: seen.use,
      order: verdicts.map(\.largestOrder).max() ?? 0, pageSize: seen.memory.pageSize
    ).map {
      Treatment(
        kind: $0.kind.rawValue, order: $0.order, blocksNow: $0.now, blocksAtMost: $0.atMost,
        givenUpKib: $0.givenUp)
    }
  }

  private static func content(_ types: Result<PageTypeInfo, KernelModuleError>) -> Content {
    switch types {
    case .failure(let error): return Content(unknown: "\(error)", types: [])
    case .success(let info):
      var shares: [(type: String, free: UInt64, blocks: UInt64)] = []
      for zone in info.zones {
        for (type, blocks) in zone.free {
          let index = shares.firstIndex { $0.type == type } ?? shares.endIndex
          if index == shares.endIndex { shares.append((type, 0, 0)) }
          shares[index].free += blocks.pages
          shares[index].blocks += zone.pageblocks[type] ?? 0
        }
      }
      return Content(
        unknown: nil,
        types: shares.sorted { $0.type < $1.type }.map {
          Share(type: $0.type, freePages: $0.free, pageblocks: $0.blocks)
        })
    }
  }

  /// The gates that lie behind, which nothing is needed for any more.
  private static func passed(_ seen: MemoryObservation) -> [Gate] {
    var gates: [Gate] = []
    if seen.isLoaded { gates.append(Gate(passed: 1, VRouterMemory.loadGate, "the module is loaded")) }
    if seen.tablesAreTaken {
      gates.append(Gate(passed: 2, VRouterMemory.agentStartGate, "the tables are in memory"))
    }
    return gates
  }
}

extension MemoryReport.Gate {
  fileprivate init(passed number: Int, _ name: String, _ why: String) {
    self.init(
      number: number, name: name, verdict: "passed", sentence: "\(name) is passed: \(why)", largestOrder: nil,
      margin: nil, spare: nil, shortOrder: nil, shortBlocks: nil, rows: [], allocations: [])
  }

  fileprivate init(_ gate: MemoryGate, _ verdict: MemoryVerdict) {
    number = gate.name == VRouterMemory.loadGate ? 1 : 2
    name = gate.name
    sentence = "\(gate.name) \(MemoryText.sentence(verdict))"
    (largestOrder, margin, spare) = (verdict.largestOrder, verdict.margin, verdict.spare)
    switch verdict.answer {
    case .fits: (self.verdict, shortOrder, shortBlocks) = ("fits", nil, nil)
    case .onlyJust: (self.verdict, shortOrder, shortBlocks) = ("only-just", nil, nil)
    case .short(let order, let blocks): (self.verdict, shortOrder, shortBlocks) = ("short", order, blocks)
    }
    rows = verdict.rows.map(PreparationReport.Row.init)
    allocations = gate.demand.allocations.map {
      MemoryReport.Allocation(name: $0.name, bytes: $0.bytes, count: $0.count, order: $0.order)
    }
  }
}

extension MemoryReport.Huge {
  fileprivate init(_ seen: MemoryObservation) {
    plan = seen.hugePlan?.sentence
    demand = [2 << 20, 1 << 30].map { size in
      Demand(
        pageBytes: size, bridge: seen.memory.hugePages(for: .bridge, of: size),
        flow: seen.memory.hugePages(for: .flow, of: size))
    }
    pools = seen.hugePages.pools.map {
      Pool(pageBytes: $0.pageBytes, node: $0.node, reserved: $0.total, free: $0.obtainable)
    }
    mounts = seen.hugePages.mounts.map { Mount(path: $0.path, pageBytes: $0.pageBytes) }
  }
}
