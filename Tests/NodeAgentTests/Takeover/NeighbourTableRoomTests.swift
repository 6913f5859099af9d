import HostFiles
import Netlink
import Synchronization
import TestSupport
import Testing

@testable import NodeAgent

/// Room for neighbours that are known twice, for as long as they are.
@Suite struct NeighbourTableRoomTests {
  private static let second = "/proc/sys/net/ipv4/neigh/default/gc_thresh2"
  private static let third = "/proc/sys/net/ipv4/neigh/default/gc_thresh3"

  private func with(
    _ count: Int, limit: Int = 100, _ body: (inout FakeTakeover, FakeTakeoverKernel) throws -> Void
  ) throws {
    try withTemporaryRoot { root, _ in
      let kernel = try FakeTakeoverKernel.plain()
      for number in 0..<count { try kernel.neighbour("eth0", "10.0.0.\(number + 10)", .reachable) }
      kernel.contents.controls[Self.second] = "\(limit / 2)"
      kernel.contents.controls[Self.third] = "\(limit)"
      var takeover = try FakeTakeover(kernel, root)
      try body(&takeover, kernel)
    }
  }

  private func limits(_ kernel: FakeTakeoverKernel) -> [String?] {
    [kernel.contents.controls[Self.second], kernel.contents.controls[Self.third]]
  }

  @Test(arguments: [(0, false), (25, false), (26, true), (90, true)])
  func isMadeWhereItMayLack(_ count: Int, isRaised: Bool) throws {
    try with(count) { takeover, kernel in
      let seen = Mutex<[String?]>([])
      nonisolated(unsafe) let shared = kernel
      takeover.reached = { name in
        guard name == "before:take-over/verify" else { return }
        seen.withLock { $0 = [shared.contents.controls[Self.second], shared.contents.controls[Self.third]] }
      }
      try takeover.takeOver()
      #expect(seen.withLock(\.self) == (isRaised ? ["\(50 + count)", "\(100 + count)"] : ["50", "100"]))
      #expect(limits(kernel) == ["50", "100"])
    }
  }

  @Test func isTakenBackWithTheTakeover() throws {
    try with(90) { takeover, kernel in
      takeover.verifier = DeafVerifier()
      #expect(throws: CommandFailure.self) { try takeover.takeOver() }
      #expect(limits(kernel) == ["50", "100"])
    }
  }

  /// What an operator sets afterwards is theirs, whatever comes.
  @Test func isNobodysOnceItWasTakenBack() throws {
    try with(90) { takeover, kernel in
      try takeover.takeOver()
      (kernel.contents.controls[Self.second], kernel.contents.controls[Self.third]) = ("1000", "2000")
      #expect(try takeover.takeOver() == nil)
      try takeover.cleanUp()
      #expect(limits(kernel) == ["1000", "2000"])
    }
  }
}
