import FoundationEssentials
import HostFiles

/// What this program wrote: by that a clean-up knows files for its own, also after a reboot and without a readiness file. Hashes
/// alone, for root alone to read.
struct WrittenFiles: Codable, Equatable, Sendable {
  static let path = "/var/lib/vrouter-node-agent/written.json"
  static let schema = 1
  private static let sizeLimit = 1 << 20

  var schema = WrittenFiles.schema
  /// SHA-256 of what a path may hold: the last content, and the one before it, which a write that was killed leaves there.
  var hashes: [String: [String]] = [:]

  /// What an earlier run remembered; empty where there is nothing that can be read.
  static func read(from root: HostRoot) -> WrittenFiles {
    guard let bytes = try? root.readBytes(path, limit: sizeLimit),
      let file = try? JSONDecoder().decode(Self.self, from: Data(bytes)), file.schema == schema
    else { return WrittenFiles() }
    return file
  }

  /// Whether a path holds what this program wrote there; nil where nothing is remembered of it.
  func holds(_ content: [UInt8], at path: String) -> Bool? {
    hashes[path].map { $0.contains(SHA256.hexadecimal(content)) }
  }

  /// With what is to be written next.
  func adding(_ content: [UInt8], at path: String) -> WrittenFiles {
    var result = self
    let hash = SHA256.hexadecimal(content)
    guard hashes[path]?.last != hash else { return self }
    result.hashes[path] = Array(((hashes[path] ?? []) + [hash]).suffix(2))
    return result
  }

  /// Remembers files that are to be written.
  static func add(_ files: [ConfigurationFile], to root: HostRoot) throws(HostFileError) {
    let before = read(from: root)
    let after = files.reduce(before) { $0.adding($1.bytes, at: $1.path) }
    guard after != before else { return }
    let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    try root.makeDirectories(folder, mode: 0o755)
    try root.removeUnfinished(path)
    try root.replace(path, with: Array(JSON.document(after).utf8), mode: 0o600)
  }
}
