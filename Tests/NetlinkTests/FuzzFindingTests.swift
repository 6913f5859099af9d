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

  @Test(
    "A recording answers with the attempt that counted, not with one before that was interrupted or lost something",
    arguments: [true, false])
  func attemptThatCounted(isInterrupted: Bool) throws {
    let recorder = ExchangeRecorder()
    var attempts = 0
    var netlink = RouteNetlink(
      NetlinkSession(
        RecordingTransport(
          FakeKernel { request in
            attempts += 1
            let end = FakeKernel.Piece.datagram(linkMessage(request, 3, "late") + request.done())
            guard attempts == 1 else { return [.datagram(linkMessage(request, 1, "lo"))] }
            return isInterrupted
              ? [.datagram(linkMessage(request, 2, "gone", flags: 0x12)), end]
              : [.datagram(linkMessage(request, 2, "gone")), .failure(.noBufferSpace), end]
          }, recorder), timeout: .seconds(1)))
    let first = try Self.linksUpToLoopback(&netlink)
    var replay = RouteNetlink(NetlinkSession(ReplayTransport(recorder.exchanges)))
    #expect(first == ["lo"] && attempts == 2)
    #expect(try Self.linksUpToLoopback(&replay) == first)
  }

  /// Reads a dump of links no further than to lo.
  private static func linksUpToLoopback(_ netlink: inout RouteNetlink) throws(NetlinkError) -> [String] {
    let request = NetlinkRequest("find a link", type: 18)
    return try netlink.session.dump(request, into: []) { (names: inout [String], message) throws(WireError) in
      if let link = try Link(message) { names.append(link.name) }
      return names.last == "lo" ? .enough : .more
    }
  }

  @Test("What lies in the padding of attributes that are kept is not kept")
  func wordsInPadding() throws {
    // Types that nobody reads; the first is a byte, and three of padding.
    let kept: [[UInt8]] = [[5, 0, 39, 0, 9, 1, 2, 3], [8, 0, 13, 0, 1, 2, 3, 4], [6, 0, 17, 0, 7, 8]]
    let clean: [[UInt8]] = [[5, 0, 39, 0, 9, 0, 0, 0], kept[1], kept[2] + [0, 0]]
    var netlink = netlink { request in
      let header = [0, 0] + little(UInt16(1)) + little(Int32(1)) + [UInt8](repeating: 0, count: 8)
      return [.datagram(request.message(16, flags: 2, header + kept.joined())), .datagram(request.done())]
    }
    let link = try #require(try netlink.links().first)
    #expect(link.otherAttributes.bytes == Array(clean.joined()))
    #expect(link.otherAttributes.types == [39, 13, 17])
  }

  @Test("What was meant for others is not taken for an answer by a replay that has their port's number")
  func portOfOthers() throws {
    let requests = [NetlinkRequest](repeating: NetlinkRequest("change the link", type: 16), count: 2)
    let recorder = ExchangeRecorder()
    var live = NetlinkSession(
      RecordingTransport(
        FakeKernel { request in
          // The first is acknowledged. What follows is for port 1: it answers neither, whichever numbers they have.
          let success = [UInt8](repeating: 0, count: 20)
          var others: [UInt8] = []
          for sequence in UInt32(1)...8 {
            others += little(UInt32(36)) + little(UInt16(2)) + little(UInt16(0))
            others += little(sequence) + little(UInt32(1)) + success
          }
          return [.datagram(request.message(2, flags: 0, success) + others)]
        }, recorder), timeout: .milliseconds(10))
    func successes(_ results: [Result<Void, NetlinkError>]) -> [Bool] {
      results.map { if case .success = $0 { true } else { false } }
    }
    #expect(successes(live.batch(requests)) == [true, false])
    var replay = NetlinkSession(ReplayTransport(recorder.exchanges))
    for _ in 0..<3 { #expect(successes(replay.batch(requests)) == [true, false]) }
  }

  @Test("What comes after the end of an answer doesn't make a recording of it worse than one of nothing")
  func afterTheEnd() throws {
    let recorder = ExchangeRecorder()
    var attempts = 0
    var live = RouteNetlink(
      NetlinkSession(
        RecordingTransport(
          FakeKernel { request in
            attempts += 1
            // NLMSG_OVERRUN, which says that something was lost, behind DONE.
            return attempts == 1
              ? [.failure(.noBufferSpace)] : [.datagram(request.done() + request.message(4, flags: 0, []))]
          }, recorder), timeout: .seconds(1)))
    #expect(try live.links().isEmpty && attempts == 2)
    var replay = RouteNetlink(NetlinkSession(ReplayTransport(recorder.exchanges)))
    #expect(try replay.links().isEmpty)
  }

  @Test("An address that is listed twice is one address")
  func addressListedTwice() throws {
    let prefix = try #require(IPPrefix("192.0.2.7/24"))
    var labelled = Address(linkIndex: 2, prefix: prefix)
    labelled.label = "eth0:1"
    let state = RouteState(links: [], addresses: [Address(linkIndex: 2, prefix: prefix), labelled])
    #expect(state.addresses == [labelled])
  }
}
