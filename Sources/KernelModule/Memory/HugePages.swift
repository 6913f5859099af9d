public import HostFiles

/// Huge pages that a host has reserved, and where files of them can be made.
public struct HugePages: Equatable, Sendable {
  /// The pages of one size, on one NUMA node or on all together.
  public struct Pool: Equatable, Sendable {
    /// Bytes of a page.
    public let pageBytes: UInt64
    /// The NUMA node; nil for all.
    public let node: Int?
    /// Pages that are there.
    public let total: UInt64
    /// Pages that nobody has.
    public let free: UInt64
    /// Free pages that are promised to mappings already; nil where the kernel doesn't tell (for each node).
    public let promised: UInt64?

    /// A pool.
    public init(pageBytes: UInt64, node: Int?, total: UInt64, free: UInt64, promised: UInt64?) {
      self.pageBytes = pageBytes
      self.node = node
      self.total = total
      self.free = free
      self.promised = promised
    }

    /// Pages that a new file could have.
    public var obtainable: UInt64 { free - min(free, promised ?? 0) }
  }

  /// A hugetlbfs.
  public struct Mount: Equatable, Sendable {
    /// Where.
    public let path: String
    /// Bytes of its pages; nil when neither the options nor /proc/meminfo (the kernel's default size) tell.
    public let pageBytes: UInt64?

    /// A mount.
    public init(path: String, pageBytes: UInt64?) {
      self.path = path
      self.pageBytes = pageBytes
    }
  }

  /// By size, of each first all nodes together.
  public let pools: [Pool]
  /// In the order of /proc/mounts.
  public let mounts: [Mount]

  /// As known from elsewhere.
  public init(pools: [Pool], mounts: [Mount]) {
    self.pools = pools
    self.mounts = mounts
  }

  /// The pages of a size, all nodes together.
  public func pool(of pageBytes: UInt64) -> Pool? {
    pools.first { $0.pageBytes == pageBytes && $0.node == nil }
  }
}

extension HugePages {
  /// Reads a host's sysfs and mounts. What isn't there (a kernel without huge pages) is no error.
  public static func observe(on host: HostRoot) -> HugePages {
    var pools = pools(in: "/sys/kernel/mm/hugepages", node: nil, on: host)
    let nodes = (try? host.names(in: "/sys/devices/system/node")) ?? []
    for node in nodes.compactMap({ $0.hasPrefix("node") ? Int($0.dropFirst(4)) : nil }).sorted() {
      pools += Self.pools(in: "/sys/devices/system/node/node\(node)/hugepages", node: node, on: host)
    }
    pools.sort { ($0.pageBytes, $0.node ?? -1) < ($1.pageBytes, $1.node ?? -1) }
    // The first process's mounts are the host's, whatever namespace this program runs in.
    let text = (try? host.readText("/proc/1/mounts")) ?? (try? host.readText("/proc/mounts")) ?? ""
    let standard = (try? host.readText("/proc/meminfo")).flatMap {
      try? NumberedFile(parsing: $0, path: "/proc/meminfo")
    }?["Hugepagesize"]
    let mounts = mounts(parsing: text).map { mount in
      Mount(path: mount.path, pageBytes: mount.pageBytes ?? standard.map { $0 << 10 })
    }
    return HugePages(pools: pools, mounts: mounts)
  }

  private static func pools(in folder: String, node: Int?, on host: HostRoot) -> [Pool] {
    ((try? host.names(in: folder)) ?? []).compactMap { name in
      guard name.hasPrefix("hugepages-"), name.hasSuffix("kB"),
        let size = UInt64(name.dropFirst(10).dropLast(2)), size > 0, size < 1 << 40
      else { return nil }
      func number(_ file: String) -> UInt64? {
        (try? host.readValue("\(folder)/\(name)/\(file)")).flatMap { UInt64($0) }
      }
      guard let total = number("nr_hugepages"), let free = number("free_hugepages") else { return nil }
      return Pool(
        pageBytes: size << 10, node: node, total: total, free: free, promised: number("resv_hugepages"))
    }
  }

  /// Lines such as `hugetlbfs /dev/hugepages hugetlbfs rw,relatime,pagesize=2M 0 0`.
  static func mounts(parsing text: String) -> [Mount] {
    text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count >= 4, words[2] == "hugetlbfs" else { return nil }
      let size = words[3].split(separator: ",").first { $0.hasPrefix("pagesize=") }
      return Mount(path: String(words[1]), pageBytes: size.flatMap { bytes($0.dropFirst(9)) })
    }
  }

  /// `2M`, `1G`, `1024M`, `64K`.
  private static func bytes(_ text: Substring) -> UInt64? {
    let shift: UInt64? =
      switch text.last {
      case "K": 10
      case "M": 20
      case "G": 30
      default: nil
      }
    guard let number = UInt64(shift == nil ? text : text.dropLast()), number > 0, number < 1 << 30 else {
      return nil
    }
    return number << (shift ?? 0)
  }
}
