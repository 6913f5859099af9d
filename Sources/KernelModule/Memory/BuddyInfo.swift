public import HostFiles

/// Free blocks by node, zone and order: `/proc/buddyinfo`.
public struct BuddyInfo: Equatable, Sendable {
  /// One line of the file.
  public struct Zone: Equatable, Sendable {
    /// The NUMA node.
    public let node: Int
    /// The zone's name: `DMA`, `DMA32`, `Normal`, `HighMem`, `Movable`, `Device`.
    public let name: String
    /// Its free blocks.
    public let free: FreeBlocks

    /// A zone's free blocks.
    public init(node: Int, name: String, free: FreeBlocks) {
      self.node = node
      self.name = name
      self.free = free
    }
  }

  /// The zones that hold memory, in the file's order.
  public let zones: [Zone]

  /// Free blocks as known from elsewhere.
  public init(zones: [Zone]) { self.zones = zones }

  /// Reads lines such as `Node 0, zone   Normal    776    558    393`.
  public init(parsing text: String) throws(KernelModuleError) {
    var zones: [Zone] = []
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.isEmpty { continue }
      guard let header = ZoneHeader(words) else {
        throw Self.malformed(number, "it doesn't begin with 'Node …, zone …'")
      }
      var counts: [UInt64] = []
      for word in words.dropFirst(ZoneHeader.words) {
        guard let count = UInt64(word), count <= 1 << 52 else {
          throw Self.malformed(number, "\(ModuleNames.quoted(String(word))) is no number of blocks")
        }
        counts.append(count)
      }
      guard !counts.isEmpty, counts.count <= 41 else {
        throw Self.malformed(number, "it has \(counts.count) columns")
      }
      if let first = zones.first, first.free.counts.count != counts.count {
        throw Self.malformed(
          number, "it has \(counts.count) columns, the lines before have \(first.free.counts.count)")
      }
      zones.append(Zone(node: header.node, name: header.zone, free: FreeBlocks(counts)))
    }
    guard !zones.isEmpty else { throw Self.malformed(0, "it names no zone") }
    self.zones = zones
  }

  /// Reads a host's /proc/buddyinfo.
  public static func observe(on host: HostRoot) throws(KernelModuleError) -> BuddyInfo {
    try BuddyInfo(
      parsing: translating { () throws(HostFileError) in try host.readText("/proc/buddyinfo") })
  }

  private static func malformed(_ index: Int, _ reason: String) -> KernelModuleError {
    KernelModuleError(.malformed, "understand", "/proc/buddyinfo", line: index + 1, reason: reason)
  }
}

/// `Node 0, zone   Normal`, with which lines begin in several files of the kernel.
struct ZoneHeader {
  static let words = 4
  let node: Int
  let zone: String

  init?(_ words: [Substring]) {
    guard words.count >= Self.words, words[0] == "Node", words[2] == "zone", words[1].last == ",",
      let node = Int(words[1].dropLast()), node >= 0
    else { return nil }
    let name = words[3].last == "," ? words[3].dropLast() : words[3]
    guard !name.isEmpty else { return nil }
    self.node = node
    zone = String(name)
  }
}
