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
    let names = NameFilter(wanted.union(checksums.keys))
    SymbolLines(list, separator: UInt8(ascii: "\t")).forEach { fields in
      if !isChecksummed, let checksum = Self.checksum(list[fields.first].dropFirst(2)), checksum != 0 {
        isChecksummed = true
      }
      guard names.mayHold(list, fields.second), let checksum = Self.checksum(list[fields.first].dropFirst(2))
      else { return }
      let name = String(decoding: list[fields.second], as: UTF8.self)
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
    let start = "__crc_"
    // A variable: without it only functions are listed, and a name that is missing proves nothing.
    let witness = "init_net"
    let names = NameFilter(wanted.union(wanted.map { start + $0 }).union([witness]))
    SymbolLines(table, separator: UInt8(ascii: " ")).forEach { fields in
      guard names.mayHold(table, fields.third) else { return }
      let name = String(decoding: table[fields.third], as: UTF8.self)
      if name == witness { isComplete = true }
      if wanted.contains(name) {
        self.names.insert(name)
      } else if name.hasPrefix(start), table[fields.second].elementsEqual([UInt8(ascii: "A")]),
        let checksum = Self.checksum(table[fields.first]), checksum != 0
      {
        learn([String(name.dropFirst(start.count)): checksum])
      }
    }
  }

  private static func checksum(_ digits: ArraySlice<UInt8>) -> UInt32? {
    UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}
