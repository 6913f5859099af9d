import HostFiles
import Readiness

/// Takes the configuration files back that a preparation wrote: what was there before comes back, what somebody changed
/// since stays.
struct ConfigurationRemoval {
  let root: HostRoot
  /// The readiness file as it was before the clean-up, which names the agent's own file.
  let claim: ReadyFile?

  func run(_ outcome: inout Cleanup.Outcome) throws(HostFileError) {
    // What a killed write left is finished first, so that nothing of it stays.
    _ = try FileSet.recover(journal: ConfigurationFiles.journal, on: root)
    for path in ConfigurationFiles.paths { try remove(path, &outcome) }
    try root.removeUnfinished(ConfigurationFiles.journal)
  }

  private func remove(_ path: String, _ outcome: inout Cleanup.Outcome) throws(HostFileError) {
    try root.removeUnfinished(path)
    if let status = try? root.status(path) {
      guard isOurs(path, status) else {
        outcome.left.append("\(path) is not known to be as this program wrote it, and stays")
        return
      }
      try root.remove(path)
      outcome.done.append("removed \(path)")
    }
    try handlePrevious(of: path, &outcome)
  }

  private func isOurs(_ path: String, _ status: FileStatus) -> Bool {
    guard path != AgentConfiguration.path else { return status.identity == claim?.configuration.identity }
    return (try? root.readBytes(path)).map(ConfigurationFiles.isOurs) == true
  }

  /// What the file held before: an earlier version of ours goes, as it holds secrets; what was there before this program
  /// came gets its name back.
  private func handlePrevious(
    of path: String, _ outcome: inout Cleanup.Outcome
  ) throws(HostFileError) {
    let previous = FileSet.File.previousPath(of: path)
    // Never one of ours, and nothing that could be given back.
    guard (try? root.linkTarget(previous)) == nil, let content = try? root.readBytes(previous) else { return }
    if ConfigurationFiles.isOurs(content) {
      try root.remove(previous)
      outcome.done.append("removed \(previous)")
    } else {
      try root.rename(previous, to: String(path.split(separator: "/").last ?? ""))
      outcome.done.append("gave \(path) back what it held before")
    }
  }
}
