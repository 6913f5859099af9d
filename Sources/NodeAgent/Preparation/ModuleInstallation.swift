import FoundationEssentials
import HostFiles
import KernelModule
import Logging
import SystemPackage

/// Copying a build into the kernel's module tree (`VROUTER_MODULE_INSTALL`), and undoing it.
///
/// What is to be undone is written down before anything is copied, in a file that outlives a reboot as the copy does.
struct ModuleInstallation: Sendable, Equatable {
  /// The build.
  let file: ModuleFile
  /// The kernel whose tree it goes to.
  let release: String

  /// The record of a copy that is there, or may be.
  struct Record: Codable, Equatable, Sendable {
    static let path = "/var/lib/vrouter-node-agent/installed-module.json"
    static let schema = 1

    var schema = Record.schema
    let release: String
    /// Of the copy, absolute in the host.
    let path: String
    /// Of its content: a file that somebody else put there since isn't touched.
    let sha256: String
  }

  /// As large as a module may be.
  static let sizeLimit = 64 << 20
  /// For depmod, which reads the whole tree.
  static let depmodLimit = Duration.seconds(120)

  /// The copy's folder: where packages put modules that aren't the kernel's own.
  var folder: String { "/lib/modules/\(release)/extra" }

  /// The copy's name: that of the module, and how it is compressed.
  private var name: String {
    let original = file.path.split(separator: "/").last ?? ""
    return HostAccess.moduleName + (original.firstIndex(of: ".").map { String(original[$0...]) } ?? ".ko")
  }

  /// Whether the copy is there, as recorded, has the build's content, and is known to the tree's index: a run may have been
  /// killed, or depmod missing, between the copy and that.
  func isCurrent(on root: HostRoot) -> Bool {
    guard let record = try? Self.record(on: root), record.release == release,
      let bytes = try? file.root.readBytes(file.path, limit: Self.sizeLimit),
      let copy = try? root.readBytes(record.path, limit: Self.sizeLimit)
    else { return false }
    return copy == bytes && Self.isIndexed(record, on: root)
  }

  /// Whether depmod has taken the copy up: `extra/vrouter.ko: …` in modules.dep.
  private static func isIndexed(_ record: Record, on root: HostRoot) -> Bool {
    let tree = "/modules/\(record.release)/"
    guard let start = record.path.firstRange(of: tree)?.upperBound,
      let index = try? root.readText("/lib\(tree)modules.dep", limit: 16 << 20)
    else { return false }
    let entry = record.path[start...] + ":"
    return index.split(separator: "\n").contains { $0.hasPrefix(entry) }
  }

  /// Copies the build atomically, and has depmod take it up.
  ///
  /// - Returns: the copy's path.
  func install(on host: HostAccess) throws(CommandFailure) -> String {
    let path: String
    do {
      let bytes = try file.root.readBytes(file.path, limit: Self.sizeLimit)
      // On hosts with one /usr, /lib is a link, and nothing is written through links.
      path = try ModuleFile(resolving: "\(folder)/\(name)", below: host.root).path
      let present = try? host.root.readBytes(path, limit: Self.sizeLimit)
      let earlier = try Self.record(on: host.root)
      if let present, present != bytes,
        earlier?.path != path || earlier?.sha256 != SHA256.hexadecimal(present)
      {
        throw CommandFailure(
          .module,
          "the build was not installed: \(path) is there already, and isn't this program's; remove it, or unset VROUTER_MODULE_INSTALL"
        )
      }
      let record = Record(release: release, path: path, sha256: SHA256.hexadecimal(bytes))
      // The record names one copy: that for a kernel that no longer runs goes first.
      if let earlier, earlier.path != path { _ = try Self.undo(on: host) }
      try host.root.makeDirectories(Self.parent(Record.path), mode: 0o755)
      try host.root.replace(Record.path, with: Array(JSON.document(record).utf8), mode: 0o644)
      try host.root.makeDirectories(Self.parent(path), mode: 0o755)
      try host.root.removeUnfinished(path)
      try host.root.replace(path, with: bytes, mode: 0o644)
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw CommandFailure(.module, "the build was not installed: \(error)")
    }
    try Self.runDepmod(release, on: host)
    return path
  }

  /// Takes the copy away again, and has depmod forget it; a file that isn't the recorded one any more stays.
  ///
  /// - Returns: the path that was removed; nil when there was nothing to undo.
  static func undo(on host: HostAccess) throws(CommandFailure) -> String? {
    do {
      guard let record = try record(on: host.root) else { return nil }
      let copy = try? host.root.readBytes(record.path, limit: sizeLimit)
      let isOurs = copy.map { SHA256.hexadecimal($0) == record.sha256 } ?? false
      if isOurs { try host.root.remove(record.path) }
      try host.root.removeUnfinished(record.path)
      // Also where the file is gone: a run that was killed may have come as far as that.
      if isOurs || copy == nil { try runDepmod(record.release, on: host) }
      // Last: a run that is killed before leaves the record, and the next one goes on.
      try host.root.remove(Record.path)
      guard isOurs || copy == nil else {
        host.log.warning("\(record.path) isn't the file that was installed any more: it stays")
        return nil
      }
      return isOurs ? record.path : nil
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw CommandFailure(.module, "the installed build was not removed: \(error)")
    }
  }

  /// What was installed; nil when nothing was.
  static func record(on root: HostRoot) throws(CommandFailure) -> Record? {
    let bytes: [UInt8]
    do {
      bytes = try root.readBytes(Record.path)
    } catch  where error.isNotFound {
      return nil
    } catch {
      throw CommandFailure(.module, "what was installed can't be read: \(error)")
    }
    guard let record = try? JSONDecoder().decode(Record.self, from: Data(bytes)),
      record.schema == Record.schema,
      (try? ModuleNames.checkRelease(record.release)) != nil,
      record.path.contains("/modules/\(record.release)/")
    else {
      throw CommandFailure(
        .module, "\(Record.path) is damaged: remove it, and the copy of the module in /lib/modules by hand")
    }
    return record
  }

  /// The one program of others that this one runs: it alone knows the formats of the tree's index files.
  private static func runDepmod(_ release: String, on host: HostAccess) throws(CommandFailure) {
    let base = host.root.isRunningHost ? [] : ["-b", host.root.path]
    for program in ["/sbin/depmod", "/usr/sbin/depmod"] {
      let run = HelperProcess(program: program, arguments: base + [release], limit: depmodLimit).exchange([])
      switch run {
      case .exited(code: 0): return
      case .failed(.noSuchFileOrDirectory): continue
      case .exited(let code):
        throw CommandFailure(
          .module, "the module's index files are not refreshed: depmod ended with exit code \(code)")
      case .unanswered(let unanswered):
        throw CommandFailure(.module, "the module's index files are not refreshed: depmod gave \(unanswered)")
      case .failed(let errno):
        throw CommandFailure(
          .module, "the module's index files are not refreshed: \(program) can't be run (\(errno))")
      case .answered:
        throw CommandFailure(.module, "the module's index files are not refreshed: \(program) is not depmod")
      }
    }
    throw CommandFailure(
      .module,
      "the module's index files are not refreshed: there is no depmod here; install kmod, or run depmod \(release) on the host"
    )
  }

  private static func parent(_ path: String) -> String {
    String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
  }
}
