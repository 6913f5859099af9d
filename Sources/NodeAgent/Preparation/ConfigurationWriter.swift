import HostFiles
import Logging

/// Writes configuration files: all or none of them, with what they held before beside them, and remembers what it wrote.
struct ConfigurationWriter {
  let files: [ConfigurationFile]
  let ownership: FileOwnership
  let root: HostRoot
  let log: Logger

  /// - Returns: the paths that changed.
  @discardableResult
  func write() throws(HostFileError) -> [String] {
    // Before anything changes: whatever ends this, each file then is one that is known.
    remember()
    return try FileSet(files.map(file), journal: ConfigurationFiles.journal).write(to: root)
  }

  private func file(_ wanted: ConfigurationFile) -> FileSet.File {
    let present = try? root.readBytes(wanted.path)
    // A token that was renewed is no change that anybody would go back from.
    let isRenewal = present.map { LoadBalancerFile.differsInTokenAlone($0, wanted) } ?? false
    return FileSet.File(
      path: wanted.path, content: wanted.bytes, mode: ConfigurationFile.mode, user: ownership.user?.value,
      group: ownership.group?.value, keepsPrevious: !isRenewal,
      keepsOriginal: present.map { !ConfigurationFiles.isOurs($0) } ?? false)
  }

  /// A node whose /var/lib can't be written to is as ready as another: its files only stay at a clean-up without a readiness
  /// file.
  private func remember() {
    do {
      try WrittenFiles.add(files, to: root)
    } catch {
      log.warning("what is written can't be remembered, and may stay at a clean-up: \(error)")
    }
  }
}
