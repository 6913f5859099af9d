import SystemPackage
import Testing

@testable import Netlink

@Suite("Dumps that stop early")
struct EarlyStopTests {
  /// A dump of links of which every datagram holds two, named after their indices.
  private static func parts(_ request: Request, _ count: Int) -> [FakeKernel.Piece] {
    var pieces: [FakeKernel.Piece] = []
    for number in 0..<count {
      let first = Int32(number * 2 + 1)
      pieces.append(
        .datagram(linkMessage(request, first, "l\(first)") + linkMessage(request, first + 1, "l\(first + 1)"))
      )
    }
    return pieces + [.datagram(request.done())]
  }

  private static func names(
    _ session: inout NetlinkSession, until last: String
  ) throws(NetlinkError) -> [String] {
    try session.dump(NetlinkRequest("list", type: 18), into: []) {
      (names: inout [String], message) throws(WireError) in
      if let link = try Link(message) { names.append(link.name) }
      return names.contains(last) ? .enough : .more
    }
  }

  @Test("What follows isn't received, and the next request has its own answer", arguments: [true, false])
  func stop(canRestart: Bool) throws {
    let meter = FakeKernel.Meter()
    var session = NetlinkSession(
      FakeKernel(canRestart: canRestart, meter: meter) { Self.parts($0, 1000) })
    // The datagram in which the last lies is read to its end.
    #expect(try Self.names(&session, until: "l3") == ["l1", "l2", "l3", "l4"])
    // Two with what was wanted, and one to see whether the dump ended anyway.
    #expect(meter.received == 3 && meter.restarts == (canRestart ? 1 : 0))
    #expect(try Self.names(&session, until: "l1") == ["l1", "l2"])
    #expect(try Self.names(&session, until: "none").count == 2000)
  }

  @Test("A dump that ends in the next datagram leaves the socket as it is")
  func shortDump() throws {
    let meter = FakeKernel.Meter()
    var session = NetlinkSession(FakeKernel(canRestart: true, meter: meter) { Self.parts($0, 1) })
    for _ in 0..<3 { #expect(try Self.names(&session, until: "l1") == ["l1", "l2"]) }
    #expect(meter.received == 6 && meter.restarts == 0)
  }

  @Test("A reader may take its word back within the datagram")
  func second() throws {
    var session = NetlinkSession(FakeKernel(canRestart: true) { Self.parts($0, 5) })
    let names = try session.dump(NetlinkRequest("list", type: 18), into: []) {
      (names: inout [String], message) throws(WireError) in
      if let link = try Link(message) { names.append(link.name) }
      return names.last == "l3" ? .enough : .more
    }
    #expect(names.count == 10)
  }

  @Test("An interruption that was seen before the stop counts, and nothing of that dump is kept")
  func interrupted() throws {
    let meter = FakeKernel.Meter()
    var isFirst = true
    var session = NetlinkSession(
      FakeKernel(canRestart: true, meter: meter) { request in
        defer { isFirst = false }
        guard isFirst else { return Self.parts(request, 1000) }
        return [.datagram(linkMessage(request, 9, "old") + linkMessage(request, 10, "l1", flags: 0x12))]
          + Self.parts(request, 1000)
      })
    #expect(try Self.names(&session, until: "l1") == ["l1", "l2"])
    #expect(session.repeatedDumps == 1)
    // An interrupted dump is given up at once, too.
    #expect(meter.received == 4 && meter.restarts == 2)
  }

  @Test("What a failed exchange left behind costs no more than a few datagrams")
  func leftovers() throws {
    let meter = FakeKernel.Meter()
    var session = NetlinkSession(FakeKernel(canRestart: true, meter: meter) { Self.parts($0, 1000) })
    let error = #expect(throws: NetlinkError.self) {
      _ = try session.dump(NetlinkRequest("list", type: 18)) { (_) throws(WireError) -> Int? in
        throw WireError(offset: 0, reason: .outOfRange(0))
      }
    }
    #expect(error?.cause == .malformed(WireError(offset: 0, reason: .outOfRange(0))))
    #expect(try Self.names(&session, until: "l1") == ["l1", "l2"])
    #expect(meter.received < 20)
  }
}

@Suite("Default routes")
struct DefaultRouteTests {
  /// A route message of a table: where to, by which interface.
  private static func message(_ request: Request, _ prefix: IPPrefix, table: UInt32, via index: Int32)
    -> [UInt8]
  {
    var body: [UInt8] = [prefix.family.rawValue, UInt8(prefix.length), 0, 0, UInt8(min(table, 252)), 3, 0, 1]
    body += little(UInt32(0)) + attribute(15, little(table))
    if !prefix.isDefault { body += attribute(1, prefix.address.bytes) }
    return request.message(24, flags: 2, body + attribute(4, little(index)))
  }

  private static func scan(
    _ routes: [(String, UInt32)], family: AddressFamily = .ipv4, table: RouteTable? = .main
  ) throws -> (indices: [Int?], received: Int) {
    let meter = FakeKernel.Meter()
    let prefixes = try routes.map { try #require(IPPrefix($0.0)) }
    var netlink = RouteNetlink(
      NetlinkSession(
        FakeKernel(canRestart: true, meter: meter) { request in
          zip(prefixes, routes).enumerated().map { number, route in
            .datagram(message(request, route.0, table: route.1.1, via: Int32(number + 1)))
          } + [.datagram(request.done())]
        }))
    let found = try netlink.defaultRoutes(family: family, table: table)
    return (found.map(\.outputIndex), meter.received)
  }

  @Test("Reading ends after the first destination that isn't 0.0.0.0")
  func stops() throws {
    let many = (1...100).map { ("10.0.\($0).0/24", UInt32(254)) }
    let zeros = [("0.0.0.0/8", UInt32(254)), ("0.0.0.0/1", 254), ("0.0.0.0/0", 254), ("0.0.0.0/0", 254)]
    let found = try Self.scan(zeros + many)
    // The four, the first that is past them, and one to see whether the dump ended anyway.
    #expect(found.indices == [3, 4] && found.received == 6)
    let none = try Self.scan(many)
    #expect(none.indices.isEmpty && none.received == 2)
  }

  @Test("All are read where the order isn't the known one and that shows")
  func otherOrder() throws {
    // Both in one datagram, as it is for a dump of any size.
    let meter = FakeKernel.Meter()
    let prefixes = try ["10.0.0.0/8", "0.0.0.0/0", "11.0.0.0/8", "0.0.0.0/0"].map {
      try #require(IPPrefix($0))
    }
    var netlink = RouteNetlink(
      NetlinkSession(
        FakeKernel(canRestart: true, meter: meter) { request in
          let messages = prefixes.enumerated().map {
            Self.message(request, $1, table: 254, via: Int32($0 + 1))
          }
          return [.datagram(messages[0] + messages[1]), .datagram(messages[2]), .datagram(messages[3])]
            + [.datagram(request.done())]
        }))
    #expect(try netlink.defaultRoutes(family: .ipv4).map(\.outputIndex) == [2, 4])
    #expect(meter.received == 4 && meter.restarts == 0)
  }

  @Test("A kernel that doesn't filter by table lists others in between")
  func unfiltered() throws {
    let found = try Self.scan([
      ("0.0.0.0/0", 100), ("10.0.0.0/8", 100), ("0.0.0.0/0", 254), ("0.0.0.0/0", 254), ("10.0.0.0/8", 254),
      ("127.0.0.0/8", 255), ("127.0.0.0/8", 255),
    ])
    #expect(found.indices == [3, 4] && found.received == 6)
  }

  @Test("All tables, and IPv6, are read to the end")
  func everything() throws {
    let all = try Self.scan(
      [("0.0.0.0/0", 100), ("10.0.0.0/8", 100), ("0.0.0.0/0", 254), ("10.0.0.0/8", 254)], table: nil)
    #expect(all.indices == [1, 3])
    let six = try Self.scan(
      [("2001:db8::/32", 254), ("::/1", 254), ("::/0", 254), ("::/0", 254)], family: .ipv6)
    #expect(six.indices == [3, 4])
  }
}
