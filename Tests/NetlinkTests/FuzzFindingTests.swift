import SystemPackage
import Testing

@testable import Netlink

/// What fuzzing found (`Fuzz/`), each as a test of its own.
@Suite("What fuzzing found")
struct FuzzFindingTests {
  private func netlink(_ answer: @escaping (Request) -> [FakeKernel.Piece]) -> RouteNetlink {
    RouteNetlink(NetlinkSession(FakeKernel(answer), timeout: .milliseconds(50)))
  }

  @Test("An ERROR that claims a huge request is an error at the end of its datagram, not far beyond it")
  func hugeRequest() {
    var netlink = netlink { request in
      let claimed = little(Int32(-22)) + little(UInt32(0x0030_7420)) + [UInt8](repeating: 0, count: 12)
      // NLM_F_ACK_TLVS without NLM_F_CAPPED: the attributes stand behind the whole request.
      return [.datagram(request.message(2, flags: 0x200, claimed))]
    }
    let error = #expect(throws: NetlinkError.self) { try netlink.links() }
    #expect(
      error?.cause
        == .malformed(WireError(offset: 36, reason: .truncated(needed: 0x0030_7420 + 4 - 20, available: 0))))
  }

  @Test(
    "What is only acknowledged isn't done before it is acknowledged, whatever an answer calls itself",
    arguments: [16, 2] as [UInt16])
  func interruptedAcknowledgement(type: UInt16) {
    var netlink = netlink { request in
      // NLM_F_DUMP_INTR, which no answer to a change has.
      [.datagram(request.message(type, flags: 0x10, [UInt8](repeating: 0, count: 20)))]
    }
    let error = #expect(throws: NetlinkError.self) {
      try netlink.session.request(NetlinkRequest("change the link", on: "eth0", type: 16))
    }
    #expect(error?.cause == .inconsistent(attempts: 1))
  }
}
