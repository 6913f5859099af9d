import SystemPackage
import TestSupport
import Testing

@testable import Netlink

@Suite("Recording and replay")
struct RecordingTests {
  /// What a session over the real kernel sees of a namespace that holds something of everything.
  private struct View: Equatable, Sendable {
    var links: [Link]
    var addresses: [Address]
    var routes: [Route]
    var defaults: [Route]
    var replies: [RouteReply]
    var missing: Link?
    var noRoute: NoRoute?

    init(_ netlink: inout RouteNetlink) throws {
      links = try netlink.links()
      defaults = try netlink.defaultRoutes(family: .ipv4)
      addresses = try netlink.addresses()
      routes = try netlink.routes(table: nil)
      defaults += try netlink.defaultRoutes()
      replies = [try netlink.route(to: .v4(.loopback)), try netlink.route(to: .v6(.loopback))]
      missing = try netlink.link(named: "nosuch")
      do throws(NetlinkError) {
        _ = try netlink.route(to: .v4(IPv4Address(100, 64, 9, 9)))
      } catch {
        noRoute = error.noRoute
      }
    }
  }

  @Test("What was recorded with the kernel answers the same later, in any order and any number of times")
  func realKernel() throws {
    let (view, exchanges) = try inNetworkNamespace {
      try shell(NamespaceRouteTests.topology)
      var before: View?
      while true {
        let recorder = ExchangeRecorder()
        var netlink = RouteNetlink(NetlinkSession(RecordingTransport(try NetlinkSocket(.route), recorder)))
        // Sequence numbers differ at every time.
        _ = try netlink.links()
        let view = try View(&netlink)
        // Routes come and go for a moment with the carriers.
        if view == before { return (view, recorder.exchanges) }
        before = view
      }
    }
    for exchanges in [exchanges, exchanges + exchanges.reversed()] {
      var replay = RouteNetlink(NetlinkSession(ReplayTransport(exchanges)))
      for _ in 0..<3 { #expect(try View(&replay) == view) }
      var backwards = RouteNetlink(NetlinkSession(ReplayTransport(exchanges)))
      #expect(try backwards.link(named: "nosuch") == nil)
      #expect(try backwards.routes(table: nil) == view.routes)
      #expect(try backwards.links() == view.links)
    }
    #expect(view.links.count > 5 && view.routes.count > 10 && view.noRoute == .blackhole)
  }

  private static func netlink(
    _ recorder: ExchangeRecorder, _ answer: @escaping (Request) -> [FakeKernel.Piece]
  ) -> RouteNetlink {
    RouteNetlink(
      NetlinkSession(RecordingTransport(FakeKernel(answer), recorder), timeout: .milliseconds(50)))
  }

  @Test("A request that wasn't recorded is an error at once, which says so")
  func notRecorded() throws {
    let recorder = ExchangeRecorder()
    var netlink = Self.netlink(recorder) { [.datagram(linkMessage($0, 1, "lo") + $0.done())] }
    _ = try netlink.links()
    var replay = RouteNetlink(NetlinkSession(ReplayTransport(recorder.exchanges), timeout: .seconds(3600)))
    let error = #expect(throws: NetlinkError.self) { try replay.addresses() }
    #expect(error?.cause == .notRecorded)
    #expect(
      error?.description
        == "netlink: cannot list the addresses: the recording doesn't hold the answer. What is "
        + "asked now wasn't asked when the recording was made: record again with this version and these settings."
    )
    // What was recorded is still answered.
    #expect(try replay.links().count == 1)
  }

  @Test("An answer of which the end wasn't recorded is an error at once")
  func cutOff() throws {
    let recorder = ExchangeRecorder()
    var netlink = Self.netlink(recorder) { [.datagram(linkMessage($0, 1, "lo") + $0.done())] }
    _ = try netlink.links()
    var exchanges = recorder.exchanges
    exchanges[0].datagrams[0].removeLast(20)
    var replay = RouteNetlink(NetlinkSession(ReplayTransport(exchanges), timeout: .seconds(3600)))
    #expect(throws: NetlinkError("list the links", .notRecorded)) { try replay.links() }
    #expect(throws: NetlinkError("list the links", .notRecorded)) { try replay.links() }
  }

  @Test("Type, flags and payload make a request; its sequence number and port don't")
  func identity() throws {
    let request = RecordedExchange(
      request: NetlinkRequestBytes.make(type: 18, flags: 0x301, sequence: 7, payload: [1, 2, 3, 4]),
      datagrams: [[1]])
    func isFound(_ bytes: [UInt8]) throws -> Bool {
      var replay = ReplayTransport([request])
      do throws(TransportFailure) {
        try replay.send(bytes.rawSpan)
        return true
      } catch .notRecorded {
        return false
      }
    }
    let make = NetlinkRequestBytes.make(type:flags:sequence:payload:)
    #expect(try isFound(make(18, 0x301, 9999, [1, 2, 3, 4])))
    #expect(try !isFound(make(19, 0x301, 7, [1, 2, 3, 4])))
    #expect(try !isFound(make(18, 0x305, 7, [1, 2, 3, 4])))
    #expect(try !isFound(make(18, 0x301, 7, [1, 2, 3, 5])))
    #expect(try !isFound(make(18, 0x301, 7, [1, 2, 3, 4, 0, 0, 0, 0])))
    #expect(try !isFound([]))
  }

  @Test("Of several recordings of a request the last whole one answers")
  func lastWhole() throws {
    let recorder = ExchangeRecorder()
    var names = ["first", "second", "third"]
    var netlink = Self.netlink(recorder) { request in
      guard !names.isEmpty else { return [.datagram(linkMessage(request, 1, "cut"))] }
      return [.datagram(linkMessage(request, 1, names.removeFirst()) + request.done())]
    }
    for _ in 0..<3 { _ = try netlink.links() }
    #expect(throws: NetlinkError.self) { try netlink.links() }
    #expect(recorder.exchanges.count == 4)
    var replay = RouteNetlink(NetlinkSession(ReplayTransport(recorder.exchanges)))
    for _ in 0..<2 { #expect(try replay.links().map(\.name) == ["third"]) }
  }

  @Test("What was meant for others isn't recorded, or stays meant for others")
  func strangers() throws {
    let recorder = ExchangeRecorder()
    var netlink = Self.netlink(recorder) { request in
      [
        .datagram(linkMessage(request, 66, "forged") + request.done(), from: 77),
        .datagram(
          request.message(16, flags: 2, [UInt8](repeating: 0, count: 16), sequence: request.sequence &+ 3)),
        .datagram(
          request.message(16, flags: 2, [UInt8](repeating: 0, count: 16), port: request.portID + 3)),
        .datagram(linkMessage(request, 1, "lo") + request.done()),
      ]
    }
    #expect(try netlink.links().map(\.name) == ["lo"])
    #expect(recorder.exchanges[0].datagrams.count == 3)
    var replay = RouteNetlink(NetlinkSession(ReplayTransport(recorder.exchanges)))
    for _ in 0..<5 { #expect(try replay.links().map(\.name) == ["lo"]) }
  }

  @Test("Recordings that were tampered with are read or refused")
  func mutations() throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed of the mutated recordings: \(seed)")
    var random = SeededRandom(seed: seed)
    for round in 0..<200 {
      let exchanges = Golden.all.map { exchange in
        var recorded = RecordedExchange(request: exchange.request, datagrams: exchange.answers)
        for number in recorded.datagrams.indices where !recorded.datagrams[number].isEmpty {
          for _ in 0..<Int.random(in: 0...3, using: &random) {
            let position = Int.random(in: 0..<recorded.datagrams[number].count, using: &random)
            recorded.datagrams[number][position] = UInt8.random(in: .min ... .max, using: &random)
          }
        }
        if round.isMultiple(of: 2), let position = recorded.request.indices.randomElement(using: &random) {
          recorded.request[position] ^= 1
        }
        return recorded
      }
      var replay = RouteNetlink(NetlinkSession(ReplayTransport(exchanges), timeout: .milliseconds(1)))
      _ = try? replay.links()
      _ = try? replay.addresses()
      _ = try? replay.routes(table: nil)
      _ = try? replay.defaultRoutes()
      _ = try? replay.route(to: .v4(.loopback))
    }
  }
}

/// Requests made by hand.
enum NetlinkRequestBytes {
  static func make(type: UInt16, flags: UInt16, sequence: UInt32, payload: [UInt8]) -> [UInt8] {
    little(UInt32(16 + payload.count)) + little(type) + little(flags) + little(sequence) + little(UInt32(0))
      + payload
  }
}
