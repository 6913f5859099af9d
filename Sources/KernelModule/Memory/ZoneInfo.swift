/// Watermarks and reserves by node and zone: `/proc/zoneinfo`, as far as a verdict needs it.
public struct ZoneInfo: Equatable, Sendable {
  /// One zone. All numbers are pages.
  public struct Zone: Equatable, Sendable {
    /// The NUMA node.
    public let node: Int
    /// The zone's name.
    public let name: String
    /// Free pages.
    public var free: UInt64 = 0
    /// Watermark below which only the kernel's own needs are served, ``boost`` included.
    public var min: UInt64 = 0
    /// By how much the watermarks are raised at the moment, since memory got fragmented (from Linux 5.13 on).
    public var boost: UInt64 = 0
    /// Watermark below which reclaim is woken.
    public var low: UInt64 = 0
    /// Watermark at which reclaim rests.
    public var high: UInt64 = 0
    /// Pages that the allocator manages.
    public var managed: UInt64 = 0
    /// Free pages that only movable content may use.
    public var freeCMA: UInt64 = 0
    /// Free pages on the processors' own lists, which /proc/buddyinfo doesn't count.
    public var listed: UInt64 = 0
    /// Pages on the fullest of those lists.
    public var fullestList: UInt64 = 0
    /// As many pages as such a list may hold.
    public var longestList: UInt64 = 0
    /// Pages kept back from allocations that could use a higher zone, by index of that zone.
    public var protection: [UInt64] = []

    /// A zone without numbers.
    public init(node: Int, name: String) {
      self.node = node
      self.name = name
    }
  }

  /// In the file's order; zones without memory are among them.
  public let zones: [Zone]

  /// Zones as known from elsewhere.
  public init(zones: [Zone]) { self.zones = zones }

  /// Reads the file; what it needn't know it passes over.
  public init(parsing text: String) throws(KernelModuleError) {
    var zones: [Zone] = []
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let words = line.split(whereSeparator: \.isWhitespace)
      guard let first = words.first else { continue }
      if first == "Node" {
        guard let header = ZoneHeader(words) else {
          throw Self.malformed(number, "it names no node and zone")
        }
        zones.append(Zone(node: header.node, name: header.zone))
        continue
      }
      guard let last = zones.indices.last else {
        throw Self.malformed(number, "it stands before the first 'Node …, zone …'")
      }
      if first == "pages", words.count == 3, words[1] == "free" {
        zones[last].free = try Self.pages(words[2], number)
      } else if first == "protection:" {
        zones[last].protection = try Self.protection(line, number)
      } else if first == "count:", words.count == 2 {
        let pages = try Self.pages(words[1], number)
        zones[last].listed = zones[last].listed.addingSaturating(pages)
        zones[last].fullestList = Swift.max(zones[last].fullestList, pages)
      } else if first == "high:", words.count == 2 {
        zones[last].longestList = Swift.max(zones[last].longestList, try Self.pages(words[1], number))
      } else if words.count == 2, let field = Self.fields[String(first)] {
        zones[last][keyPath: field] = try Self.pages(words[1], number)
      }
    }
    guard !zones.isEmpty else { throw Self.malformed(0, "it names no zone") }
    self.zones = zones
  }

  /// The zone of a line of buddyinfo.
  public func zone(node: Int, name: String) -> Zone? {
    zones.first { $0.node == node && $0.name == name }
  }

  /// Position of a zone's name in each `protection` list; nil when there is no such zone.
  func index(of name: String) -> Int? {
    var names: [String] = []
    for zone in zones where !names.contains(zone.name) { names.append(zone.name) }
    return names.firstIndex(of: name)
  }

  // Computed: key paths of a shared dictionary aren't Sendable. "high" also stands, as "high:", in the per-CPU part.
  private static var fields: [String: WritableKeyPath<Zone, UInt64>] {
    [
      "min": \.min, "boost": \.boost, "low": \.low, "high": \.high, "managed": \.managed,
      "nr_free_cma": \.freeCMA,
    ]
  }

  private static func pages(_ word: Substring, _ number: Int) throws(KernelModuleError) -> UInt64 {
    guard let value = UInt64(word), value <= 1 << 52 else {
      throw malformed(number, "\(ModuleNames.quoted(String(word))) is no number of pages")
    }
    return value
  }

  /// `protection: (0, 3019, 4811)`.
  private static func protection(_ line: Substring, _ number: Int) throws(KernelModuleError) -> [UInt64] {
    guard let start = line.firstIndex(of: "("), let end = line.lastIndex(of: ")"), start < end else {
      throw malformed(number, "the protection isn't in parentheses")
    }
    var values: [UInt64] = []
    for word in line[line.index(after: start)..<end].split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
      values.append(try pages(word, number))
    }
    return values
  }

  private static func malformed(_ index: Int, _ reason: String) -> KernelModuleError {
    KernelModuleError(.malformed, "understand", "/proc/zoneinfo", line: index + 1, reason: reason)
  }
}
