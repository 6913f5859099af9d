import FoundationEssentials
import HostFiles

/// What `prepare` changed on the host beside the module, the network and the configuration, each as it was before: what
/// `cleanup` goes back to.
///
/// Written before the change that it tells of, and durable then: who is killed in between leaves a note of something that is
/// as it was, which is undone by nothing. It lies in /run and is void after a reboot, as pages, mounts, virtual functions and
/// features are then.
struct HostChanges: Codable, Sendable, Equatable {
  static let path = "/run/vrouter-node-agent/changes.json"
  static let schema = 1
  private static let sizeLimit = 1 << 20

  var schema = HostChanges.schema
  /// The id of the boot in which it was made.
  let boot: String
  private(set) var pages: [Pages] = []
  private(set) var mounts: [Mount] = []
  private(set) var functions: [Functions] = []
  private(set) var features: [Features] = []
  private(set) var nameServers: NameServers?

  /// Huge pages of one size.
  struct Pages: Codable, Sendable, Equatable {
    let pageBytes: UInt64
    /// How many there were.
    let count: UInt64
    /// How many this program added; before that is known, how many it asked for.
    var made: UInt64 = 0
  }

  /// A hugetlbfs that was mounted.
  struct Mount: Codable, Sendable, Equatable {
    let path: String
    let pageBytes: UInt64
  }

  /// The virtual functions of a device.
  struct Functions: Codable, Sendable, Equatable {
    let interface: String
    /// The device's folder in sysfs.
    let folder: String
    /// How many there were.
    let count: Int
    /// How many this program made; somebody else's number is left.
    var made: Int
  }

  /// Features of an interface that were on.
  struct Features: Codable, Sendable, Equatable {
    let interface: String
    let index: Int
    var names: [String]
  }

  /// The host's list of name servers.
  struct NameServers: Codable, Sendable, Equatable {
    /// The file that /etc/resolv.conf led to.
    let path: String
    let content: String
  }

  init(boot: String) { self.boot = boot }

  /// The first note about something holds: it is from before any change.
  mutating func note(_ change: Pages) {
    if !pages.contains(where: { $0.pageBytes == change.pageBytes }) { pages.append(change) }
  }

  /// More pages of a noted size are there by this program, or fewer than it asked for.
  mutating func correct(pagesOf size: UInt64, by difference: Int64) {
    guard let place = pages.firstIndex(where: { $0.pageBytes == size }) else { return }
    pages[place].made = UInt64(clamping: Int64(clamping: pages[place].made) + difference)
  }

  /// A mount that wasn't made.
  mutating func forget(_ change: Mount) { mounts.removeAll { $0 == change } }

  mutating func note(_ change: Mount) {
    if !mounts.contains(change) { mounts.append(change) }
  }

  mutating func note(_ change: Functions) {
    guard let known = functions.firstIndex(where: { $0.folder == change.folder }) else {
      return functions.append(change)
    }
    functions[known].made = change.made
  }

  /// Features are turned off one time or another: each is noted once.
  mutating func note(_ change: Features) {
    guard
      let known = features.firstIndex(where: {
        $0.interface == change.interface && $0.index == change.index
      })
    else { return features.append(change) }
    features[known].names += change.names.filter { !features[known].names.contains($0) }
  }

  mutating func note(_ change: NameServers) { if nameServers == nil { nameServers = change } }

  /// Nothing was changed.
  var isEmpty: Bool { self == HostChanges(boot: boot) }
}

extension HostChanges {
  /// What was changed in this boot.
  ///
  /// - Throws: when there is a note that can't be read.
  static func read(from root: HostRoot) throws(CommandFailure) -> HostChanges {
    do {
      let boot = try root.readValue("/proc/sys/kernel/random/boot_id")
      guard let bytes = try content(root) else { return HostChanges(boot: boot) }
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      guard let changes = try? decoder.decode(HostChanges.self, from: Data(bytes)),
        changes.schema == schema
      else {
        throw CommandFailure(
          .failed,
          "\(path) is damaged, or of another version of this program; look at the host's huge pages, virtual functions and NIC features, and remove it"
        )
      }
      return changes.boot == boot ? changes : HostChanges(boot: boot)
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw CommandFailure(.failed, "what was changed on the host can't be read: \(error)")
    }
  }

  private static func content(_ root: HostRoot) throws(HostFileError) -> [UInt8]? {
    do {
      return try root.readBytes(path, limit: sizeLimit)
    } catch  where error.isNotFound {
      return nil
    }
  }

  /// Adds a note to what is written down; durable when this returns.
  static func note(on root: HostRoot, _ change: (inout HostChanges) -> Void) throws(CommandFailure) {
    let before = try read(from: root)
    var changes = before
    change(&changes)
    guard changes != before else { return }
    do {
      try root.removeUnfinished(path)
      try root.replace(path, with: Array(JSON.document(changes).utf8), mode: 0o600)
    } catch {
      throw CommandFailure(
        .failed, "what is about to be changed can't be written down, so nothing was: \(error)")
    }
  }

  static func remove(from root: HostRoot) throws(CommandFailure) {
    do {
      try root.remove(path)
    } catch {
      throw CommandFailure(.failed, "\(error)")
    }
  }
}
