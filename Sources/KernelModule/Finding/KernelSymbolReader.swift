import HostFiles

/// Reads what a host has about its kernel's symbols, no more than a build asks for.
struct KernelSymbolReader {
  let host: HostRoot
  let backend: any ModuleBackend
  let release: String
  private(set) var symbols = KernelSymbols()
  /// Modules of the tree that were not read yet, the most useful last.
  private var modules: [String]
  private var hasReadLists = false
  private var tabled: Set<String> = []

  init(host: HostRoot, backend: any ModuleBackend, release: String) {
    (self.host, self.backend, self.release) = (host, backend, release)
    modules = Self.modules(of: host, in: "/lib/modules/\(release)").reversed()
  }

  /// What is known of these, after looking where it could be found.
  mutating func read(checksumsOf wanted: Set<String>, needed: Set<String>) -> KernelSymbols {
    func unknown() -> Set<String> { wanted.filter { symbols.checksums[$0] == nil } }
    while !unknown().isEmpty, let path = modules.popLast() {
      guard let file = try? ModuleFile(resolving: path, below: host),
        let read = try? backend.symbols(of: file)
      else { continue }
      symbols.learn(read.checksums)
    }
    if !unknown().isEmpty, !hasReadLists {
      hasReadLists = true
      for path in ["build/Module.symvers", "symvers", "symvers.gz"] {
        guard let list = Self.list("/lib/modules/\(release)/\(path)", on: host) else { continue }
        if symbols.learn(list: list, wanted: wanted) { break }
      }
    }
    let unseen = needed.union(wanted).subtracting(symbols.checksums.keys).subtracting(tabled)
    if !unseen.isEmpty {
      tabled.formUnion(unseen)
      if let table = try? host.readBytes("/proc/kallsyms", limit: 64 << 20) {
        symbols.learn(table: table, wanted: unseen)
      }
    }
    return symbols
  }

  /// A list of symbols, unpacked where it is packed; nil where there is none that is whole.
  private static func list(_ path: String, on host: HostRoot) -> [UInt8]? {
    let limit = 64 << 20
    guard let bytes = try? host.readBytes(path, limit: limit) else { return nil }
    return ModuleCompression(bytes) == .gzip ? Gzip.unpacked(bytes, limit: limit) : bytes
  }

  /// The files of the tree's own modules, those of ``KernelSymbols/preferred`` first.
  private static func modules(of host: HostRoot, in tree: String) -> [String] {
    guard let list = try? host.readText("\(tree)/modules.dep", limit: 16 << 20) else { return [] }
    var paths: [(rank: Int, path: String)] = []
    for line in list.split(separator: "\n") where line.hasPrefix("kernel/") {
      guard let end = line.firstIndex(of: ":"), let slash = line[..<end].lastIndex(of: "/") else { continue }
      let name = line[line.index(after: slash)..<end].prefix { $0 != "." }
      let rank = KernelSymbols.preferred.firstIndex(of: ModuleNames.normalized(String(name))) ?? .max
      paths.append((rank, "\(tree)/\(line[..<end])"))
    }
    return paths.sorted { ($0.rank, $0.path) < ($1.rank, $1.path) }.prefix(KernelSymbols.moduleLimit).map(
      \.path)
  }
}
