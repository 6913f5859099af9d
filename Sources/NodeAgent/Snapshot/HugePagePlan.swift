import HostFiles
import KernelModule
import VRouter

/// Whether the module's tables will lie in huge pages, as the settings ask: needed, there, mounted.
struct HugePagePlan: Sendable, Equatable {
  /// Bytes of a page.
  let pageBytes: UInt64
  /// Where the two files are to be.
  let directory: String
  /// Whether a hugetlbfs with pages of that size is mounted there.
  let isMounted: Bool
  /// Pages by table.
  let needed: [HugeTable: UInt64]
  /// Pages that files of an earlier start hold already.
  let held: UInt64
  /// The pages of that size, all nodes together; nil when the kernel has none of that size.
  let pool: HugePages.Pool?

  /// - Returns: nil when no huge pages are asked for.
  init?(
    _ settings: HugePageSettings, for memory: VRouterMemory, on pages: HugePages, sizeOf: (String) -> UInt64?
  ) {
    guard let size = settings.pageBytes else { return nil }
    pageBytes = size
    let directory = settings.directory(on: pages)
    self.directory = directory
    isMounted = pages.isMounted(directory, size)
    needed = Dictionary(
      uniqueKeysWithValues: HugeTable.allCases.map { ($0, memory.hugePages(for: $0, of: size)) })
    held = HugeTable.allCases.reduce(0) { $0 + (sizeOf("\(directory)/\($1.rawValue)") ?? 0) / size }
    pool = pages.pool(of: size)
  }

  /// Pages for both files.
  var neededInAll: UInt64 { needed.values.reduce(0, +) }

  /// Pages that the files could have.
  var obtainable: UInt64 { (pool?.obtainable ?? 0) + held }

  /// The tables that will lie in huge pages: the agent maps the bridge table's file first.
  var tables: Set<HugeTable> {
    guard isMounted else { return [] }
    if obtainable >= neededInAll { return Set(HugeTable.allCases) }
    return obtainable >= needed[.bridge] ?? 0 ? [.bridge] : []
  }

  /// In one sentence.
  var sentence: String {
    let size = pageBytes >> 30 > 0 ? "\(pageBytes >> 30) GiB" : "\(pageBytes >> 20) MiB"
    let wanted =
      "the bridge table takes \(needed[.bridge] ?? 0) huge pages of \(size) and the flow table \(needed[.flow] ?? 0); "
    guard let pool else { return wanted + "the kernel has no pages of that size" }
    let there =
      "\(pool.total) are reserved, \(pool.obtainable) free\(held > 0 ? ", \(held) in the files of an earlier start" : "")"
    let place =
      isMounted ? "\(directory) is mounted with them" : "no hugetlbfs of that size is mounted at \(directory)"
    let result =
      switch tables.count {
      case 0: "no table will lie in them"
      case 1: "only the bridge table will lie in them, and the flow table silently takes page blocks"
      default: "both tables will lie in them"
      }
    return wanted + "\(there); \(place): \(result)"
  }
}
