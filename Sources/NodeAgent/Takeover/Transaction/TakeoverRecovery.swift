import HostFiles
import Logging
import Netlink
import Readiness

/// Finishes or undoes a takeover that an earlier run of this boot was killed in; for the holder of the lock.
struct TakeoverRecovery: Sendable {
  let root: HostRoot
  let log: Logger

  /// Does so; without an interrupted takeover nothing happens.
  func run() throws(CommandFailure) {
    let journal: TakeoverJournal?
    do {
      journal = try TakeoverJournal.read(from: root)
    } catch {
      throw CommandFailure(.failed, "nothing was changed: \(error)")
    }
    guard let journal, journal.phase != .committed || isVhostGone else { return }
    do {
      try root.remove(ReadyFile.path)
    } catch {
      throw CommandFailure(.failed, "the node can't be declared not ready, so nothing was changed: \(error)")
    }
    var run = TakeoverRun(try RunningTakeover.kernel(root), TakeoverContext(journal, root: root, log: log))
    try run.recover(journal)
  }

  /// Whether what took over isn't there any more. Its interfaces, as far as they are there, get back what they had; the
  /// managers of one that is gone would leave it alone when it comes again.
  private var isVhostGone: Bool {
    guard var netlink = try? RouteNetlink(), let links = try? netlink.links() else { return false }
    return !links.contains { $0.name == TakeoverWish.vhostName }
  }
}
