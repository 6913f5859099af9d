import HostFiles
import Synchronization
import TestSupport
import Testing

@testable import NodeAgent

/// Killed at every moment of a takeover and of its undoing, one after the other.
@Suite struct TakeoverCrashTests {
  /// What a process that is killed leaves.
  private struct Moment: Sendable {
    let name: String
    let contents: FakeTakeoverKernel.Contents
    let journal: [UInt8]?
  }

  /// Makes a takeover, and says what there was at each moment.
  private func moments(
    of network: TakeoverNetwork, _ verifier: any TakeoverVerifier
  ) throws -> (before: FakeTakeoverKernel.Contents, moments: [Moment]) {
    try withTemporaryRoot { root, _ in
      let kernel = try network.kernel()
      let before = kernel.contents
      let seen = Mutex<[Moment]>([])
      nonisolated(unsafe) let shared = kernel
      var takeover = try FakeTakeover(kernel, root)
      (takeover.cards, takeover.verifier) = (network.cards, verifier)
      takeover.reached = { name in
        let journal = try? root.readBytes(TakeoverJournal.path)
        seen.withLock { $0.append(Moment(name: name, contents: shared.contents, journal: journal)) }
      }
      _ = try? takeover.takeOver()
      return (before, seen.withLock { $0 })
    }
  }

  private static let networks = TakeoverNetwork.all

  /// Whether the node is reached by vhost0.
  enum Answers: CaseIterable, Sendable {
    case always, never, untilTheCommit

    var verifier: any TakeoverVerifier {
      switch self {
      case .always: NoVerification()
      case .never: DeafVerifier()
      case .untilTheCommit: LateVerifier()
      }
    }
  }

  @Test(arguments: networks, Answers.allCases)
  func theNextRunFinishesOrUndoes(_ network: TakeoverNetwork, answers: Answers) throws {
    let (before, moments) = try moments(of: network, answers.verifier)
    #expect(moments.contains { $0.name.hasPrefix("before:undo/") } == (answers != .always))
    for (number, moment) in moments.enumerated() {
      // The last record may be torn, whatever it is.
      let torn = number / 2 % 2 == 0 ? [] : Array(#"{"step":"mo"#.utf8)
      try withTemporaryRoot { root, _ in
        let kernel = FakeTakeoverKernel()
        kernel.contents = moment.contents
        var takeover = try FakeTakeover(kernel, root)
        (takeover.cards, takeover.verifier) = (network.cards, answers.verifier)
        if let journal = moment.journal {
          try root.replace(TakeoverJournal.path, with: journal + torn, mode: 0o600)
        }
        #expect(throws: Never.self, "\(moment.name)") { try takeover.recover() }
        takeover.verifier = NoVerification()
        if answers != .always { #expect(!root.exists(TakeoverJournal.path), "\(moment.name)") }
        if let journal = try TakeoverJournal.read(from: root) {
          #expect(journal.phase == .committed, "\(moment.name)")
          #expect(try takeover.plan(originals: journal.head.before).isEmpty, "\(moment.name)")
          // Not by the plan, which would leave out what it forgets: what was set for the time of the move is as before.
          for path in NeighbourTableRoom.limits + network.cards.map(InterfaceControls.reversePath) {
            #expect(kernel.contents.controls[path] == before.controls[path], "\(moment.name)")
          }
        } else {
          #expect(kernel.contents.changes(since: before) == [], "\(moment.name)")
        }
        #expect(kernel.dangers.isEmpty)
        try takeover.takeOver()
        try takeover.cleanUp()
        #expect(kernel.contents.changes(since: before) == [], "\(moment.name)")
      }
    }
  }

  /// vhost0 alone has the addresses, and whether that is enough isn't known yet: the next run asks, and doesn't take it for
  /// granted, also in the middle of the commit.
  @Test(arguments: [
    "before:take-over/drop-addresses/1", "after:take-over/drop-addresses/1", "before:take-over/confirm",
    "after:take-over/confirm",
  ])
  func whatIsNotConfirmedIsAsked(_ name: String) throws {
    let network = Self.networks[0]
    let (before, moments) = try moments(of: network, NoVerification())
    let moment = try #require(moments.first { $0.name == name })
    for isReached in [false, true] {
      try withTemporaryRoot { root, _ in
        let kernel = FakeTakeoverKernel()
        kernel.contents = moment.contents
        var takeover = try FakeTakeover(kernel, root)
        let managers = NotedManagers()
        takeover.managers = managers
        takeover.verifier = isReached ? NoVerification() : LateVerifier()
        try root.replace(TakeoverJournal.path, with: try #require(moment.journal), mode: 0o600)
        try takeover.recover()
        if isReached {
          #expect(try TakeoverJournal.read(from: root)?.phase == .committed)
          #expect(try takeover.takeOver() == nil)
        } else {
          #expect(kernel.contents.changes(since: before) == [])
          #expect(managers.undone == [true])
          let error = #expect(throws: CommandFailure.self) { try takeover.takeOver() }
          #expect(error?.code == .rolledBack)
          #expect(kernel.contents.changes(since: before) == [])
          #expect(!root.exists(TakeoverJournal.path))
        }
      }
    }
  }

  /// Everything that the plan names is a moment of the run, and the other way round.
  @Test(arguments: networks) func eachMomentIsNamedBeforehand(_ network: TakeoverNetwork) throws {
    try withTemporaryRoot { root, _ in
      var takeover = try FakeTakeover(try network.kernel(), root)
      takeover.cards = network.cards
      let names = TakeoverForecast.moments(of: try takeover.plan())
      #expect(try moments(of: network, NoVerification()).moments.map(\.name) == names)
    }
  }

  @Test(arguments: networks)
  func cleanupTakesBackWhatAKilledRunLeft(_ network: TakeoverNetwork) throws {
    let (before, moments) = try moments(of: network, NoVerification())
    for moment in moments {
      try withTemporaryRoot { root, _ in
        let kernel = FakeTakeoverKernel()
        kernel.contents = moment.contents
        var takeover = try FakeTakeover(kernel, root)
        takeover.cards = network.cards
        if let journal = moment.journal {
          try root.replace(TakeoverJournal.path, with: journal, mode: 0o600)
        }
        #expect(throws: Never.self, "\(moment.name)") { try takeover.cleanUp() }
        #expect(kernel.contents.changes(since: before, isOrderKept: false) == [], "\(moment.name)")
      }
    }
  }

  /// As without space: a record can't be written.
  @Test(arguments: networks.prefix(4))
  func aJournalThatCanNotBeWrittenEndsIt(_ network: TakeoverNetwork) throws {
    let names = try moments(of: network, NoVerification()).moments.map(\.name).filter {
      $0.hasPrefix("before:take-over/")
    }
    for name in names {
      try withTemporaryRoot { root, _ in
        let kernel = try network.kernel()
        let before = kernel.contents
        var takeover = try FakeTakeover(kernel, root)
        takeover.cards = network.cards
        takeover.reached = { if $0 == name { _ = try? root.remove(TakeoverJournal.path) } }
        let error = #expect(throws: CommandFailure.self) { try takeover.takeOver() }
        if error?.code == .rolledBack {
          #expect(kernel.contents.changes(since: before) == [], "\(name)")
        } else {
          #expect(error?.code == .failed && error?.description.contains("has taken over") == true, "\(name)")
        }
      }
    }
  }
}
