import HostFiles
import Netlink
import Synchronization
import SystemPackage
import TestSupport
import Testing
import VRouter

@testable import NodeAgent

/// What a node must not lose when vhost0 is lost, or can't be taken back at once.
@Suite struct TakeoverLossTests {
  private func afterATakeover(
    of network: TakeoverNetwork, _ body: (FakeTakeover, _ before: FakeTakeoverKernel.Contents) throws -> Void
  ) throws {
    try withTemporaryRoot { root, _ in
      let kernel = try network.kernel()
      let before = kernel.contents
      var takeover = try FakeTakeover(kernel, root)
      takeover.cards = network.cards
      try takeover.takeOver()
      try body(takeover, before)
    }
  }

  /// As `rmmod vrouter` does, and the module itself when its tables can't be made anew.
  private func loseVhost(_ kernel: FakeTakeoverKernel) throws {
    _ = kernel.apply(.removeLink(name: "vhost0", index: try kernel.index("vhost0")))
    kernel.contents.vifs = []
  }

  @Test(arguments: TakeoverNetwork.all, [false, true])
  func withoutVhostTheJournalGivesEverythingBack(_ network: TakeoverNetwork, byCleanup: Bool) throws {
    try afterATakeover(of: network) { takeover, before in
      try loseVhost(takeover.kernel)
      if byCleanup { try takeover.cleanUp() } else { try takeover.recover() }
      // A route that comes again comes behind another interface's of the same key.
      let changes = takeover.kernel.contents.changes(since: before, isOrderKept: false)
      #expect(changes.filter { $0 != "another order" } == [])
      #expect(try TakeoverJournal.read(from: takeover.root) == nil)
    }
  }

  /// Each operation of a cleanup is refused once: the address is somewhere, and the next one ends it.
  @Test(arguments: TakeoverNetwork.all)
  func aRefusalLosesNothing(_ network: TakeoverNetwork) throws {
    var count = 0
    try afterATakeover(of: network) { takeover, _ in
      let begun = takeover.kernel.asked.count
      try takeover.cleanUp()
      count = takeover.kernel.asked.count - begun
    }
    // Over several cards it has only the module's interfaces and vhost0 to remove.
    #expect(count > (network.cards.count > 1 ? 3 : 5))
    for number in 0..<count {
      try afterATakeover(of: network) { takeover, before in
        let kernel = takeover.kernel
        kernel.refusal = (kernel.asked.count + number, .noMemory)
        let error = try failure { try takeover.cleanUp() }
        let refused = "\(kernel.asked[kernel.refusal?.number ?? 0])"
        let held = Set(kernel.contents.addresses.map(\.prefix))
        #expect(held.isSuperset(of: before.addresses.map(\.prefix)), "\(refused)")
        if error != nil {
          #expect(
            error?.code == .rollBackFailed && error?.description.contains("annot allocate memory") == true)
          #expect(try TakeoverJournal.read(from: takeover.root) != nil, "\(refused)")
          try takeover.cleanUp()
        }
        let changes = kernel.contents.changes(since: before, isOrderKept: false)
        #expect(changes.filter { $0 != "another order" } == [], "\(refused)")
        #expect(try TakeoverJournal.read(from: takeover.root) == nil)
      }
    }
  }

  /// The module answers, and keeps the physical interface: routes without frames would leave the node deaf.
  @Test(arguments: TakeoverNetwork.all, [Errno.noMemory, .connectionReset])
  func routesStayWhereTheFramesAre(_ network: TakeoverNetwork, errno: Errno) throws {
    try afterATakeover(of: network) { takeover, before in
      let kernel = takeover.kernel
      let done = kernel.contents
      kernel.meanwhile = { kernel, operation in
        if case .removeVif = operation { kernel.refusal = (kernel.asked.count, errno) }
      }
      let error = try #require(try failure { try takeover.cleanUp() })
      #expect(error.code == .rollBackFailed && error.description.contains("goes on by it"), "\(error)")
      #expect(takeover.pacing.waits.count == 2)
      #expect(kernel.contents.vifs == done.vifs)
      func keys(_ contents: FakeTakeoverKernel.Contents) -> [String] {
        contents.routes.map { "\($0.stored)" }.sorted()
      }
      #expect(keys(kernel.contents) == keys(done))
      #expect(Set(kernel.contents.addresses).isSuperset(of: done.addresses))
      #expect(kernel.contents.nextHops == done.nextHops)
      kernel.meanwhile = { _, _ in }
      kernel.refusal = nil
      try takeover.cleanUp()
      let changes = kernel.contents.changes(since: before, isOrderKept: false)
      #expect(changes.filter { $0 != "another order" } == [])
    }
  }

  /// Memory that comes back.
  @Test func whatPassesLaterIsWaitedFor() throws {
    try afterATakeover(of: TakeoverNetwork.all[0]) { takeover, before in
      let kernel = takeover.kernel
      let pacing = takeover.pacing
      kernel.meanwhile = { kernel, operation in
        if case .removeVif = operation, pacing.waits.isEmpty {
          kernel.refusal = (kernel.asked.count, .noMemory)
        }
      }
      try takeover.cleanUp()
      #expect(pacing.waits.count == 1)
      #expect(kernel.contents.changes(since: before) == [])
    }
  }

  private func failure(of body: () throws -> Void) throws -> CommandFailure? {
    do {
      try body()
      return nil
    } catch let error as CommandFailure {
      return error
    }
  }

  /// An address that the interface can't get back stays where it is, with all that it needs.
  @Test func vhostStaysWhileItAloneHasTheAddress() throws {
    try afterATakeover(of: TakeoverNetwork.all[0]) { takeover, before in
      let kernel = takeover.kernel
      let done = kernel.contents
      kernel.meanwhile = { kernel, operation in
        guard case .address(let change, _, on: "eth0") = operation, change != .delete else { return }
        kernel.refusal = (kernel.asked.count, .permissionDenied)
      }
      let error = #expect(throws: CommandFailure.self) { try takeover.cleanUp() }
      #expect(error?.code == .rollBackFailed)
      #expect(kernel.contents.addresses == done.addresses && kernel.contents.vifs == done.vifs)
      #expect(kernel.contents.routes == done.routes)
      kernel.meanwhile = { _, _ in }
      kernel.refusal = nil
      try takeover.cleanUp()
      #expect(kernel.contents.changes(since: before) == [])
    }
  }

  /// It may have the frames still.
  @Test func vhostStaysWhileTheModuleDoesNotAnswer() throws {
    try afterATakeover(of: TakeoverNetwork.all[0]) { takeover, before in
      let kernel = takeover.kernel
      let done = kernel.contents
      kernel.moduleProblem = "it answers -102"
      kernel.meanwhile = { kernel, operation in
        if case .removeVif = operation { kernel.refusal = (kernel.asked.count, .connectionReset) }
      }
      let error = #expect(throws: CommandFailure.self) { try takeover.cleanUp() }
      #expect(error?.code == .rollBackFailed)
      #expect(kernel.link("vhost0") != nil && kernel.contents.vifs.count == 2)
      #expect(kernel.contents.routes == done.routes && kernel.contents.addresses == done.addresses)
      // Without vhost0 there is nothing to wait for.
      try loseVhost(kernel)
      try takeover.cleanUp()
      #expect(kernel.contents.changes(since: before) == [])
    }
  }

  /// Its managers get what they were told back also then.
  @Test func managersOfACommitThatCanNotBeFinished() throws {
    try withTemporaryRoot { root, _ in
      let kernel = try FakeTakeoverKernel.plain()
      let managers = NotedManagers()
      var takeover = try FakeTakeover(kernel, root)
      takeover.managers = managers
      let journal = Mutex<[UInt8]>([])
      takeover.reached = { name in
        guard name == "before:take-over/drop-addresses/1" else { return }
        journal.withLock { $0 = (try? root.readBytes(TakeoverJournal.path)) ?? [] }
      }
      try takeover.takeOver()
      try loseVhost(kernel)
      try root.replace(TakeoverJournal.path, with: journal.withLock(\.self), mode: 0o600)
      try takeover.recover()
      #expect(managers.undone == [true])
    }
  }
}
