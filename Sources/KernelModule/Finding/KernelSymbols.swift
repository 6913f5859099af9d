import HostFiles

/// What can be known of the symbols that a kernel exports without asking it to load something.
///
/// Checksums come from the modules of the kernel's own tree, which were built with it and hold those of all that they
/// use, then from lists that packages for building modules bring, and, of old kernels, from the table of all symbols.
struct KernelSymbols: Equatable {
  /// By name.
  private(set) var checksums: [String: UInt32] = [:]
  /// Names that are there, though perhaps only inside the kernel.
  private(set) var names: Set<String> = []
  /// Whether a name that was asked for, and is in neither, is certainly not there.
  private(set) var isComplete = false

  /// As many modules of the tree are read at the most, for all builds together.
  static let moduleLimit = 24
  /// Modules that use much of what a data path does, read first.
  static let preferred = [
    "openvswitch", "bridge", "vxlan", "macvlan", "veth", "tun", "8021q", "bonding", "ip_gre", "ip_tunnel",
    "ipvlan", "team", "vrf", "virtio_net", "nf_conntrack", "dummy",
  ]

  /// Known from elsewhere, for a judgement.
  init(checksums: [String: UInt32] = [:], names: Set<String> = [], isComplete: Bool = false) {
    (self.checksums, self.names, self.isComplete) = (checksums, names, isComplete)
  }

  /// Learns the checksums that a module of the kernel's own tree was built with.
  mutating func learn(_ others: [String: UInt32]) {
    checksums.merge(others) { own, _ in own }
  }

  /// Learns from a list as `Module.symvers` is: checksum, name, module, kind, separated by tabs.
  ///
  /// - Returns: false when it contradicts what is known, and was not learnt from: it is another kernel's.
  @discardableResult
  mutating func learn(list: [UInt8], wanted: Set<String>) -> Bool {
    var found: [String: UInt32] = [:]
    var isChecksummed = false
    for line in list.split(separator: UInt8(ascii: "\n")) {
      let fields = line.split(separator: UInt8(ascii: "\t"), maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3, fields[0].starts(with: [0x30, 0x78]),
        let checksum = UInt32(String(decoding: fields[0].dropFirst(2), as: UTF8.self), radix: 16)
      else { continue }
      if checksum != 0 { isChecksummed = true }
      let name = String(decoding: fields[1], as: UTF8.self)
      if wanted.contains(name) || checksums[name] != nil { found[name] = checksum }
    }
    guard isChecksummed, found.allSatisfy({ checksums[$0] == nil || checksums[$0] == $1 }) else {
      return false
    }
    learn(found)
    return true
  }

  /// Learns from the table of all symbols: `/proc/kallsyms` or a `System.map`.
  ///
  /// Kernels up to 4.10 show checksums in it, as absolute symbols `__crc_<name>`.
  mutating func learn(table: [UInt8], wanted: Set<String>) {
    let wantedBytes = Set(wanted.map { ArraySlice(Array($0.utf8)) })
    let checksumStart = Array("__crc_".utf8)
    // A variable: without it only functions are listed, and a name that is missing proves nothing.
    let witness = ArraySlice(Array("init_net".utf8))
    for line in table.split(separator: UInt8(ascii: "\n")) {
      let fields = line.split(maxSplits: 3) { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      guard fields.count >= 3 else { continue }
      let name = fields[2]
      if name == witness { isComplete = true }
      if wantedBytes.contains(name) {
        names.insert(String(decoding: name, as: UTF8.self))
      } else if name.starts(with: checksumStart), fields[1].elementsEqual([UInt8(ascii: "A")]),
        case let symbol = name.dropFirst(checksumStart.count), wantedBytes.contains(symbol),
        let checksum = UInt32(String(decoding: fields[0], as: UTF8.self), radix: 16), checksum != 0
      {
        learn([String(decoding: symbol, as: UTF8.self): checksum])
      }
    }
  }
}
