import HostFiles
import Netlink
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import NodeAgent

/// A takeover where there was one before, or a vhost0.
@Suite struct TakeoverAgainTests {
  /// A takeover that was done, and of which the module then lost a part.
  private func afterATakeover(
    routes: [TakeoverWish.Wanted] = [],
    _ body: (inout FakeTakeover, _ before: FakeTakeoverKernel.Contents) throws -> Void
  ) throws {
    try withTemporaryRoot { root, _ in
      let kernel = try FakeTakeoverKernel.plain()
      let before = kernel.contents
      var takeover = try FakeTakeover(kernel, root)
      takeover.routes = routes
      try takeover.takeOver()
      kernel.contents.vifs.removeAll { $0.name == "eth0" }
      try body(&takeover, before)
    }
  }

  private func expectFirst(_ takeover: FakeTakeover, _ before: FakeTakeoverKernel.Contents) throws {
    let journal = try #require(try TakeoverJournal.read(from: takeover.root))
    #expect(journal.phase == .committed && journal.head.original == nil && journal.head.before.vhost == nil)
    try takeover.cleanUp()
    #expect(takeover.kernel.contents.changes(since: before) == [])
  }

  @Test func oneThatFailsLeavesTheFirst() throws {
    try afterATakeover { takeover, before in
      let managers = NotedManagers()
      (takeover.verifier, takeover.managers) = (DeafVerifier(), managers)
      let disturbed = takeover.kernel.contents
      let error = #expect(throws: CommandFailure.self) { try takeover.takeOver() }
      #expect(error?.code == .rolledBack)
      #expect(takeover.kernel.contents.changes(since: disturbed) == [])
      #expect(managers.undone.isEmpty)
      try expectFirst(takeover, before)
      #expect(managers.undone.count == 1)
    }
  }

  /// The module's vhost0 got its cross connects when it was added: the interface's new one isn't among them.
  @Test func vhostIsAddedAgainOverAnInterfaceThatIs() throws {
    try afterATakeover { takeover, before in
      let count = takeover.kernel.asked.count
      try takeover.takeOver()
      let requests = takeover.kernel.texts(since: count).filter { $0.hasPrefix("vif ") }
      #expect(
        requests == [
          "vif --delete vhost0",
          "vif --add eth0 --mac 52:54:00:00:00:01 --vrf 0 --vhost-phys --type physical",
          "vif --add vhost0 --mac 52:54:00:00:00:01 --vrf 0 --type vhost --xconnect eth0",
        ])
      #expect(try takeover.takeOver() == nil)
      try takeover.cleanUp()
      #expect(takeover.kernel.contents.changes(since: before) == [])
    }
  }

  /// Also where the kernel refuses to add it.
  @Test func aVhostOverNothingIsNotMissed() throws {
    try afterATakeover { takeover, before in
      let plan = try takeover.plan(
        originals: try #require(try TakeoverJournal.read(from: takeover.root)).head.before)
      let place = try #require(plan.operations.firstIndex { if case .addCard = $0 { true } else { false } })
      takeover.kernel.refusal = (takeover.kernel.asked.count + place, .noMemory)
      let error = #expect(throws: CommandFailure.self) { try takeover.takeOver() }
      #expect(error?.code == .rolledBack)
      #expect(takeover.kernel.contents.vifs.isEmpty)
      try expectFirst(takeover, before)
    }
  }

  @Test func oneWithoutAGuardianLeavesTheFirst() throws {
    try afterATakeover { takeover, before in
      takeover.isGuardianRefused = true
      let disturbed = takeover.kernel.contents
      let error = #expect(throws: CommandFailure.self) { try takeover.takeOver() }
      #expect(error?.code == .failed && error?.description.contains("nothing was changed") == true)
      #expect(takeover.kernel.contents == disturbed)
      try expectFirst(takeover, before)
    }
  }

  /// Killed at any moment of the second one, `cleanup` takes back both.
  @Test func cleanupTakesBackBoth() throws {
    try afterATakeover { takeover, before in
      let (kernel, root) = (takeover.kernel, takeover.root)
      nonisolated(unsafe) let shared = kernel
      let seen = Mutex<[(name: String, contents: FakeTakeoverKernel.Contents, journal: [UInt8])]>([])
      takeover.reached = { name in
        guard let journal = try? root.readBytes(TakeoverJournal.path) else { return }
        seen.withLock { $0.append((name, shared.contents, journal)) }
      }
      try takeover.takeOver()
      takeover.reached = { _ in }
      let moments = seen.withLock(\.self)
      #expect(moments.contains { $0.name == "after:take-over/journal" })
      for moment in moments {
        kernel.contents = moment.contents
        try root.replace(TakeoverJournal.path, with: moment.journal, mode: 0o600)
        try takeover.cleanUp()
        #expect(kernel.contents.changes(since: before) == [], "\(moment.name)")
      }
    }
  }

  @Test func routesThatTheFirstAddedGoWithTheSecond() throws {
    let wanted = TakeoverWish.Wanted(
      destination: try #require(IPPrefix("10.44.0.0/16")), gateway: IPAddress("10.0.0.1"))
    try afterATakeover(routes: [wanted]) { takeover, before in
      #expect(takeover.kernel.contents.routes.contains { $0.destination == wanted.destination })
      try #require(try takeover.takeOver() != nil)
      try takeover.cleanUp()
      #expect(takeover.kernel.contents.changes(since: before) == [])
    }
  }

  /// What somebody removed from vhost0 since stays away.
  @Test func anAddressThatIsGoneIsNotBroughtBack() throws {
    try withTemporaryRoot { root, _ in
      let kernel = try FakeTakeoverKernel.plain()
      try kernel.address("eth0", "2001:db8::5/64")
      let takeover = try FakeTakeover(kernel, root)
      try takeover.takeOver()
      let address = try #require(kernel.contents.addresses.first { $0.family == .ipv6 })
      _ = kernel.apply(.address(.delete, address, on: "vhost0"))
      let there = kernel.contents
      #expect(try takeover.takeOver() == nil)
      #expect(kernel.contents == there)
    }
  }

  /// Somebody's, without anything: what is put onto it goes again, and it stays.
  @Test func aVhostThatWasThereIsLeftAsItWas() throws {
    try withTemporaryRoot { root, _ in
      let kernel = try FakeTakeoverKernel.plain()
      try kernel.neighbour("eth0", "10.0.0.7")
      try kernel.neighbour("eth0", "10.0.0.200", flags: .proxy)
      kernel.card("vhost0", kind: "vhost")
      kernel.contents.links[1].isUp = false
      let before = kernel.contents
      var takeover = try FakeTakeover(kernel, root)
      takeover.verifier = DeafVerifier()
      let error = #expect(throws: CommandFailure.self) { try takeover.takeOver() }
      #expect(error?.code == .rolledBack)
      #expect(kernel.contents.changes(since: before) == [])
    }
  }

  @Test func soAreItsRoutesAndAddresses() throws {
    try withTemporaryRoot { root, _ in
      let kernel = try FakeTakeoverKernel.plain()
      kernel.card("vhost0", kind: "vhost")
      try kernel.address("vhost0", "10.91.0.5/24")
      try kernel.route("10.92.0.0/16", by: "vhost0", via: "10.91.0.1")
      let before = kernel.contents
      var takeover = try FakeTakeover(kernel, root)
      takeover.verifier = DeafVerifier()
      let error = #expect(throws: CommandFailure.self) { try takeover.takeOver() }
      #expect(error?.code == .rolledBack)
      #expect(kernel.contents.changes(since: before) == [])
    }
  }

  /// One with another MAC address is made anew: what it alone has would be gone with it.
  @Test func whatAWrongVhostAloneHasIsKept() throws {
    try withTemporaryRoot { root, _ in
      let kernel = try FakeTakeoverKernel.plain()
      kernel.card("vhost0", mac: "52:54:00:00:00:77", kind: "vhost")
      try kernel.route("10.92.0.0/16", by: "vhost0")
      try kernel.route("10.93.0.0/16", by: "vhost0", via: "10.92.0.1")
      let takeover = try FakeTakeover(kernel, root)
      try takeover.takeOver()
      let vhost = try #require(kernel.link("vhost0"))
      #expect(vhost.mac == FakeTakeover.mac)
      let kept = kernel.contents.routes.filter { $0.leaves(by: [vhost.index]) }.map { "\($0.destination)" }
      #expect(Set(kept).isSuperset(of: ["10.92.0.0/16", "10.93.0.0/16"]))
      #expect(kernel.contents.routes.count == 4)
    }
  }
}
