public import HostFiles

/// Treating memory until a module's demand can be met: what may be done, and what came of it.
public struct MemoryTreatment: Sendable {
  /// How far a treatment may go.
  public enum Bound: String, CaseIterable, Sendable {
    /// Nothing is done.
    case none
    /// Memory is compacted: contents move, none is given up.
    case compact
    /// Also page cache and slab are given up, and reclaim is waited for, when a demand is proven short.
    case reclaim
  }

  /// What is done in one step, the least harmful first.
  public enum Kind: String, CaseIterable, Sendable {
    /// Compaction alone.
    case compact = "compaction"
    /// Page cache, then compaction.
    case pageCache = "page-cache"
    /// Page cache and slab, then compaction.
    case slab = "slab-and-page-cache"
    /// Waiting for the kernel's own reclaim.
    case wait = "wait"
  }

  /// One step, measured.
  public struct Step: Sendable {
    /// What was done.
    public let kind: Kind
    /// For what.
    public let gates: [MemoryGate]
    /// What could be had before.
    public let before: MemorySupply
    /// What could be had after.
    public let after: MemorySupply
    /// How long it took.
    public let duration: Duration
    /// The kernel's counters that grew meanwhile.
    public let counters: [(name: String, by: UInt64)]
    /// What the kernel did of it, in order; nothing where it only was waited.
    public let done: [TreatmentAction]
    /// Why the rest was not done, in order: of several NUMA nodes one may be refused. A read-only /proc/sys is the usual
    /// reason in a container.
    public let refusals: [KernelModuleError]
    /// For each gate, before.
    public let verdictsBefore: [MemoryVerdict]
    /// For each gate, after.
    public let verdictsAfter: [MemoryVerdict]

    /// Whether nothing of it was done. Blocks come and go meanwhile: that there are others now doesn't show that it was.
    public var isRefused: Bool { done.isEmpty && !refusals.isEmpty }
  }

  /// What is to be taken, in order.
  public let gates: [MemoryGate]
  /// What was done, in order; empty when nothing was needed, or allowed.
  public private(set) var steps: [Step] = []
  /// What can be had now.
  public private(set) var supply: MemorySupply
  /// What that means for each gate.
  public var verdicts: [MemoryVerdict] { MemoryGate.weigh(gates, against: supply) }

  /// Looks at a host's memory; nothing is done yet.
  public init(for gates: [MemoryGate], on host: HostRoot) throws(KernelModuleError) {
    self.gates = gates
    supply = try MemorySupply.observe(on: host)
  }

  /// Treats memory, step after step, and stops as soon as every gate's demand can be met with its margin; when it can
  /// be met without it, nothing is given up for the sake of the margin.
  ///
  /// - Parameters:
  ///   - isRefused: whether the kernel has just refused what was predicted to fit, or may have been: memory is compacted
  ///     once then, on every node, whatever is predicted.
  ///   - limit: how long one request to the kernel may take.
  ///   - waits: how long to wait for reclaim, look after look.
  public mutating func run(
    within bound: Bound, on host: HostRoot, by runner: any TreatmentRunner = DirectTreatment(),
    pacing: any Pacing = MonotonicPacing(), limit: Duration = .seconds(30),
    waits: [Duration] = [.milliseconds(200), .milliseconds(400), .milliseconds(800), .milliseconds(1600)],
    isRefused: Bool = false
  ) throws(KernelModuleError) {
    for kind in Kind.allCases where kind != .wait || !waits.isEmpty {
      let isDue = isRefused && kind == .compact && bound != .none
      guard isDue || allows(kind, bound), mayHelp(kind, on: host) else { continue }
      try perform(
        kind, on: host, by: runner, pacing: pacing, limit: limit, waits: waits, everyNode: isDue)
    }
  }

  private func allows(_ kind: Kind, _ bound: Bound) -> Bool {
    let verdicts = verdicts
    return switch kind {
    case .compact: bound != .none && verdicts.contains { $0.answer != .fits }
    case .pageCache, .slab, .wait: bound == .reclaim && verdicts.contains(where: \.isShort)
    }
  }

  /// Whether all that is free, with all that a step could give up, is as much as is needed: else it would do harm for
  /// nothing.
  private func mayHelp(_ kind: Kind, on host: HostRoot) -> Bool {
    guard kind != .compact else { return true }
    guard let use = try? MemoryUse.observe(on: host) else { return false }
    let spare =
      switch kind {
      case .compact: UInt64(0)
      case .pageCache: use.droppablePageCache
      case .slab, .wait: use.droppablePageCache.addingSaturating(use.reclaimableSlab)
      }
    guard spare >= 64 else { return false }
    let room = use.free.addingSaturating(spare)
    var needed: UInt64 = 0
    for (gate, verdict) in zip(gates, verdicts) {
      needed = needed.addingSaturating(gate.demand.blockBytes / 1024)
      if verdict.isShort, needed <= room { return true }
    }
    return false
  }

  private mutating func perform(
    _ kind: Kind, on host: HostRoot, by runner: any TreatmentRunner, pacing: any Pacing, limit: Duration,
    waits: [Duration], everyNode: Bool
  ) throws(KernelModuleError) {
    let before = supply
    let verdictsBefore = verdicts
    let counters = try? CompactionCounters.observe(on: host)
    let start = pacing.now()
    var done: [TreatmentAction] = []
    var refusals: [KernelModuleError] = []
    func ask(_ action: TreatmentAction) -> Bool {
      if let problem = runner.perform(action, on: host, within: limit) {
        refusals.append(problem)
        return false
      }
      done.append(action)
      return true
    }
    switch kind {
    case .compact: try compact(on: host, everyNode: everyNode, ask)
    case .pageCache: if ask(.dropPageCache) { try compact(on: host, everyNode: everyNode, ask) }
    case .slab: if ask(.dropPageCacheAndSlab) { try compact(on: host, everyNode: everyNode, ask) }
    case .wait:
      for wait in waits where verdicts.contains(where: \.isShort) {
        pacing.wait(wait)
        supply = try MemorySupply.observe(on: host)
      }
    }
    let duration = pacing.now() - start
    supply = try MemorySupply.observe(on: host)
    var growth: [(name: String, by: UInt64)] = []
    if let counters, let now = try? CompactionCounters.observe(on: host) {
      growth = now.growth(since: counters)
    }
    steps.append(
      Step(
        kind: kind, gates: gates, before: before, after: supply, duration: duration, counters: growth,
        done: done,
        refusals: refusals, verdictsBefore: verdictsBefore, verdictsAfter: verdicts))
  }

  /// Node after node where there are several: until the demand is met, or all of them.
  private mutating func compact(
    on host: HostRoot, everyNode: Bool, _ ask: (TreatmentAction) -> Bool
  ) throws(KernelModuleError) {
    let nodes = Set(supply.zones.map(\.node)).sorted()
    guard nodes.count > 1, nodes.allSatisfy({ host.exists(TreatmentAction.compact(node: $0).control.path) })
    else {
      _ = ask(.compact(node: nil))
      return
    }
    for node in nodes where everyNode || verdicts.contains(where: { $0.answer != .fits }) {
      guard ask(.compact(node: node)) else { continue }
      supply = try MemorySupply.observe(on: host)
    }
  }
}
