import HostFiles
import Netlink
import TestSupport
import Testing

@testable import NodeAgent

/// A takeover that a killed run left, as `diagnose` sees it.
@Suite struct UnfinishedTakeoverTests {
  private func onHost(_ body: (HostRoot) throws -> Void) throws {
    try withTemporaryRoot { root, _ in
      try FakeHost.write(FakeHost.bootID, "/proc/sys/kernel/random/boot_id", root)
      try root.makeDirectories("/run/vrouter-node-agent", mode: 0o755)
      try body(root)
    }
  }

  private func begin(_ root: HostRoot, boot: String = FakeHost.bootID) throws {
    let card = TakeoverDevice(name: "eth0", index: 2, mac: MACAddress("52:54:00:00:00:01"), mtu: 1500)
    let mac = try #require(card.mac)
    try TakeoverJournal.begin(
      .init(
        bootID: boot, begun: 1_800_000_000, subject: .init(cards: ["eth0"]), wish: .init(mac: mac, mtu: 1500),
        before: TakeoverState(cards: [card], highestIndex: 2), added: []), on: root)
  }

  @Test func noJournalIsNothing() throws {
    try onHost { root in
      #expect(UnfinishedTakeover.observe(on: root) == nil)
      // Nor is the lock made by looking.
      #expect(!root.exists(LockedRun.lock))
    }
  }

  @Test func eachPhase() throws {
    try onHost { root in
      try begin(root)
      #expect(
        UnfinishedTakeover.observe(on: root) == .begun(.moving, at: 1_800_000_000, cards: ["eth0"]))
      for phase in [TakeoverJournal.Phase.committing, .confirming, .returning] {
        try TakeoverJournal.add(.init(phase: phase), on: root)
        #expect(
          UnfinishedTakeover.observe(on: root) == .begun(phase, at: 1_800_000_000, cards: ["eth0"]))
      }
      try TakeoverJournal.add(.init(phase: .committed), on: root)
      #expect(UnfinishedTakeover.observe(on: root) == nil)
    }
  }

  @Test func anotherBootsIsVoid() throws {
    try onHost { root in
      try begin(root, boot: "another")
      #expect(UnfinishedTakeover.observe(on: root) == nil)
    }
  }

  @Test func oneThatIsUnderWayIsNothing() throws {
    try onHost { root in
      try begin(root)
      try LockedRun(root: root, command: "test").run { () throws(CommandFailure) in
        #expect(UnfinishedTakeover.observe(on: root) == nil)
      }
      #expect(UnfinishedTakeover.observe(on: root) != nil)
      // Looking leaves the lock to others.
      try LockedRun(root: root, command: "test").run { () throws(CommandFailure) in }
    }
  }

  @Test func oneThatCantBeRead() throws {
    try onHost { root in
      try FakeHost.write("nonsense", TakeoverJournal.path, root)
      guard case .unreadable(let reason) = UnfinishedTakeover.observe(on: root) else {
        Issue.record("read")
        return
      }
      #expect(reason.contains(TakeoverJournal.path))
    }
  }
}
