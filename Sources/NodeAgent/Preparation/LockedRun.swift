import Glibc
import HostFiles

/// Runs something that changes a host, as the only agent at work on it.
struct LockedRun {
  static let folder = "/run/vrouter-node-agent"
  static let lock = "/run/vrouter-node-agent/lock"

  let root: HostRoot
  /// What others are told is going on.
  let command: String

  /// - Throws: what the body throws; exit code 16 when another agent is at work.
  func run<Result>(_ body: () throws(CommandFailure) -> Result) throws(CommandFailure) -> Result {
    Self.outliveReaders()
    let lock: HostLock
    do {
      try root.makeDirectories(Self.folder, mode: 0o755)
      lock = try HostLock(Self.lock, root: root, holder: "\(command), process \(getpid())")
    } catch let error as HostFileError {
      throw CommandFailure(
        .failed, "the host's /run can't be used, and nothing can be kept safe without it: \(error)")
    } catch HostLock.Failure.held(let holder) {
      throw CommandFailure(
        .locked,
        "another agent is at work on this host\(holder.isEmpty ? "" : " (\(holder))"), so that nothing was done; wait for it to end and run this again"
      )
    } catch {
      throw CommandFailure(.failed, "\(error)")
    }
    return try Self.holding(lock, body)
  }

  /// Whoever reads what this program says may end before it (`prepare | head`): that must not end it in the middle of a
  /// change.
  static func outliveReaders() {
    signal(SIGPIPE, SIG_IGN)
  }

  /// The borrow keeps the lock alive until the body has ended.
  private static func holding<Result>(
    _ lock: borrowing HostLock, _ body: () throws(CommandFailure) -> Result
  ) throws(CommandFailure) -> Result {
    try body()
  }
}
