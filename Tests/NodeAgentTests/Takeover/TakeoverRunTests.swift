import Glibc
import HostFiles
import Netlink
import SystemPackage
import TestSupport
import Testing

@testable import NodeAgent

/// The whole of a takeover, in memory.
@Suite struct TakeoverRunTests {
  private func with(
    _ network: TakeoverNetwork, _ body: (FakeTakeover, FakeTakeoverKernel) throws -> Void
  ) throws {
    try withTemporaryRoot { root, _ in
      let kernel = try network.kernel()
      var takeover = try FakeTakeover(kernel, root)
      takeover.cards = network.cards
      try body(takeover, kernel)
    }
  }

  @Test(arguments: TakeoverNetwork.all)
  func isDoneOnceAndTakenBack(_ network: TakeoverNetwork) throws {
    try with(network) { takeover, kernel in
      let before = kernel.contents
      try #require(try takeover.takeOver() != nil)
      let state = try kernel.observe(takeover.subject)
      if state.isMultihomed {
        #expect(
          Set(before.addresses).isSubset(of: state.addresses) && Set(before.routes).isSubset(of: state.routes)
        )
      } else {
        #expect(state.cards.allSatisfy { state.addresses(of: $0).allSatisfy { !$0.isTakenOver } })
        #expect(!state.routes.contains { $0.leaves(by: state.cardIndices) })
      }
      #expect(kernel.dangers.isEmpty)
      #expect(try TakeoverJournal.read(from: takeover.root)?.phase == .committed)
      let (done, count) = (kernel.contents, kernel.asked.count)
      #expect(try takeover.takeOver() == nil)
      #expect(kernel.texts(since: count) == [])
      #expect(kernel.contents == done)

      try takeover.cleanUp()
      #expect(kernel.contents.changes(since: before) == [])
      #expect(try TakeoverJournal.read(from: takeover.root) == nil)
    }
  }

  @Test(arguments: TakeoverNetwork.all)
  func isTakenBackWithoutAJournal(_ network: TakeoverNetwork) throws {
    try with(network) { takeover, kernel in
      let before = kernel.contents
      try takeover.takeOver()
      try TakeoverJournal.remove(from: takeover.root)
      try takeover.cleanUp()
      // Which of several interfaces had what is known by the journal only, and so is what IPv4's `noprefixroute` was.
      #expect(kernel.link("vhost0") == nil && kernel.contents.vifs.isEmpty)
      let addresses = Set(kernel.contents.addresses.map(\.prefix))
      #expect(addresses == Set(before.addresses.map(\.prefix)))
      let keys = Set(kernel.contents.routes.map(RouteKey.init))
      #expect(before.routes.filter { !keys.contains(RouteKey($0)) } == [])
    }
  }

  @Test(arguments: TakeoverNetwork.all)
  func eachRefusalIsUndone(_ network: TakeoverNetwork) throws {
    var number = 0
    var isReached = true
    while isReached {
      try with(network) { takeover, kernel in
        let before = kernel.contents
        kernel.refusal = (number, .noMemory)
        let result = Result { try takeover.takeOver() }
        isReached = kernel.asked.count > number
        guard isReached else { return }
        let refused = kernel.asked[number]
        switch result {
        // What was learned of a neighbour is learned again.
        case .success where refused.isAboutALearnedNeighbour: break
        case .success: Issue.record("\(refused) was refused, and nobody minds")
        case .failure(let error as CommandFailure) where error.code == .rolledBack:
          #expect(kernel.contents.changes(since: before, isOrderKept: false) == [], "\(refused)")
          #expect(try TakeoverJournal.read(from: takeover.root) == nil)
        case .failure(let error as CommandFailure) where error.code == .failed:
          // In the commit: the next run finishes it.
          #expect(try TakeoverJournal.read(from: takeover.root)?.phase == .committing, "\(refused)")
          try takeover.recover()
          #expect(try takeover.plan(originals: nil).isEmpty, "\(refused)")
        case .failure(let error): Issue.record("\(refused): \(error)")
        }
      }
      // Of many routes, a few of each datagram.
      number += number > 30 && number < 90 ? 13 : 1
    }
  }

  @Test func aProbeThatFailsAfterwardsUndoesAll() throws {
    try withTemporaryRoot { root, _ in
      let kernel = try FakeTakeoverKernel.plain()
      let before = kernel.contents
      var takeover = try FakeTakeover(kernel, root)
      takeover.verifier = DeafVerifier()
      let error = #expect(throws: CommandFailure.self) { try takeover.takeOver() }
      #expect(error?.code == .rolledBack && error?.description.contains("nobody answers") == true)
      #expect(kernel.contents.changes(since: before) == [])
    }
  }

  /// The kernel's table of neighbours is full.
  @Test func aNeighbourThatWasLearnedIsNoReasonToGoBack() throws {
    try withTemporaryRoot { root, _ in
      let kernel = try FakeTakeoverKernel.plain()
      try kernel.neighbour("eth0", "10.0.0.1", .reachable)
      let before = kernel.contents
      let takeover = try FakeTakeover(kernel, root)
      let isLearned: (TakeoverOperation) -> Bool = { if case .neighbour = $0 { true } else { false } }
      let place = try #require(try takeover.plan().operations.firstIndex(where: isLearned))
      kernel.refusal = (place, Errno(rawValue: ENOBUFS))
      try #require(try takeover.takeOver() != nil)
      kernel.contents.neighbours = []
      #expect(try takeover.takeOver() == nil)
      try takeover.cleanUp()
      #expect(kernel.contents.changes(since: before) == [])
    }
  }

  /// A route that another program puts onto the interface in the middle of it isn't the takeover's to remove.
  @Test func aRouteThatCameByTheInterfaceMeanwhileStays() throws {
    try withTemporaryRoot { root, _ in
      let kernel = try FakeTakeoverKernel.plain()
      var takeover = try FakeTakeover(kernel, root)
      takeover.verifier = DeafVerifier()
      kernel.meanwhile = { kernel, operation in
        if case .addHost = operation { try? kernel.route("10.77.0.0/16", by: "eth0") }
      }
      let error = #expect(throws: CommandFailure.self) { try takeover.takeOver() }
      #expect(error?.code == .rolledBack)
      #expect(kernel.contents.routes.contains { "\($0.destination)" == "10.77.0.0/16" })
      #expect(try TakeoverJournal.read(from: root) == nil)
    }
  }

  @Test func aRouteThatCameByVhostMeanwhileGoes() throws {
    try withTemporaryRoot { root, _ in
      let kernel = try FakeTakeoverKernel.plain()
      let before = kernel.contents
      var takeover = try FakeTakeover(kernel, root)
      takeover.verifier = DeafVerifier()
      kernel.meanwhile = { kernel, operation in
        if case .announce(_, let device) = operation, device.name == "vhost0" {
          try? kernel.route("10.77.0.0/16", by: "vhost0")
        }
      }
      let error = #expect(throws: CommandFailure.self) { try takeover.takeOver() }
      #expect(error?.code == .rolledBack)
      #expect(kernel.contents.changes(since: before) == [])
    }
  }

  @Test func nothingIsBegunWithoutAPlaceForTheJournal() throws {
    try withTemporaryRoot { root, _ in
      let kernel = try FakeTakeoverKernel.plain()
      let before = kernel.contents
      var takeover = try FakeTakeover(kernel, root)
      takeover.objection = "it is a container's"
      let error = #expect(throws: CommandFailure.self) { try takeover.takeOver() }
      #expect(error?.code == .failed)
      #expect(kernel.asked.isEmpty && kernel.contents == before)
    }
  }
}

/// Somebody answers until vhost0 alone has the addresses.
struct LateVerifier: TakeoverVerifier {
  func before() throws(CommandFailure) -> Verification? { nil }
  func after(_ moment: VerificationMoment, _ verification: Verification?, by vhost: TakeoverDevice)
    -> [String]
  { moment == .committed ? ["nobody answers any more"] : [] }
}

/// Nobody answers afterwards.
struct DeafVerifier: TakeoverVerifier {
  func before() throws(CommandFailure) -> Verification? { nil }
  func after(_ moment: VerificationMoment, _ verification: Verification?, by vhost: TakeoverDevice)
    -> [String]
  { ["nobody answers"] }
}

extension TakeoverOperation {
  fileprivate var isAboutALearnedNeighbour: Bool {
    guard case .neighbour(_, let neighbour, _) = self else { return false }
    return neighbour.state != .permanent
  }
}
