public import HostFiles

/// What a file of names and numbers says: `/proc/meminfo` (`MemFree:  1234 kB`), `/proc/vmstat` (`compact_stall 3`).
///
/// A line that isn't of that shape is an error; a name that isn't there has no value.
public struct NumberedFile: Equatable, Sendable {
  private let values: [String: UInt64]

  /// Numbers as known from elsewhere.
  public init(_ values: [String: UInt64]) { self.values = values }

  /// Reads a file's text.
  ///
  /// - Parameter path: of the file, for the error.
  public init(parsing text: String, path: String) throws(KernelModuleError) {
    var values: [String: UInt64] = [:]
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let words = line.split(whereSeparator: \.isWhitespace)
      guard let name = words.first else { continue }
      guard words.count >= 2, let value = UInt64(words[1]) else {
        throw KernelModuleError(
          .malformed, "understand", path, line: number + 1,
          reason: "\(ModuleNames.quoted(String(name))) has no number")
      }
      values[String(name.last == ":" ? name.dropLast() : name)] = value
    }
    guard !values.isEmpty else {
      throw KernelModuleError(.malformed, "understand", path, line: 1, reason: "it holds no numbers")
    }
    self.values = values
  }

  /// The number of that name.
  public subscript(name: String) -> UInt64? { values[name] }
}

/// How memory is used, in KiB: `/proc/meminfo`.
public struct MemoryUse: Equatable, Sendable {
  /// All that the kernel manages.
  public let total: UInt64
  /// Free pages.
  public let free: UInt64
  /// What the kernel thinks that new programs could have; nil before Linux 3.14.
  public let available: UInt64?
  /// Page cache that dropping caches may free: without shared memory, and without what is dirty or being written.
  public let droppablePageCache: UInt64
  /// Slab that the kernel may give back: names and inodes of files, mostly.
  public let reclaimableSlab: UInt64

  /// Picks out what a treatment depends on.
  ///
  /// What is mapped by programs or locked isn't dropped either, nor told apart in the file: the figure is a limit.
  public init(_ file: NumberedFile) {
    total = file["MemTotal"] ?? 0
    free = file["MemFree"] ?? 0
    available = file["MemAvailable"]
    let cache = (file["Cached"] ?? 0).addingSaturating(file["Buffers"] ?? 0)
    let kept = (file["Shmem"] ?? 0).addingSaturating(file["Dirty"] ?? 0).addingSaturating(
      file["Writeback"] ?? 0)
    droppablePageCache = cache - min(cache, kept)
    reclaimableSlab = file["SReclaimable"] ?? 0
  }

  /// Reads a host's /proc/meminfo.
  public static func observe(on host: HostRoot) throws(KernelModuleError) -> MemoryUse {
    let path = "/proc/meminfo"
    let text = try translating { () throws(HostFileError) in try host.readText(path) }
    return MemoryUse(try NumberedFile(parsing: text, path: path))
  }
}

/// What the kernel has done so far to bring free memory together: counters of `/proc/vmstat` (mm/compaction.c).
public struct CompactionCounters: Equatable, Sendable {
  /// The counters that are looked at, in the order in which they are told.
  public static let names = [
    "compact_stall", "compact_fail", "compact_success", "compact_daemon_wake", "compact_migrate_scanned",
    "compact_free_scanned", "compact_isolated", "pgmigrate_success", "pgmigrate_fail", "pgsteal_kswapd",
    "pgsteal_direct", "drop_pagecache", "drop_slab",
  ]

  /// By name; a kernel without compaction has few of them.
  public let values: [String: UInt64]

  /// Counters as known from elsewhere.
  public init(_ values: [String: UInt64]) { self.values = values }

  /// Reads a host's /proc/vmstat.
  public static func observe(on host: HostRoot) throws(KernelModuleError) -> CompactionCounters {
    let path = "/proc/vmstat"
    let text = try translating { () throws(HostFileError) in try host.readText(path) }
    let file = try NumberedFile(parsing: text, path: path)
    var values: [String: UInt64] = [:]
    for name in names { values[name] = file[name] }
    return CompactionCounters(values)
  }

  /// By how much each has grown; those that haven't are left out.
  public func growth(since earlier: CompactionCounters) -> [(name: String, by: UInt64)] {
    Self.names.compactMap { name in
      guard let now = values[name], let before = earlier.values[name], now > before else { return nil }
      return (name: name, by: now - before)
    }
  }
}
