import HostFiles
import Netlink
import Synchronization
import SystemPackage
import TestSupport
import Testing
import VRouter

@testable import NodeAgent

/// What others have, or do meanwhile: neither is it taken from them, nor does it stand in the way for good.
@Suite struct TakeoverOthersTests {
  private func with(
    _ make: (FakeTakeoverKernel) throws -> Void = { _ in },
    _ body: (inout FakeTakeover, FakeTakeoverKernel) throws -> Void
  ) throws {
    try withTemporaryRoot { root, _ in
      let kernel = try FakeTakeoverKernel.plain()
      try make(kernel)
      var takeover = try FakeTakeover(kernel, root)
      try body(&takeover, kernel)
    }
  }

  private func expectRefusal(
    of takeover: FakeTakeover, _ code: ExitCode = .module, naming words: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let there = takeover.kernel.contents
    let error = #expect(throws: CommandFailure.self, sourceLocation: sourceLocation) {
      try takeover.takeOver()
    }
    #expect(error?.code == code, sourceLocation: sourceLocation)
    #expect(
      error?.description.contains(words) == true, "\(error?.description ?? "")",
      sourceLocation: sourceLocation)
    #expect(takeover.kernel.contents == there, sourceLocation: sourceLocation)
    #expect(takeover.kernel.dangers.isEmpty, sourceLocation: sourceLocation)
  }

  /// vhost0 has a common MAC address over several, so that it would have to be made anew.
  @Test func aTakeoverFromOtherInterfacesIsNotTakenBackByItself() throws {
    try with({ $0.card("eth1", mac: "52:54:00:00:00:02") }) { takeover, _ in
      try takeover.takeOver()
      (takeover.cards, takeover.mac) = (["eth0", "eth1"], FakeTakeover.commonMAC)
      expectRefusal(of: takeover, naming: "has taken over from eth0")
    }
    try with({ $0.card("eth1", mac: "52:54:00:00:00:02") }) { takeover, _ in
      (takeover.cards, takeover.mac) = (["eth0", "eth1"], FakeTakeover.commonMAC)
      try takeover.takeOver()
      (takeover.cards, takeover.mac) = (["eth0"], FakeTakeover.mac)
      expectRefusal(of: takeover, naming: "has taken over from eth0, eth1")
      // No journal tells any more; the module does.
      try TakeoverJournal.remove(from: takeover.root)
      expectRefusal(of: takeover, naming: "eth1")
    }
  }

  /// As a bond's whose first port was released.
  @Test func aWorkingVhostKeepsItsMACAddress() throws {
    try with { takeover, kernel in
      try takeover.takeOver()
      let place = try #require(kernel.contents.links.firstIndex { $0.name == "eth0" })
      kernel.contents.links[place].mac = MACAddress("52:54:00:00:00:09")
      takeover.mac = MACAddress("52:54:00:00:00:09")
      let there = kernel.contents
      #expect(try takeover.takeOver() == nil)
      #expect(kernel.contents == there)
    }
  }

  /// One whose module lost the interface would be made anew: not under a workload.
  @Test func aVhostInUseIsNotMadeAnew() throws {
    try with { takeover, kernel in
      try takeover.takeOver()
      kernel.contents.vifs.removeAll { $0.name == "eth0" }
      kernel.contents.vifs.append(
        TakeoverVif(index: 9, name: "tap9", kind: VRouterInterface.Kind.virtual.rawValue, link: 9))
      takeover.mac = MACAddress("52:54:00:00:00:09")
      expectRefusal(of: takeover, naming: "tap9")
      kernel.contents.vifs.removeAll { $0.name == "tap9" }
      try #require(try takeover.takeOver() != nil)
      #expect(kernel.link("vhost0")?.mac == takeover.mac)
    }
  }

  /// Of the module, an index that is another's would be changed.
  @Test func aVifOfTheSameIndexIsLeft() throws {
    try with({
      $0.contents.vifs = [
        TakeoverVif(index: 2, name: "tap2", kind: VRouterInterface.Kind.virtual.rawValue, link: 20)
      ]
    }) { takeover, _ in expectRefusal(of: takeover, naming: "tap2") }
  }

  @Test func aVhostInAnotherVRFIsNotUsed() throws {
    try with({
      $0.card("vhost0", kind: "vhost")
      $0.contents.links[1].master = 77
    }) { takeover, _ in expectRefusal(of: takeover, .failed, naming: "VRF") }
  }

  @Test func aVhostGetsTheRightMTU() throws {
    try with({ $0.card("vhost0", kind: "vhost") }) { takeover, kernel in
      let before = kernel.contents
      takeover.mtu = 9000
      takeover.verifier = DeafVerifier()
      #expect(throws: CommandFailure.self) { try takeover.takeOver() }
      #expect(kernel.texts().contains("ip link set dev vhost0 mtu 9000"))
      #expect(kernel.contents.changes(since: before) == [] && kernel.link("vhost0")?.mtu == 1500)
      takeover.verifier = NoVerification()
      try takeover.takeOver()
      #expect(kernel.link("vhost0")?.mtu == 9000)
    }
  }

  /// The pods' subnet leads by a bridge already.
  @Test(arguments: [false, true]) func aRouteOfOthersIsNotReplaced(_ isUndone: Bool) throws {
    let wanted = TakeoverWish.Wanted(
      destination: try #require(IPPrefix("10.44.0.0/16")), gateway: IPAddress("10.0.0.1"))
    try with({
      $0.card("cni0", mac: "52:54:00:00:00:05")
      try $0.route("10.44.0.0/16", by: "cni0")
    }) { takeover, kernel in
      let before = kernel.contents
      takeover.routes = [wanted]
      if isUndone { takeover.verifier = DeafVerifier() }
      _ = try? takeover.takeOver()
      let route = kernel.contents.routes.filter { $0.destination == wanted.destination }
      #expect(route == before.routes.filter { $0.destination == wanted.destination })
      try takeover.cleanUp()
      #expect(kernel.contents.changes(since: before) == [])
    }
  }

  /// While the probes were asked before anything was changed.
  @Test func theHostChangedMeanwhile() throws {
    struct Meddling: TakeoverVerifier {
      let change: @Sendable () -> Void
      func before() throws(CommandFailure) -> Verification? {
        change()
        return nil
      }
      func after(_ moment: VerificationMoment, _ verification: Verification?, by vhost: TakeoverDevice)
        -> [String]
      { [] }
    }
    try with { takeover, kernel in
      nonisolated(unsafe) let shared = kernel
      takeover.verifier = Meddling {
        shared.card("veth3", mac: "52:54:00:00:00:33")
        try? shared.route("10.77.0.0/16", by: "eth0")
      }
      try #require(try takeover.takeOver() != nil)
      let vhost = try kernel.index("vhost0")
      #expect(vhost == 4)
      #expect(
        kernel.contents.routes.contains { "\($0.destination)" == "10.77.0.0/16" && $0.leaves(by: [vhost]) })
    }
  }

  /// What they add to the interface is theirs, and neither keeps a run that was killed from being undone, nor a cleanup.
  @Test(arguments: [false, true]) func whatTheyAddedStays(_ byCleanup: Bool) throws {
    try with { takeover, kernel in
      let before = kernel.contents
      let journal = Mutex<[UInt8]>([])
      let root = takeover.root
      takeover.verifier = DeafVerifier()
      takeover.reached = { name in
        guard name == "before:take-over/verify" else { return }
        journal.withLock { $0 = (try? root.readBytes(TakeoverJournal.path)) ?? [] }
      }
      let error = #expect(throws: CommandFailure.self) { try takeover.takeOver() }
      #expect(error?.code == .rolledBack)
      try kernel.address("eth0", "10.78.0.5/24") { $0.flags.insert(.noPrefixRoute) }
      var expected = before
      expected.addresses = kernel.contents.addresses
      try root.replace(TakeoverJournal.path, with: journal.withLock(\.self), mode: 0o600)
      if byCleanup { try takeover.cleanUp() } else { try takeover.recover() }
      #expect(kernel.contents.changes(since: expected) == [])
      #expect(try TakeoverJournal.read(from: root) == nil)
    }
  }

  /// Reached until the interface's own addresses went.
  @Test func whatIsSilentOnlyAfterTheCommitIsUndone() throws {
    try with { takeover, kernel in
      let before = kernel.contents
      takeover.verifier = LateVerifier()
      let error = #expect(throws: CommandFailure.self) { try takeover.takeOver() }
      #expect(error?.code == .rolledBack && error?.description.contains("any more") == true)
      #expect(kernel.contents.changes(since: before) == [])
      let journal = try TakeoverJournal.read(from: takeover.root)
      #expect(journal == nil)
    }
  }
}
