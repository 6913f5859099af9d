import SystemPackage
import Testing

@testable import Netlink

@Suite("Sessions over a fake kernel")
struct SessionTests {
  /// Counts, from within a fake kernel.
  final class Counter {
    var value = 0
    func increment() -> Int {
      value += 1
      return value
    }
  }

  private func netlink(_ answer: @escaping (Request) -> [FakeKernel.Piece]) -> RouteNetlink {
    RouteNetlink(NetlinkSession(FakeKernel(answer), timeout: .milliseconds(50)))
  }

  private func failure(_ answer: @escaping (Request) -> [FakeKernel.Piece]) -> NetlinkError? {
    var netlink = netlink(answer)
    return #expect(throws: NetlinkError.self) { try netlink.links() }
  }

  @Test("All parts of a dump are read, over several datagrams, until DONE")
  func parts() throws {
    var netlink = netlink { request in
      [
        .datagram(linkMessage(request, 1, "lo") + linkMessage(request, 2, "eth0")),
        .datagram(linkMessage(request, 3, "eth1")),
        .datagram(linkMessage(request, 4, "eth2") + request.done() + linkMessage(request, 5, "late")),
      ]
    }
    #expect(try netlink.links().map(\.name) == ["lo", "eth0", "eth1", "eth2"])
  }

  @Test("Answers with another sequence number or port are dropped")
  func strangers() throws {
    var netlink = netlink { request in
      let header = [UInt8](repeating: 0, count: 16)
      return [
        .datagram(request.message(16, flags: 2, header, sequence: request.sequence &+ 1)),
        .datagram(request.message(16, flags: 2, header, port: request.portID + 1)),
        .datagram(request.message(3, flags: 2, little(Int32(-1)), sequence: request.sequence &- 1)),
        .datagram(request.message(16, flags: 0, header, sequence: 0, port: 0)),
        .datagram(linkMessage(request, 1, "lo") + request.done()),
      ]
    }
    #expect(try netlink.links().map(\.name) == ["lo"])
    #expect(netlink.session.dropped == 4)
  }

  @Test("Datagrams that the kernel didn't send are dropped, whatever they hold")
  func wrongSender() throws {
    var netlink = netlink { request in
      [
        .datagram(linkMessage(request, 66, "evil") + request.done(), from: 1234),
        .datagram([1, 2, 3], from: 1),
        .datagram(request.error(-1), from: request.portID),
        .datagram(linkMessage(request, 1, "lo") + request.done()),
      ]
    }
    #expect(try netlink.links().map(\.name) == ["lo"])
    #expect(netlink.session.dropped == 3)
  }

  @Test("Sequence numbers differ from request to request and are never 0")
  func sequences() throws {
    final class Log { var sequences: [UInt32] = [] }
    let log = Log()
    var netlink = netlink { request in
      log.sequences.append(request.sequence)
      return [.datagram(request.done())]
    }
    for _ in 0..<3 { _ = try netlink.links() }
    #expect(Set(log.sequences).count == 3 && !log.sequences.contains(0))
  }

  @Test("A dump that fails in its DONE is a failure, with the kernel's words")
  func doneWithError() {
    let error = failure { request in
      let words = attribute(1, Array("Invalid values in header for link dump request\0".utf8))
      return [.datagram(request.done(-22, extended: words + attribute(2, little(UInt32(36)))))]
    }
    #expect(error?.cause == .refused(.invalidArgument))
    #expect(error?.errno == .invalidArgument)
    #expect(error?.extendedAck?.message == "Invalid values in header for link dump request")
    #expect(error?.extendedAck?.offset == 36)
  }

  @Test("A dump that fails in its DONE after parts is a failure too")
  func doneWithErrorAfterParts() {
    let error = failure { request in
      [.datagram(linkMessage(request, 1, "lo")), .datagram(request.done(-12))]
    }
    #expect(error?.cause == .refused(.noMemory))
    #expect(error?.extendedAck == nil)
  }

  @Test("A DONE without an errno is a success")
  func emptyDone() throws {
    var netlink = netlink { request in
      [.datagram(linkMessage(request, 1, "lo") + request.message(3, flags: 2, []))]
    }
    #expect(try netlink.links().map(\.name) == ["lo"])
  }

  @Test("An ERROR is a failure, and its extended ack names the attribute of the request")
  func errorWithExtendedAck() {
    let error = failure { request in
      // In the request, the extension mask's attribute begins at byte 32.
      let extended =
        attribute(1, Array("no such thing\0".utf8)) + attribute(2, little(UInt32(32)))
        + attribute(4, attribute(1, little(UInt32(5)))) + attribute(5, little(UInt32(3)))
        + attribute(6, little(UInt32(20))) + attribute(77, [1, 2])
      return [.datagram(request.error(-95, extended: extended))]
    }
    #expect(error?.cause == .refused(.notSupported))
    #expect(error?.extendedAck?.attributeType == 29)
    #expect(error?.extendedAck?.missingType == 3)
    #expect(error?.extendedAck?.missingInside == 20)
    #expect(error?.extendedAck?.policy?[1] == [5, 0, 0, 0])
  }

  @Test("An ERROR that repeats the whole request is read as well")
  func uncappedError() {
    let error = failure { request in
      let extended = attribute(1, Array("words\0".utf8))
      return [.datagram(request.message(2, flags: 0x200, little(Int32(-1)) + request.bytes + extended))]
    }
    #expect(error?.cause == .refused(.notPermitted))
    #expect(error?.extendedAck?.message == "words")
  }

  @Test(
    "What isn't an errno is still a failure",
    arguments: [1, 22, 4096, -4096, .min, .max] as [Int32])
  func strangeErrno(code: Int32) {
    #expect(failure { [.datagram($0.error(code))] }?.cause == .refused(.ioError))
    #expect(failure { [.datagram($0.done(code))] }?.cause == .refused(.ioError))
  }

  @Test("An interrupted dump is made again, and only the whole one counts", arguments: 1...9)
  func interrupted(times: Int) throws {
    let counter = Counter()
    var netlink = netlink { request in
      guard counter.increment() > times else {
        return [
          .datagram(linkMessage(request, 1, "old")),
          .datagram(linkMessage(request, 2, "older", flags: 0x12) + request.done(flags: 0x10)),
        ]
      }
      return [.datagram(linkMessage(request, 1, "new") + request.done())]
    }
    #expect(try netlink.links().map(\.name) == ["new"])
    #expect(counter.value == times + 1)
  }

  @Test("An interruption that only the DONE tells of counts")
  func interruptedAtTheEnd() throws {
    let counter = Counter()
    var netlink = netlink { request in
      let flags: UInt16 = counter.increment() == 1 ? 0x10 : 0
      return [.datagram(linkMessage(request, 1, "lo") + request.done(flags: flags))]
    }
    #expect(try netlink.links().count == 1)
    #expect(counter.value == 2)
  }

  @Test("A dump that is interrupted every time ends in an error of its own")
  func inconsistent() {
    let counter = Counter()
    let error = failure { request in
      _ = counter.increment()
      return [.datagram(linkMessage(request, 1, "lo", flags: 0x12) + request.done())]
    }
    #expect(error?.cause == .inconsistent(attempts: 10))
    #expect(counter.value == 10)
  }

  @Test("A truncated datagram is an error, and the next request starts afresh")
  func truncated() throws {
    let counter = Counter()
    var netlink = netlink { request in
      guard counter.increment() == 1 else {
        return [.datagram(linkMessage(request, 1, "lo") + request.done())]
      }
      let whole = linkMessage(request, 1, "lo")
      return [.cut(whole, size: 40_000), .datagram(linkMessage(request, 2, "eth0") + request.done())]
    }
    let error = #expect(throws: NetlinkError.self) { try netlink.links() }
    #expect(error?.cause == .truncated(size: 40_000, capacity: 32_768))
    #expect(try netlink.links().map(\.name) == ["lo"])
  }

  @Test("After an overrun what is left is thrown away and the dump made again")
  func overrun() throws {
    let counter = Counter()
    var netlink = netlink { request in
      guard counter.increment() > 2 else {
        return [
          .datagram(linkMessage(request, 1, "lost")), .failure(.noBufferSpace),
          .datagram(linkMessage(request, 2, "rest") + request.done()),
        ]
      }
      return [.datagram(linkMessage(request, 1, "lo") + request.done())]
    }
    #expect(try netlink.links().map(\.name) == ["lo"])
    #expect(counter.value == 3)
  }

  @Test("Overruns without end are an error of their own")
  func endlessOverrun() {
    #expect(failure { _ in [.failure(.noBufferSpace)] }?.cause == .overrun(attempts: 10))
    #expect(failure { [.datagram($0.message(4, []))] }?.cause == .overrun(attempts: 10))
  }

  @Test("A request that changes something is sent once, also when its answer is lost")
  func changesAreSentOnce() throws {
    let counter = Counter()
    var session = NetlinkSession(
      FakeKernel { _ in
        _ = counter.increment()
        return [.failure(.noBufferSpace)]
      })
    let request = NetlinkRequest("change something", type: 16)
    let error = #expect(throws: NetlinkError.self) { try session.request(request) }
    #expect(error?.cause == .overrun(attempts: 1))
    #expect(counter.value == 1)
  }

  @Test("An acknowledgement is asked for and read")
  func acknowledgement() throws {
    var session = NetlinkSession(
      FakeKernel { request in [.datagram(request.error(request.flags == 0x5 ? 0 : -22))] })
    try session.request(NetlinkRequest("change something", type: 16))
  }

  @Test("Silence ends in a timeout, parts or no parts")
  func timeout() {
    #expect(failure { _ in [] }?.cause == .timedOut(after: .milliseconds(50)))
    let error = failure { [.datagram(linkMessage($0, 1, "lo"))] }
    #expect(error?.cause == .timedOut(after: .milliseconds(50)))
    #expect(error?.errno == .timedOut)
  }

  @Test("Messages that mean nothing are skipped")
  func noOperation() throws {
    var netlink = netlink { request in
      [.datagram(request.message(1, []) + linkMessage(request, 1, "lo") + request.done())]
    }
    #expect(try netlink.links().map(\.name) == ["lo"])
  }

  @Test("A malformed answer is an error with its place, and the next request starts afresh")
  func malformed() throws {
    let counter = Counter()
    var netlink = netlink { request in
      guard counter.increment() == 1 else {
        return [.datagram(linkMessage(request, 1, "lo") + request.done())]
      }
      let bad = request.message(16, flags: 2, [UInt8](repeating: 0, count: 16) + [0, 0, 3, 0])
      return [.datagram(bad), .datagram(linkMessage(request, 9, "late") + request.done())]
    }
    let error = #expect(throws: NetlinkError.self) { try netlink.links() }
    #expect(error?.cause == .malformed(WireError(offset: 32, reason: .lengthTooSmall(0))))
    #expect(try netlink.links().map(\.name) == ["lo"])
  }

  @Test("Errors of the socket come through with their errno")
  func system() {
    #expect(failure { _ in [.failure(.badFileDescriptor)] }?.cause == .system(.badFileDescriptor))
    var netlink = RouteNetlink(NetlinkSession(FakeKernel { (_) throws(Errno) in throw .noMemory }))
    let error = #expect(throws: NetlinkError.self) { try netlink.links() }
    #expect(error?.cause == .system(.noMemory))
  }

  @Test("An answer of another kind than asked for is an error, not an endless wait")
  func unanswered() {
    var netlink = netlink { [.datagram($0.message(99, [1, 2, 3, 4]))] }
    let error = #expect(throws: NetlinkError.self) { try netlink.link(named: "eth0") }
    #expect(error?.cause == .unanswered)
    var acknowledging = self.netlink { [.datagram($0.error(0))] }
    let other = #expect(throws: NetlinkError.self) { try acknowledging.link(named: "eth0") }
    #expect(other?.cause == .unanswered)
  }
}
