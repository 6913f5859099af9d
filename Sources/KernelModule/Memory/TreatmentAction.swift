public import HostFiles

/// One thing that the kernel can be asked for so that free memory comes together.
public enum TreatmentAction: Hashable, Sendable {
  /// Moves what can be moved, on one NUMA node or on all (Documentation/admin-guide/sysctl/vm.rst).
  case compact(node: Int?)
  /// Gives up clean page cache.
  case dropPageCache
  /// Gives up clean page cache, and names and inodes that nobody uses.
  case dropPageCacheAndSlab

  /// The file that asks for it, and what is written there.
  public var control: (path: String, value: String) {
    switch self {
    case .compact(nil): ("/proc/sys/vm/compact_memory", "1")
    case .compact(let node?): ("/sys/devices/system/node/node\(node)/compact", "1")
    case .dropPageCache: ("/proc/sys/vm/drop_caches", "1")
    case .dropPageCacheAndSlab: ("/proc/sys/vm/drop_caches", "3")
    }
  }

  /// Asks the kernel, and returns when it is done: on a large host that may take seconds.
  public func perform(on host: HostRoot) throws(KernelModuleError) {
    let (path, value) = control
    try translating { () throws(HostFileError) in try host.writeControl(path, value) }
    // What was moved or freed waits on the processors' lists, where it joins no block.
    PageLists.trim()
  }
}

extension TreatmentAction: RawRepresentable {
  /// As one word, for a command line: `compact`, `compact-node-1`, `drop-page-cache`, `drop-page-cache-and-slab`.
  public var rawValue: String {
    switch self {
    case .compact(nil): "compact"
    case .compact(let node?): "compact-node-\(node)"
    case .dropPageCache: "drop-page-cache"
    case .dropPageCacheAndSlab: "drop-page-cache-and-slab"
    }
  }

  /// The action of a word; nil when there is none.
  public init?(rawValue: String) {
    switch rawValue {
    case "compact": self = .compact(node: nil)
    case "drop-page-cache": self = .dropPageCache
    case "drop-page-cache-and-slab": self = .dropPageCacheAndSlab
    default:
      guard rawValue.hasPrefix("compact-node-"), let node = Int(rawValue.dropFirst(13)), node >= 0 else {
        return nil
      }
      self = .compact(node: node)
    }
  }
}

/// What carries an action out: the kernel may take seconds, or not come back, so that a program may want a process of its
/// own for it.
public protocol TreatmentRunner: Sendable {
  /// Does it and waits for its end.
  ///
  /// - Returns: why it was not done, or not done in time; nil when it was.
  func perform(_ action: TreatmentAction, on host: HostRoot, within limit: Duration) -> KernelModuleError?
}

/// Asks the kernel from this process, and waits for as long as it takes.
public struct DirectTreatment: TreatmentRunner {
  /// The one way.
  public init() {}

  /// Does it; the limit isn't kept.
  public func perform(
    _ action: TreatmentAction, on host: HostRoot, within limit: Duration
  ) -> KernelModuleError? {
    do {
      try action.perform(on: host)
      return nil
    } catch {
      return error
    }
  }
}
