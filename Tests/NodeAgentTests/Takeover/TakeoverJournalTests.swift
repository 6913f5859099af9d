import HostFiles
import Netlink
import TestSupport
import Testing

@testable import NodeAgent

/// What is read of a journal, however it was left.
@Suite struct TakeoverJournalTests {
  private func onHost(_ body: (HostRoot) throws -> Void) throws {
    try withTemporaryRoot { root, _ in
      try FakeHost.write(FakeHost.bootID, "/proc/sys/kernel/random/boot_id", root)
      try root.makeDirectories(LockedRun.folder, mode: 0o755)
      try body(root)
    }
  }

  private func head(boot: String = FakeHost.bootID) throws -> TakeoverJournal.Head {
    let kernel = try FakeTakeoverKernel.plain()
    let subject = TakeoverSubject(cards: ["eth0"])
    let mac = try #require(FakeTakeover.mac)
    return TakeoverJournal.Head(
      bootID: boot, begun: 1_800_000_000, subject: subject, wish: TakeoverWish(mac: mac, mtu: 1500),
      before: try kernel.observe(subject), added: [], owed: try owed(), verifySeconds: 15)
  }

  private func owed() throws -> Verification {
    let gateway = try #require(IPAddress("10.0.0.1"))
    return try Verification(baseline: [
      ProbeResult(
        probe: VerificationProbe(.gatewayNeighbour(gateway)), interface: "eth0", outcome: .passed,
        seen: "10.0.0.1 is at 52:54:00:00:00:99", isByInterface: true)
    ])
  }

  private func write(_ bytes: [UInt8], _ root: HostRoot) throws {
    try root.replace(TakeoverJournal.path, with: bytes, mode: 0o600)
  }

  @Test func isReadAsItWasWritten() throws {
    try onHost { root in
      #expect(try TakeoverJournal.read(from: root) == nil)
      let head = try head()
      try TakeoverJournal.begin(head, on: root)
      var journal = try #require(try TakeoverJournal.read(from: root))
      #expect(journal.head == head && journal.phase == .moving)
      try TakeoverJournal.add(.init(step: "make-vhost", datagram: 1), on: root)
      for phase in [TakeoverJournal.Phase.committing, .confirming, .returning, .committed] {
        try TakeoverJournal.add(.init(phase: phase), on: root)
        journal = try #require(try TakeoverJournal.read(from: root))
        #expect(journal.head == head && journal.phase == phase)
      }
      try TakeoverJournal.remove(from: root)
      #expect(try TakeoverJournal.read(from: root) == nil)
    }
  }

  /// At every byte of a record, and the next run writes on.
  @Test func aTornRecordDoesNotCount() throws {
    try onHost { root in
      try TakeoverJournal.begin(try head(), on: root)
      let begun = try root.readBytes(TakeoverJournal.path)
      try TakeoverJournal.add(.init(phase: .committing), on: root)
      let all = try root.readBytes(TakeoverJournal.path)
      for length in begun.count..<all.count {
        try write(Array(all.prefix(length)), root)
        #expect(try TakeoverJournal.read(from: root)?.phase == .moving, "\(length - begun.count) bytes")
        try TakeoverJournal.add(.init(phase: .committed), on: root)
        #expect(try TakeoverJournal.read(from: root)?.phase == .committed, "\(length - begun.count) bytes")
      }
    }
  }

  @Test func oneOfAnotherBootIsVoid() throws {
    try onHost { root in
      try TakeoverJournal.begin(try head(boot: "00000000-0000-4000-8000-000000000000"), on: root)
      #expect(try TakeoverJournal.read(from: root) == nil)
    }
  }

  /// Nobody knows what to do then: nothing may be changed.
  @Test func garbageIsNoJournal() throws {
    try onHost { root in
      try TakeoverJournal.begin(try head(), on: root)
      let whole = try root.readBytes(TakeoverJournal.path)
      let text = String(decoding: whole, as: UTF8.self)
      let cases = [
        "", "\n", "{}\n", "\0\0\0\n",
        text.replacing(
          "\"schema\":\(TakeoverJournal.schema)", with: "\"schema\":\(TakeoverJournal.schema - 1)"),
        String(text.dropLast()), String(text.dropFirst()), "\n" + text,
      ]
      for garbage in cases {
        try write(Array(garbage.utf8), root)
        let error = #expect(throws: TakeoverError.self, "\(garbage.prefix(20))") {
          try TakeoverJournal.read(from: root)
        }
        #expect(error?.reason.contains(TakeoverJournal.path) == true)
      }
    }
  }

  /// An earlier takeover's journal comes back in one step, as that of a takeover that was done.
  @Test func endsWithTheEarlierOnes() throws {
    try onHost { root in
      var head = try head()
      #expect(head.earlier == nil)
      var original = head.before
      original.highestIndex = 9
      head.original = original
      try TakeoverJournal.begin(head, on: root)
      try TakeoverJournal.end(with: head.earlier, on: root)
      let journal = try #require(try TakeoverJournal.read(from: root))
      #expect(journal.head.before == original && journal.head.original == nil)
      #expect(journal.phase == .committed)
      try TakeoverJournal.end(with: nil, on: root)
      #expect(!root.exists(TakeoverJournal.path))
    }
  }
}
