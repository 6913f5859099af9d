import FoundationEssentials
import HostFiles
import KernelModule

/// The builds that the kernel refused before it took another one, kept until the next boot: else the next run would call
/// the module that is loaded stale, and those that were refused the better ones.
///
/// Written only once another build was loaded, and looked at only while one is: else each run begins with the nearest again.
struct RefusedBuilds: Codable, Equatable, Sendable {
  static let path = "/run/vrouter-node-agent/refused-builds.json"
  static let schema = 1

  var schema = RefusedBuilds.schema
  /// The id of the boot in which it was seen.
  let boot: String
  let builds: [Build]

  struct Build: Codable, Equatable, Sendable {
    let path: String
    /// Of the content: another build in the same place is judged anew.
    let sha256: String
    let check: String
    let reason: String
  }

  /// What is known of builds that are still there; nothing where nothing was kept, or what was kept can't be read.
  static func read(from root: HostRoot) -> [BuildRefusal] {
    guard let bytes = try? root.readBytes(path, limit: 1 << 20),
      let kept = try? JSONDecoder().decode(RefusedBuilds.self, from: Data(bytes)), kept.schema == schema,
      kept.boot == bootID(of: root)
    else { return [] }
    return kept.builds.compactMap { build in
      guard let check = BuildCheck.Name(rawValue: build.check), hash(build.path, root) == build.sha256 else {
        return nil
      }
      return BuildRefusal(path: build.path, check: check, reason: build.reason)
    }
  }

  /// Keeps what is known, with what was known before.
  static func write(_ refusals: [BuildRefusal], to root: HostRoot) throws(HostFileError) {
    let known = read(from: root).filter { old in !refusals.contains { $0.path == old.path } } + refusals
    let builds = known.compactMap { refusal in
      hash(refusal.path, root).map {
        Build(path: refusal.path, sha256: $0, check: refusal.check.rawValue, reason: refusal.reason)
      }
    }
    guard let bootID = bootID(of: root) else { return }
    try root.removeUnfinished(path)
    try root.replace(
      path, with: Array(JSON.document(RefusedBuilds(boot: bootID, builds: builds)).utf8), mode: 0o644)
  }

  private static func bootID(of root: HostRoot) -> String? {
    try? root.readValue("/proc/sys/kernel/random/boot_id")
  }

  private static func hash(_ path: String, _ root: HostRoot) -> String? {
    (try? root.readBytes(path, limit: ModuleInstallation.sizeLimit)).map { SHA256.hexadecimal($0) }
  }
}
