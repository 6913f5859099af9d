import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import HostFiles

/// All or none, whatever ends a write wherever. A kill is imitated by stopping dead: nothing is undone, nothing cleaned up.
@Suite struct FileSetKillTests {
  /// Throws at the moments whose numbers are given, from 0.
  private final class Interruption: Sendable {
    private let count = Mutex(0)
    private let fails: @Sendable (Int) -> Bool

    init(_ fails: @escaping @Sendable (Int) -> Bool = { _ in false }) { self.fails = fails }

    var moment: FileSet.Moment {
      { _ throws(Errno) in
        let number = self.count.withLock {
          $0 += 1
          return $0 - 1
        }
        if self.fails(number) { throw .noSpace }
      }
    }

    var total: Int { count.withLock { $0 } }
  }

  /// Goes through the steps of a write, and stops dead where a moment throws, as a kill does.
  private func writeUntilKilled(_ host: SetHost, _ moment: @escaping FileSet.Moment) {
    let run = FileSetRun(root: host.root, journalPath: host.set.journal, reached: moment)
    let journal = FileSetJournal(
      phase: .finish, tag: FileSetJournal.newTag(),
      changes: [
        .init(path: "/etc/changed", existed: true, keepsPrevious: true, keepsOriginal: true),
        .init(path: "/etc/new", existed: false, keepsPrevious: false),
        .init(path: "/etc/mode", existed: true, keepsPrevious: false),
      ])
    try? run.perform(
      journal.preparation + journal.replacement() + journal.completion(), of: journal, host.set.files)
  }

  /// How many moments a write has; each test goes through all of them.
  private func moments() throws -> Int {
    try withTemporaryRoot { root, path in
      let host = SetHost(root)
      try host.prepare()
      let counting = Interruption()
      _ = try host.set.write(to: root, reached: counting.moment)
      #expect(try host.state() == .new)
      return counting.total
    }
  }

  @Test func aKillAtAnyMomentIsMadeGoodByTheNextRun() throws {
    let total = try moments()
    var states: [SetHost.State] = []
    for number in 0..<total {
      try withTemporaryRoot { root, path in
        let host = SetHost(root)
        try host.prepare()
        writeUntilKilled(host, Interruption { $0 == number }.moment)
        let wasDecided = root.exists("/etc/.journal")
        _ = try FileSet.recover(journal: "/etc/.journal", on: root)
        let state = try host.state()
        if wasDecided { #expect(state == .new, "moment \(number)") }
        #expect([.old, .new].contains(state), "moment \(number): \(state)")
        states.append(state)
        // The next write makes all of it new, and leaves nothing behind.
        try host.set.write(to: root)
        #expect(try host.state() == .new)
        #expect(try host.leftovers() == [], "moment \(number)")
        #expect(try root.readText("/etc/changed.previous") == "old")
        #expect(try root.readText("/etc/changed.original") == "old", "moment \(number)")
      }
    }
    // First none, then all, and never back.
    #expect(states.first == .old)
    #expect(states.last == .new)
    #expect(zip(states, states.dropFirst()).filter { $0 != $1 }.count == 1)
  }

  /// Recovery is killed, too: at each of its moments, after a write was killed at each of its own.
  @Test func aKillDuringRecoveryIsMadeGoodToo() throws {
    var killed = 0
    for number in 0..<(try moments()) {
      for later in 0... {
        let wasKilled = try withTemporaryRoot { root, path in
          let host = SetHost(root)
          try host.prepare()
          writeUntilKilled(host, Interruption { $0 == number }.moment)
          let second = Interruption { $0 == later }
          let run = FileSetRun(root: root, journalPath: "/etc/.journal", reached: second.moment)
          _ = try? run.recover()
          _ = try FileSet.recover(journal: "/etc/.journal", on: root)
          #expect([.old, .new].contains(try host.state()), "moments \(number), \(later)")
          #expect(!root.exists("/etc/.journal"))
          return second.total > later
        }
        guard wasKilled else { break }
        killed += 1
      }
    }
    #expect(killed > 20)
  }

  /// A step that fails undoes the others at once, and tells of itself; nothing is left behind.
  @Test func aFailureAtAnyMomentChangesNothing() throws {
    for number in 0..<(try moments()) {
      try withTemporaryRoot { root, path in
        let host = SetHost(root)
        try host.prepare()
        let error = #expect(throws: HostFileError.self) {
          try host.set.write(to: root, reached: Interruption { $0 == number }.moment)
        }
        #expect(error?.errno == .noSpace)
        switch try host.state() {
        case .old: #expect(try host.leftovers() == [], "moment \(number)")
        // What was left to do after the last rename is done by the next run.
        case .new: #expect(root.exists("/etc/.journal"), "moment \(number)")
        case .mixed(let seen): Issue.record("moment \(number): \(seen)")
        }
        _ = try FileSet.recover(journal: "/etc/.journal", on: root)
        #expect(try host.leftovers() == [], "moment \(number)")
      }
    }
  }

  /// From some moment on nothing works any more, as when a file system becomes read-only: undoing fails as well.
  @Test func aLastingFailureIsMadeGoodByTheNextRun() throws {
    for number in 0..<(try moments()) {
      try withTemporaryRoot { root, path in
        let host = SetHost(root)
        try host.prepare()
        let error = #expect(throws: HostFileError.self) {
          try host.set.write(to: root, reached: Interruption { $0 >= number }.moment)
        }
        if case .mixed = try host.state() {
          #expect(error?.description.contains("/etc/.journal") == true, "it says that it isn't undone")
        }
        _ = try FileSet.recover(journal: "/etc/.journal", on: root)
        #expect([.old, .new].contains(try host.state()), "moment \(number)")
        try host.set.write(to: root)
        #expect(try host.state() == .new)
        #expect(try host.leftovers() == [], "moment \(number)")
      }
    }
  }

  /// Undoing that is killed at each of its moments is undone by the next run.
  @Test func aKillWhileUndoingIsMadeGood() throws {
    let failing = Set(0..<(try moments()))
    for number in failing {
      for later in 1... {
        let wasKilled = try withTemporaryRoot { root, path in
          let host = SetHost(root)
          try host.prepare()
          // The first failure starts the undoing, from the second one on nothing is done any more.
          let interruption = Interruption { $0 == number || $0 >= number + later }
          _ = try? host.set.write(to: root, reached: interruption.moment)
          _ = try FileSet.recover(journal: "/etc/.journal", on: root)
          #expect([.old, .new].contains(try host.state()), "moments \(number), \(number + later)")
          return interruption.total > number + later
        }
        guard wasKilled else { break }
      }
    }
  }
}
