public import HostFiles

/// Compacting memory: what was free before and after, and how long it took.
public struct Compaction: Equatable, Sendable {
  /// The file that asks the kernel to compact all zones (Documentation/admin-guide/sysctl/vm.rst).
  public static let control = "/proc/sys/vm/compact_memory"

  /// What could be had before.
  public let before: MemorySupply
  /// What could be had after.
  public let after: MemorySupply
  /// How long the kernel took.
  public let duration: Duration
  /// Why it was not done; nil when it was. A read-only /proc/sys is the usual reason in a container.
  public let refusal: KernelModuleError?

  /// Asks the kernel to compact, and measures. That it may not is reported, not thrown.
  ///
  /// On a large host the kernel can take seconds.
  public static func run(
    on host: HostRoot, pacing: any Pacing = MonotonicPacing()
  ) throws(KernelModuleError) -> Compaction {
    let before = try MemorySupply.observe(on: host)
    let start = pacing.now()
    var refusal: KernelModuleError?
    do {
      try host.writeControl(control, "1")
      PageLists.trim()
    } catch {
      refusal = KernelModuleError(error)
    }
    let duration = pacing.now() - start
    return Compaction(
      before: before, after: try MemorySupply.observe(on: host), duration: duration, refusal: refusal)
  }
}
