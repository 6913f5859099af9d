import HostFiles

/// A takeover that a run of this boot left in the middle, with nobody at work on it.
enum UnfinishedTakeover: Sendable, Equatable {
  /// How far its journal says it came, when it was begun (seconds since 1970), and from which interfaces.
  case begun(TakeoverJournal.Phase, at: Int64, cards: [String])
  /// There is a journal that can't be read.
  case unreadable(String)

  /// Looks at a host; nil where there is none, or another agent is at work. Nothing is changed.
  static func observe(on root: HostRoot) -> UnfinishedTakeover? {
    guard !HostLock.isHeld(LockedRun.lock, root: root) else { return nil }
    do throws(TakeoverError) {
      guard let journal = try TakeoverJournal.read(from: root), journal.phase != .committed else {
        return nil
      }
      return .begun(journal.phase, at: journal.head.begun, cards: journal.head.subject.cards)
    } catch {
      return .unreadable(error.reason)
    }
  }
}

extension Diagnosis {
  func takeover() -> [Finding] {
    switch unfinished {
    case nil: return []
    case .unreadable(let reason):
      return [
        Finding(
          .takeoverUnfinished,
          "the journal of a takeover can't be read, and until it can prepare changes nothing",
          evidence: [reason],
          remedy:
            "look at the node's addresses and routes, put them right, and remove \(TakeoverJournal.path)")
      ]
    case .begun(let phase, let time, let cards):
      let isDone = !phase.isUndone
      return [
        Finding(
          .takeoverUnfinished,
          isDone
            ? "a run ended when vhost0 had taken over, before the rest was done and the node known to be reached by vhost0 alone"
            : "a run ended in the middle of vhost0's takeover",
          evidence: [
            "\(TakeoverJournal.path): phase \(phase.rawValue), begun at \(time) (seconds since 1970), from \(cards.joined(separator: ", "))",
            "no agent holds \(LockedRun.lock)",
          ],
          remedy:
            "run: vrouter-node-agent prepare, which \(isDone ? "does the rest, and undoes it where the node isn't reached then" : "undoes it and takes over anew"); or vrouter-node-agent cleanup, which gives everything back to \(cards.joined(separator: ", "))"
        )
      ]
    }
  }
}
