import HostFiles
import Netlink
import Synchronization
import TestSupport
import Testing
import VRouter

@testable import NodeAgent

/// What others do meanwhile, and what would crash the module.
@Suite struct TakeoverDangerTests {
  private static let physical = VRouterInterface.Kind.physical.rawValue

  /// A run that is killed when it says so, and what it leaves.
  private func killed(
    at name: String, _ body: (FakeTakeover, _ before: FakeTakeoverKernel.Contents) throws -> Void
  ) throws {
    try withTemporaryRoot { root, _ in
      let kernel = try FakeTakeoverKernel.plain()
      let before = kernel.contents
      nonisolated(unsafe) let shared = kernel
      let left = Mutex<(contents: FakeTakeoverKernel.Contents, journal: [UInt8])?>(nil)
      var takeover = try FakeTakeover(kernel, root)
      takeover.reached = { reached in
        guard reached == name, let journal = try? root.readBytes(TakeoverJournal.path) else { return }
        left.withLock { $0 = (shared.contents, journal) }
      }
      try takeover.takeOver()
      let found = left.withLock { $0 }
      let moment = try #require(found)
      kernel.contents = moment.contents
      try root.replace(TakeoverJournal.path, with: moment.journal, mode: 0o600)
      takeover.reached = { _ in }
      try body(takeover, before)
    }
  }

  /// It was killed in the commit, and then somebody unloaded the module, with vhost0.
  @Test func withoutVhostThereIsNothingToFinish() throws {
    for name in ["before:take-over/drop-addresses/1", "after:take-over/drop-addresses/1"] {
      try killed(at: name) { takeover, before in
        let kernel = takeover.kernel
        _ = kernel.apply(.removeLink(name: "vhost0", index: try kernel.index("vhost0")))
        kernel.contents.vifs = []
        try takeover.recover()
        #expect(kernel.contents.changes(since: before) == [], "\(name)")
        #expect(try TakeoverJournal.read(from: takeover.root) == nil)
      }
    }
  }

  /// The rest is no less dangerous than the whole.
  @Test func whatIsLeftIsNotDoneWhereThatIsDangerous() throws {
    try killed(at: "before:take-over/drop-addresses/1") { takeover, _ in
      let kernel = takeover.kernel
      kernel.contents.vifs = [TakeoverVif(index: 9, name: "eth9", kind: Self.physical, link: 9)]
      let count = kernel.asked.count
      let error = #expect(throws: CommandFailure.self) { try takeover.recover() }
      #expect(error?.code == .module && error?.description.contains("eth9") == true)
      #expect(kernel.texts(since: count) == [])
      #expect(kernel.dangers.isEmpty)
    }
  }

  /// vhost0's cross connects are named when it is added, and can't become more.
  @Test func aCardIsNotAddedBesideAVhostThatLiesOverAnother() throws {
    try withTemporaryRoot { root, _ in
      let kernel = try FakeTakeoverKernel.plain()
      kernel.card("eth1", mac: "52:54:00:00:00:02")
      var takeover = try FakeTakeover(kernel, root)
      try takeover.takeOver()
      let there = kernel.contents
      takeover.cards = ["eth0", "eth1"]
      let error = #expect(throws: CommandFailure.self) { try takeover.takeOver() }
      #expect(error?.code == .module && error?.description.contains("eth1") == true)
      #expect(kernel.contents == there)
    }
  }

  /// A control that a takeover doesn't change is somebody else's, also when it is undone.
  @Test func aControlThatChangedMeanwhileIsLeft() throws {
    try withTemporaryRoot { root, _ in
      let kernel = try FakeTakeoverKernel.plain()
      let path = "/proc/sys/net/ipv4/conf/eth0/forwarding"
      for path in [path, path.replacing("/eth0/", with: "/default/")] { kernel.contents.controls[path] = "0" }
      var before = kernel.contents
      before.controls[path] = "1"
      var takeover = try FakeTakeover(kernel, root)
      takeover.verifier = DeafVerifier()
      kernel.meanwhile = { kernel, operation in
        if case .addHost = operation { kernel.contents.controls[path] = "1" }
      }
      let error = #expect(throws: CommandFailure.self) { try takeover.takeOver() }
      #expect(error?.code == .rolledBack && error?.description.contains("nobody answers") == true)
      #expect(kernel.contents.changes(since: before) == [])
    }
  }
}
