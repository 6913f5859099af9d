import HostFiles

/// The copy of `vrouter-probe` that `VROUTER_PROBE_DIR` asks for, for other containers to run.
///
/// Both paths are this process's own, not below `--root`: the folder is a volume that containers share.
struct ProbeCopy: Sendable {
  static let program = "vrouter-probe"

  let target: String
  /// Whether the target holds this very program already.
  let isCurrent: Bool
  private let content: [UInt8]

  /// Compares the program that lies beside this one with what is in the folder.
  init(directory: String) throws(CommandFailure) {
    target = "\(directory)/\(Self.program)"
    let root = HostRoot.running
    do {
      let own = try root.linkTarget("/proc/self/exe")
      let folder = own[..<(own.lastIndex(of: "/") ?? own.startIndex)]
      content = try root.readBytes("\(folder)/\(Self.program)", limit: 256 << 20)
    } catch {
      throw CommandFailure(
        .failed,
        "VROUTER_PROBE_DIR asks for a copy of \(Self.program), which must lie beside this program: \(error)")
    }
    isCurrent =
      (try? root.status(target).permissions) == 0o755
      && (try? root.readBytes(target, limit: content.count)) == content
  }

  /// Writes the copy, so that a container that runs it at the same moment sees the old or the new one.
  func install() throws(HostFileError) {
    try HostRoot.running.removeUnfinished(target)
    try HostRoot.running.replace(target, with: content, mode: 0o755)
  }
}
