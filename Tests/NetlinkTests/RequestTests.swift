import Testing

@testable import Netlink

@Suite("Requests")
struct RequestTests {
  @Test("A request is laid out as the kernel wants it")
  func layout() throws {
    var request = NetlinkRequest("make a link", on: "vhost0", type: 16, flags: [.create, .exclusive])
    request.append(zeros: 16)
    request.append(attribute: 3, text: "vhost0")
    request.append(nested: 18, marked: false) { $0.append(attribute: 1, bytes: Array("vhost".utf8) + [0]) }
    let sent = try request.encoded(adding: [.request, .acknowledge], sequence: 1)
    // The same bytes were sent to kernel 6.18.44, which understood them.
    #expect(sent == Golden.refusedKind.request)
  }

  @Test("Numbers, addresses and padding")
  func values() throws {
    var request = NetlinkRequest("test", type: 0x1234)
    request.append(UInt8(1))
    request.append(attribute: 5, UInt16(0x0102))
    request.append(attribute: 6, UInt64(0x0102_0304_0506_0708))
    request.append(attribute: 7, .v4(IPv4Address(10, 1, 2, 3)))
    request.append(attribute: 8, .v6(.loopback))
    request.append(nested: 9) { _ in }
    let expected = """
      48000000 3412 0500 07000000 00000000  01 000000
      0600 0500 0201 0000
      0c00 0600 0807060504030201
      0800 0700 0a010203
      1400 0800 00000000000000000000000000000001
      0400 0980
      """
    #expect(
      try request.encoded(adding: [.request, .acknowledge], sequence: 7) == bytes(hex: expected))
  }

  @Test("What doesn't fit 16 bits of length is refused when it is sent, and only then")
  func tooLarge() {
    var request = NetlinkRequest("test", type: 1)
    request.append(attribute: 1, bytes: [UInt8](repeating: 0, count: 65_531))
    #expect(request.problem == nil)
    request.append(nested: 2) { $0.append(attribute: 1, bytes: [UInt8](repeating: 0, count: 65_532)) }
    let expected = WireError(offset: 16 + 65_536 + 4, reason: .tooLargeToSend(65_536))
    #expect(request.problem == expected)
    #expect(throws: expected) { try request.encoded(adding: [], sequence: 1) }

    var session = NetlinkSession(FakeKernel { _ in [] })
    let error = #expect(throws: NetlinkError.self) { try session.request(request) }
    #expect(error?.cause == .unsendable(expected))
  }

  @Test("The requests of the queries are those that the captures were made with")
  func queries() throws {
    final class Log {
      var requests: [[UInt8]] = []
    }
    let log = Log()
    var netlink = RouteNetlink(
      NetlinkSession(
        FakeKernel { request in
          // The sequence number differs from the capture's.
          var bytes = request.bytes
          bytes.replaceSubrange(8..<12, with: little(UInt32(1)))
          log.requests.append(bytes)
          return [.datagram(request.flags & 0x300 == 0 ? request.error(-19) : request.done())]
        }))
    _ = try netlink.links()
    _ = try netlink.link(named: "v0")
    _ = try netlink.addresses()
    _ = try netlink.addresses(family: .ipv4, linkIndex: 99)
    _ = try netlink.routes(table: .main)
    _ = try netlink.routes(family: .ipv4, table: RouteTable(rawValue: 1000))
    _ = try? netlink.route(to: .v4(IPv4Address(8, 8, 8, 8)))
    _ = try? netlink.route(to: #require(IPAddress("2001:4860::8")))
    _ = try? netlink.entry(to: .v4(IPv4Address(8, 8, 8, 8)))
    _ = try? netlink.entry(to: #require(IPAddress("2001:4860::8")))
    _ = try? netlink.entry(to: .v4(IPv4Address(10, 77, 0, 1)), from: .v4(IPv4Address(10, 1, 2, 3)))
    _ = try netlink.rules()
    _ = try netlink.neighbours()
    _ = try netlink.neighbours(linkIndex: 2)
    _ = try netlink.nextHopObjects()
    _ = try? netlink.nextHopObject(id: 10)
    let expected = [
      Golden.links, Golden.linkV0, Golden.addresses, Golden.addressesOfMissingLink, Golden.routesIPv4,
      Golden.routesIPv6, Golden.routesTable1000, Golden.getGateway, Golden.getIPv6,
      Golden.entryDefault, Golden.entryDefaultIPv6, Golden.entryFrom, Golden.rulesIPv4, Golden.rulesIPv6,
      Golden.neighbours, Golden.neighboursOfLink, Golden.nextHopObjects, Golden.nextHopObject10,
    ].map(\.request)
    for (sent, captured) in zip(log.requests, expected) { #expect(sent == captured) }
    #expect(log.requests.count == expected.count)
  }
}
