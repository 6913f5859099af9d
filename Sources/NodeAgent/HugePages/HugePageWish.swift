import KernelModule

/// What the settings ask of huge pages, against what the host has reserved and mounted: decided before anything is touched.
struct HugePageWish: Sendable, Equatable {
  /// The parameter that asks: HUGE_PAGES_1GB or HUGE_PAGES_2MB.
  let parameter: String
  /// Bytes of a page.
  let pageBytes: UInt64
  /// Pages to be there.
  let wanted: UInt64
  /// Where the vRouter agent is to have its files.
  let directory: String
  /// Whether a hugetlbfs with pages of that size is mounted there.
  let isMounted: Bool
  /// Whether a file system of another kind, or with pages of another size, is mounted at exactly that place.
  let isTaken: Bool
  /// Whether one may be mounted there (VROUTER_HUGE_PAGES_MOUNT).
  let mayMount: Bool
  /// The pages of that size, all nodes together; nil when the kernel has none of that size.
  let pool: HugePages.Pool?
  /// The same for each NUMA node.
  let nodes: [HugePages.Pool]

  /// - Returns: nil when no huge pages are asked for.
  init?(_ settings: HugePageSettings, mayMount: Bool, on pages: HugePages) {
    guard let size = settings.pageBytes else { return nil }
    parameter = size == HugePageSettings.giganticBytes ? "HUGE_PAGES_1GB" : "HUGE_PAGES_2MB"
    pageBytes = size
    wanted = UInt64(size == HugePageSettings.giganticBytes ? settings.gigantic : settings.huge)
    let directory = settings.directory(on: pages)
    self.directory = directory
    isMounted = pages.isMounted(directory, size)
    isTaken = !isMounted && pages.mounts.contains { $0.path == directory }
    self.mayMount = mayMount
    pool = pages.pool(of: size)
    nodes = pages.pools.filter { $0.pageBytes == size && $0.node != nil }
  }

  /// Pages that are to be asked for.
  var missing: UInt64 { wanted - min(wanted, pool?.total ?? 0) }

  /// `2 MiB`.
  var size: String { Self.size(pageBytes) }

  static func size(_ bytes: UInt64) -> String {
    bytes >> 30 > 0 ? "\(bytes >> 30) GiB" : "\(bytes >> 20) MiB"
  }

  /// The control file of the kernel that has the number of pages.
  static func control(_ pageBytes: UInt64) -> String {
    "/sys/kernel/mm/hugepages/hugepages-\(pageBytes >> 10)kB/nr_hugepages"
  }

  /// What would reserve the pages at boot, before memory is in pieces (Documentation/admin-guide/kernel-parameters.txt).
  var kernelArgument: String {
    "hugepagesz=\(pageBytes >> 30 > 0 ? "\(pageBytes >> 30)G" : "\(pageBytes >> 20)M") hugepages=\(wanted)"
  }

  /// Why a preparation can't go on; nil when it can.
  var refusal: String? {
    guard !isMounted else { return nil }
    if pool == nil {
      return
        "\(parameter) asks for huge pages of \(size), and this kernel, or its processor, has none of that size; set \(parameter)=0"
    }
    let place = "HUGE_PAGES_\(pageBytes == HugePageSettings.giganticBytes ? "1GB" : "2MB")_DIR"
    let fact =
      "\(parameter) asks for huge pages of \(size), and no hugetlbfs with pages of that size is mounted at \(directory)"
    if isTaken {
      return "\(fact), but one with pages of another size; name another folder in \(place)"
    }
    return mayMount
      ? nil
      : "\(fact); mount one (mount -t hugetlbfs -o pagesize=\(pageBytes >> 20)M none \(directory)), name its folder in \(place), or set VROUTER_HUGE_PAGES_MOUNT=true"
  }

  /// Whether one has to be mounted.
  var mounts: Bool { !isMounted && refusal == nil }

  /// The one that will be.
  var plannedMount: HugePages.Mount? {
    mounts ? HugePages.Mount(path: directory, pageBytes: pageBytes) : nil
  }

  /// What is short, and what would help; nil when nothing is.
  var shortage: String? {
    guard missing > 0 else { return nil }
    return
      "of \(wanted) huge pages of \(size) that \(parameter) asks for, \(pool?.total ?? 0) are reserved: \(missing) missing"
  }

  /// How the shortage is mended for good.
  var remedy: String { "to reserve them at boot, add to the kernel's command line: \(kernelArgument)" }

  /// What there is, line by line.
  var evidence: [String] {
    guard let pool else { return ["/sys/kernel/mm/hugepages has no pages of \(size)"] }
    return (["all nodes: \(Self.line(pool))"] + nodes.map { "node \($0.node ?? 0): \(Self.line($0))" })
      + [isMounted ? "mounted at \(directory)" : "not mounted at \(directory)"]
  }

  private static func line(_ pool: HugePages.Pool) -> String { "\(pool.total) reserved, \(pool.free) free" }
}

extension HugePageSettings {
  static let giganticBytes: UInt64 = 1 << 30
  static let hugeBytes: UInt64 = 2 << 20

  /// Bytes of the pages that are asked for: those of 1 GiB go before those of 2 MiB, as in the scripts of the field.
  var pageBytes: UInt64? { gigantic > 0 ? Self.giganticBytes : huge > 0 ? Self.hugeBytes : nil }

  /// Where the vRouter agent's files are to be.
  func directory(on pages: HugePages) -> String {
    HugePagePlace(self, mounts: pages.mounts)?.directory.value ?? directory.value
  }
}

extension HugePages {
  /// Whether a folder is in a hugetlbfs with pages of a size.
  func isMounted(_ directory: String, _ pageBytes: UInt64) -> Bool {
    mounts.isMounted(directory, pageBytes)
  }
}

extension [HugePages.Mount] {
  /// Whether a folder is in a hugetlbfs with pages of a size.
  func isMounted(_ directory: String, _ pageBytes: UInt64) -> Bool {
    // Of several one inside the other, and of several at one place, the last one is seen.
    let over = filter { directory == $0.path || directory.hasPrefix($0.path + "/") }
    let longest = over.map(\.path.utf8.count).max()
    return over.last { $0.path.utf8.count == longest }?.pageBytes == pageBytes
  }
}
