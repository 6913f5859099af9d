import SystemPackage
import Testing

@testable import Netlink

@Suite("Sizes, times and cancellation")
struct LimitTests {
  private static func large(_ request: Request, names: Int) -> [UInt8] {
    let list = (0..<names).flatMap { number in
      attribute(53, Array("an-alternative-name-\(number)".utf8) + [0])
    }
    let header = [0, 0] + little(UInt16(1)) + little(Int32(1)) + little(UInt32(0x41)) + little(UInt32(0))
    // Several lists, as the length of one has 16 bits.
    let lists = stride(from: 0, to: list.count, by: list.count).map { _ in attribute(52 | 0x8000, list) }
    return request.message(16, flags: 2, header + attribute(3, Array("lo\0".utf8)) + lists.flatMap { $0 })
  }

  @Test("A datagram larger than the buffer is received whole, and smaller ones after it")
  func largeDatagram() throws {
    var netlink = RouteNetlink(
      NetlinkSession(
        FakeKernel(tellsSizes: true) { request in
          [
            .datagram(linkMessage(request, 2, "v0")), .datagram(Self.large(request, names: 1600)),
            .datagram(linkMessage(request, 3, "v1") + request.done()),
          ]
        }))
    let links = try netlink.links()
    #expect(links.map(\.name) == ["v0", "lo", "v1"])
    #expect(links[1].alternativeNames.count == 1600)
    #expect(links[1].alternativeNames.last == "an-alternative-name-1599")
  }

  @Test("A datagram beyond all bounds isn't waited for in memory, and the next request starts afresh")
  func hugeDatagram() throws {
    var isFirst = true
    var netlink = RouteNetlink(
      NetlinkSession(
        FakeKernel(tellsSizes: true) { request in
          defer { isFirst = false }
          let good = linkMessage(request, 1, "lo") + request.done()
          return isFirst ? [.cut(good, size: 1 << 30), .datagram(good)] : [.datagram(good)]
        }))
    let error = #expect(throws: NetlinkError.self) { try netlink.links() }
    #expect(error?.cause == .truncated(size: 1 << 30, capacity: NetlinkSession.bufferSize))
    #expect(try netlink.links().map(\.name) == ["lo"])
  }

  /// A kernel that goes on answering for ever.
  private struct Endless: NetlinkTransport, ~Copyable {
    let portID: UInt32 = 7
    var request: Request?
    var received = 0
    let isInterrupting: Bool
    let willReceive: (Int) -> Void

    init(isInterrupting: Bool = false, _ willReceive: @escaping (Int) -> Void = { _ in }) {
      self.isInterrupting = isInterrupting
      self.willReceive = willReceive
    }

    mutating func send(_ datagram: RawSpan) throws(TransportFailure) {
      request = Request(bytes: datagram.array(), portID: portID)
    }

    mutating func receive(
      into buffer: inout MutableRawSpan, until limit: WaitLimit
    ) throws(TransportFailure) -> ReceivedDatagram {
      received += 1
      willReceive(received)
      guard let request else { throw .timedOut }
      let message = linkMessage(request, 1, "lo", flags: isInterrupting ? 0x12 : 2)
      buffer.copy(message)
      return ReceivedDatagram(size: message.count)
    }

    mutating func restart() -> Bool {
      request = nil
      return true
    }
  }

  @Test("A dump without end ends after the time that an operation may take, silent or not")
  func timeLimit() {
    let limit = Duration.milliseconds(30)
    var endless = RouteNetlink(NetlinkSession(Endless(), timeLimit: limit))
    let error = #expect(throws: NetlinkError.self) { try endless.links() }
    #expect(error?.cause == .unfinished(after: limit) && error?.errno == .timedOut)
    var interrupting = RouteNetlink(
      NetlinkSession(Endless(isInterrupting: true), timeLimit: limit, attempts: .max))
    interrupting.session.backOff = .none
    let other = #expect(throws: NetlinkError.self) { try interrupting.links() }
    #expect(other?.cause == .unfinished(after: limit))
    // The fake kernel doesn't wait, but says that it did.
    var silent = RouteNetlink(NetlinkSession(FakeKernel { _ in [] }, timeout: .seconds(10), timeLimit: limit))
    let last = #expect(throws: NetlinkError.self) { try silent.links() }
    #expect(last?.cause == .unfinished(after: limit))
  }

  @Test("A cancellation ends a dump between two datagrams, and whatever comes later before it's asked")
  func cancellation() throws {
    let cancellation = try NetlinkCancellation()
    var received = 0
    var netlink = RouteNetlink(
      NetlinkSession(
        Endless { number in
          received = number
          if number == 100 { cancellation.cancel() }
        }))
    netlink.session.cancellation = cancellation
    let error = #expect(throws: NetlinkError.self) { try netlink.links() }
    #expect(error?.cause == .cancelled && error?.errno == .canceled && received == 100)
    #expect(error?.description.contains("cannot list the links: it was cancelled") == true)
    let later = #expect(throws: NetlinkError.self) { try netlink.addresses() }
    #expect(later?.cause == .cancelled && received == 100)
    #expect(cancellation.isCancelled)
  }

  @Test("Pauses begin with none, double, and stay bounded")
  func backOff() {
    let pauses = BackOff()
    #expect(
      (1...10).map { pauses.pause(after: $0) / .milliseconds(1) } == [0, 1, 2, 4, 8, 16, 32, 64, 100, 100])
    #expect(pauses.pause(after: .max) == .milliseconds(100) && pauses.pause(after: .min) == .zero)
    #expect((1...10).allSatisfy { BackOff.none.pause(after: $0) == .zero })
  }

  @Test("Interrupted dumps are made again after pauses")
  func pauses() {
    var netlink = RouteNetlink(
      NetlinkSession(FakeKernel { [.datagram(linkMessage($0, 1, "lo", flags: 0x12) + $0.done())] }))
    netlink.session.backOff = BackOff(first: .milliseconds(5), most: .milliseconds(5))
    let start = ContinuousClock.now
    let error = #expect(throws: NetlinkError.self) { try netlink.links() }
    #expect(error?.cause == .inconsistent(attempts: 10))
    // Before the third attempt to the tenth.
    #expect(start.duration(to: .now) >= .milliseconds(40))
  }

  @Test(
    "What the kernel expects is said in words",
    arguments: [
      ([attribute(1, little(UInt32(4)))], "a u32"),
      (
        [
          attribute(1, little(UInt32(4))), attribute(4, little(UInt64(68))),
          attribute(5, little(UInt64(65535))),
        ],
        "a u32 from 68 to 65535"
      ),
      ([attribute(1, little(UInt32(8))), attribute(2, little(Int64(-5)))], "an s32 from -5"),
      ([attribute(1, little(UInt32(11))), attribute(7, little(UInt32(15)))], "text up to 15 bytes long"),
      (
        [attribute(1, little(UInt32(10))), attribute(6, little(UInt32(2))), attribute(7, little(UInt32(4)))],
        "bytes from 2 to 4 bytes long"
      ),
      (
        [attribute(1, little(UInt32(15))), attribute(10, little(UInt32(0xff)))],
        "a 32-bit field with mask within the bits 0xff"
      ),
      ([attribute(1, little(UInt32(99)))], "a value of type 99"), ([[UInt8]](), "a value"),
      ([attribute(1, [1]), attribute(4, [1, 2]), attribute(9, [])], "a value"),
    ])
  func policies(attributes: [[UInt8]], text: String) {
    let error = #expect(throws: NetlinkError.self) {
      var netlink = RouteNetlink(
        NetlinkSession(
          FakeKernel { request in
            [.datagram(request.error(-22, extended: attribute(4, attributes.flatMap { $0 })))]
          }))
      return try netlink.links()
    }
    #expect(error?.extendedAck?.expected?.description == text)
    #expect(error?.description.contains("it expects \(text)") == true)
  }
}
