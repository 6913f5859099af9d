import HostFiles
import Readiness

/// Takes the configuration files back that a preparation wrote: what was there before comes back, what somebody changed
/// since stays.
///
/// A file is this program's when it holds what is remembered as written (``WrittenFiles``), or is the very one that the readiness
/// file names. Of one that an earlier version wrote, which remembered nothing, its first line tells, where it isn't the agent's own.
struct ConfigurationRemoval {
  let root: HostRoot
  /// The readiness file as it was before the clean-up, which names the agent's own file.
  let claim: ReadyFile?

  func run(_ outcome: inout Cleanup.Outcome) throws(HostFileError) {
    // What a killed write left is finished first, so that nothing of it stays.
    _ = try FileSet.recover(journal: ConfigurationFiles.journal, on: root)
    let written = WrittenFiles.read(from: root)
    for path in ConfigurationFiles.paths { try remove(path, written, &outcome) }
    try root.removeUnfinished(ConfigurationFiles.journal)
    try root.removeUnfinished(WrittenFiles.path)
    try root.remove(WrittenFiles.path)
  }

  private func remove(
    _ path: String, _ written: WrittenFiles, _ outcome: inout Cleanup.Outcome
  ) throws(HostFileError) {
    try root.removeUnfinished(path)
    if let status = try? root.status(path) {
      guard isOurs(path, status, written) else {
        outcome.left.append("\(path) is not known to be as this program wrote it, and stays")
        for kept in [FileSet.File.originalPath(of: path), FileSet.File.previousPath(of: path)]
        where root.exists(kept) {
          outcome.left.append("\(kept), which holds what was there before, stays")
        }
        return
      }
      try root.remove(path)
      outcome.done.append("removed \(path)")
    }
    let original = try giveBackOriginal(of: path, &outcome)
    try handlePrevious(of: path, original, &outcome)
  }

  private func isOurs(_ path: String, _ status: FileStatus, _ written: WrittenFiles) -> Bool {
    // A link is none of ours, whatever it leads to.
    guard (try? root.linkTarget(path)) == nil, status.kind == .regular else { return false }
    if path == AgentConfiguration.path, status.identity == claim?.configuration.identity { return true }
    guard let content = try? root.readBytes(path) else { return false }
    if let isWritten = written.holds(content, at: path) { return isWritten }
    return path != AgentConfiguration.path && ConfigurationFiles.isOurs(content)
  }

  /// What was there before this program's first write gets its name back.
  ///
  /// - Returns: its content; nil where there is none.
  private func giveBackOriginal(
    of path: String, _ outcome: inout Cleanup.Outcome
  ) throws(HostFileError) -> [UInt8]? {
    guard let content = kept(FileSet.File.originalPath(of: path)) else { return nil }
    try root.rename(FileSet.File.originalPath(of: path), to: Self.name(of: path))
    outcome.done.append("gave \(path) back what it held before this program's first write")
    return content
  }

  /// What is kept at a path: never by a link, which is none of ours, and nothing that could be given back.
  private func kept(_ path: String) -> [UInt8]? {
    (try? root.linkTarget(path)) == nil ? try? root.readBytes(path) : nil
  }

  private static func name(of path: String) -> String {
    String(path.split(separator: "/").last ?? "")
  }

  /// What the file held before the last change: an earlier version of ours goes, as it holds secrets, and so does a copy of what
  /// came back. Without an original, what somebody else wrote gets its name back; beside one, it stays.
  private func handlePrevious(
    of path: String, _ original: [UInt8]?, _ outcome: inout Cleanup.Outcome
  ) throws(HostFileError) {
    let previous = FileSet.File.previousPath(of: path)
    guard let content = kept(previous) else { return }
    if ConfigurationFiles.isOurs(content) || content == original {
      try root.remove(previous)
      outcome.done.append("removed \(previous)")
    } else if original == nil {
      try root.rename(previous, to: Self.name(of: path))
      outcome.done.append("gave \(path) back what it held before")
    } else {
      outcome.left.append("\(previous) holds what somebody wrote in between, and stays")
    }
  }
}
