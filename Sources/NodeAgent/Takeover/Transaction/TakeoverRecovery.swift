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
    guard let journal, journal.phase != .committed || isVhostGone(journal) else { return }
    do {
      try root.remove(ReadyFile.path)
    } catch {
      throw CommandFailure(.failed, "the node can't be declared not ready, so nothing was changed: \(error)")
    }
    var run = TakeoverRun(try RunningTakeover.kernel(root), TakeoverContext(journal, root: root, log: log))
    try run.recover(journal)
  }

  /// Whether what took over isn't there any more, though its interfaces are.
  private func isVhostGone(_ journal: TakeoverJournal) -> Bool {
    guard var netlink = try? RouteNetlink(), let links = try? netlink.links() else { return false }
    return !links.contains { $0.name == TakeoverWish.vhostName }
      && journal.head.subject.cards.allSatisfy { card in links.contains { $0.isNamed(card) } }
  }
}
