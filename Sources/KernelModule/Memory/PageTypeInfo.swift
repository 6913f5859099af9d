public import HostFiles

/// Free blocks by what may be put into them, and how many blocks belong to each kind: `/proc/pagetypeinfo`.
///
/// Root alone may read it, and it holds a zone's lock while it counts: it is read once for a verdict.
public struct PageTypeInfo: Equatable, Sendable {
  /// One zone.
  public struct Zone: Equatable, Sendable {
    /// The NUMA node.
    public let node: Int
    /// The zone's name.
    public let name: String
    /// Free blocks by migrate type: `Unmovable`, `Movable`, `Reclaimable`, `HighAtomic`, `CMA`, `Isolate`.
    public internal(set) var free: [String: FreeBlocks] = [:]
    /// Types and orders for which the kernel stopped counting (`>100000`): there are at least that many.
    public internal(set) var capped: [String: Set<Int>] = [:]
    /// How many page blocks belong to each type, free or not.
    public internal(set) var pageblocks: [String: UInt64] = [:]

    /// A zone.
    public init(
      node: Int, name: String, free: [String: FreeBlocks] = [:], pageblocks: [String: UInt64] = [:]
    ) {
      self.node = node
      self.name = name
      self.free = free
      self.pageblocks = pageblocks
    }
  }

  /// In the file's order.
  public let zones: [Zone]
  /// The order of the blocks that belong to one type as a whole: 9, which is 2 MiB, on most machines.
  public let pageblockOrder: Int

  /// As known from elsewhere.
  public init(zones: [Zone], pageblockOrder: Int) {
    self.zones = zones
    self.pageblockOrder = pageblockOrder
  }

  /// The zone of a line of buddyinfo.
  public func zone(node: Int, name: String) -> Zone? {
    zones.first { $0.node == node && $0.name == name }
  }

  /// Reads a host's /proc/pagetypeinfo.
  public static func observe(on host: HostRoot) throws(KernelModuleError) -> PageTypeInfo {
    try PageTypeInfo(
      parsing: translating { () throws(HostFileError) in
        try host.readText("/proc/pagetypeinfo", limit: 16 << 20)
      })
  }
}

extension PageTypeInfo {
  /// Reads the file: its two numbers, the free blocks by type, the page blocks by type; what else it holds
  /// (mixed blocks, with page_owner) is passed over.
  public init(parsing text: String) throws(KernelModuleError) {
    var reader = Reader()
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      try reader.read(line.split(whereSeparator: \.isWhitespace), number)
    }
    guard let order = reader.pageblockOrder else {
      throw Self.malformed(0, "it tells no 'Page block order:'")
    }
    guard !reader.zones.isEmpty else { throw Self.malformed(0, "it names no zone") }
    self.init(zones: reader.zones, pageblockOrder: order)
  }

  /// The file's three parts, one after the other.
  private struct Reader {
    var zones: [Zone] = []
    var pageblockOrder: Int?
    /// The titles of the table of page blocks, once it has begun; empty after its end.
    var types: [String]?

    mutating func read(_ words: [Substring], _ number: Int) throws(KernelModuleError) {
      guard let first = words.first else { return }
      if words.starts(with: ["Page", "block", "order:"]), words.count == 4 {
        guard let order = Int(words[3]), (0...40).contains(order) else {
          throw malformed(number, "\(ModuleNames.quoted(String(words[3]))) is no order")
        }
        pageblockOrder = order
      } else if words.starts(with: ["Number", "of", "blocks", "type"]) {
        types = words.dropFirst(4).map(String.init)
      } else if first == "Number" {
        types = []
      } else if first == "Node" {
        guard let header = ZoneHeader(words) else { throw malformed(number, "it names no node and zone") }
        let rest = words.dropFirst(ZoneHeader.words)
        if let types {
          if !types.isEmpty { try readPageblocks(header, types, Array(rest), number) }
        } else {
          try readFree(header, Array(rest), number)
        }
      }
    }

    /// `type    Unmovable      1      1     56 …`
    private mutating func readFree(
      _ header: ZoneHeader, _ words: [Substring], _ number: Int
    ) throws(KernelModuleError) {
      guard words.count > 2, words[0] == "type", words.count <= 43 else {
        throw malformed(number, "it has no type with its free blocks")
      }
      let type = String(words[1])
      var counts: [UInt64] = []
      for word in words.dropFirst(2) {
        if word.first == ">" { zones[index(header)].capped[type, default: []].insert(counts.count) }
        counts.append(try count(word.first == ">" ? word.dropFirst() : word, number))
      }
      zones[index(header)].free[type] = FreeBlocks(counts)
    }

    private mutating func readPageblocks(
      _ header: ZoneHeader, _ types: [String], _ words: [Substring], _ number: Int
    ) throws(KernelModuleError) {
      guard words.count == types.count else {
        throw malformed(number, "it has \(words.count) numbers of blocks, for \(types.count) types")
      }
      for (type, word) in zip(types, words) {
        zones[index(header)].pageblocks[type] = try count(word, number)
      }
    }

    private mutating func index(_ header: ZoneHeader) -> Int {
      if let known = zones.firstIndex(where: { $0.node == header.node && $0.name == header.zone }) {
        return known
      }
      zones.append(Zone(node: header.node, name: header.zone))
      return zones.count - 1
    }

    private func count(_ word: Substring, _ number: Int) throws(KernelModuleError) -> UInt64 {
      guard let value = UInt64(word), value <= 1 << 52 else {
        throw malformed(number, "\(ModuleNames.quoted(String(word))) is no number of blocks")
      }
      return value
    }

    private func malformed(_ index: Int, _ reason: String) -> KernelModuleError {
      PageTypeInfo.malformed(index, reason)
    }
  }

  private static func malformed(_ index: Int, _ reason: String) -> KernelModuleError {
    KernelModuleError(.malformed, "understand", "/proc/pagetypeinfo", line: index + 1, reason: reason)
  }
}
