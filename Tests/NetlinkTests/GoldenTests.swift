import SystemPackage
import Testing

@testable import Netlink

/// The captures give what the commands that made them say.
@Suite("Recorded answers")
struct GoldenTests {
  private func replay(_ exchange: Golden.Exchange) -> RouteNetlink {
    RouteNetlink(NetlinkSession(FakeKernel { $0.replay(exchange.answers) }))
  }

  private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }
  private func prefix(_ text: String) throws -> IPPrefix { try #require(IPPrefix(text)) }

  @Test("Links")
  func links() throws {
    var netlink = replay(Golden.links)
    let links = try netlink.links()
    let byName = Dictionary(uniqueKeysWithValues: links.map { ($0.name, $0) })
    #expect(Set(byName.keys).isSuperset(of: ["lo", "br0", "v0", "v1", "mv0", "tun0"]))

    let lo = try #require(byName["lo"])
    #expect(lo.index == 1 && lo.isUp && lo.isLowerUp && lo.isLoopback && lo.kind == nil)
    #expect(lo.hardwareType == .loopback && lo.mtu == 65536 && lo.operationalState == .unknown)
    #expect(lo.macAddress?.isZero == true && lo.lowerIndex == nil && lo.masterIndex == nil)

    let bridge = try #require(byName["br0"])
    #expect(bridge.kind == "bridge" && bridge.macAddress?.description == "02:00:00:00:00:0b")
    #expect(bridge.isUp && bridge.hardwareType == .ethernet && !bridge.kindAttributes.isEmpty)

    let v0 = try #require(byName["v0"])
    let v1 = try #require(byName["v1"])
    #expect(v0.kind == "veth" && v0.portKind == "bridge" && v0.masterIndex == bridge.index)
    #expect(v0.lowerIndex == v1.index && v1.lowerIndex == v0.index && v0.lowerNamespaceID == nil)
    #expect(v0.alternativeNames == ["uplink-with-a-long-name"])
    #expect(v0.isNamed("v0") && v0.isNamed("uplink-with-a-long-name") && !v0.isNamed("v1"))
    #expect(v1.macAddress?.description == "02:00:00:00:00:a1" && v1.masterIndex == nil)
    #expect(v0.isUp && v0.isLowerUp && v0.operationalState == .up && v0.carrier == true)

    let macvlan = try #require(byName["mv0"])
    #expect(macvlan.kind == "macvlan" && macvlan.lowerIndex == v1.index && macvlan.mtu == 1400)

    let tun = try #require(byName["tun0"])
    #expect(tun.kind == "tun" && tun.hardwareType == .none && tun.macAddress == nil)
    #expect(!tun.isUp && !tun.isLowerUp && tun.operationalState == .down && tun.flags.contains(.noARP))

    // IFLA_QDISC, which nobody reads, is kept as it came.
    #expect(lo.otherAttributes[6] == Array("noqueue\0".utf8))
    #expect(lo.otherAttributes.types.contains(13) && !lo.otherAttributes.types.contains(26))
  }

  @Test("Of a link's attributes each is read, left out or kept, in order; a list can do without those kept")
  func keptAttributes() throws {
    var netlink = replay(Golden.links)
    let links = try netlink.links()
    var again = replay(Golden.links)
    #expect(
      try again.links(keepingUnread: false)
        == links.map { link in
          var link = link
          link.otherAttributes = RawAttributes()
          return link
        })

    for link in links {
      // Name, address, MTU, state and so on have properties; counters and details by family are left out.
      let known: Set<UInt16> = [1, 3, 4, 5, 7, 10, 16, 18, 21, 23, 26, 33, 37, 43, 52, 54, 56, 57]
      #expect(known.isDisjoint(with: link.otherAttributes.types))
      var bytes: [UInt8] = []
      link.otherAttributes.forEach { attribute in
        bytes.append(UInt16(attribute.whole.count))
        bytes.append(attribute.type | (attribute.isMarkedNested ? 0x8000 : 0))
        attribute.payload.bytes.append(to: &bytes)
        bytes.pad(to: 4)
      }
      #expect(bytes == link.otherAttributes.bytes && link.otherAttributes.types.count > 10)
    }
  }

  @Test("One link by name, the same as in the list")
  func link() throws {
    var netlink = replay(Golden.linkV0)
    var list = replay(Golden.links)
    let link = try #require(try netlink.link(named: "v0"))
    #expect(try list.links().first { $0.name == "v0" } == link)
  }

  @Test("A link that doesn't exist is nil")
  func missingLink() throws {
    var netlink = replay(Golden.linkMissing)
    #expect(try netlink.link(named: "nosuch") == nil)
    #expect(try netlink.link(index: 4711) == nil)
  }

  @Test("A kernel without alternative names refuses long names: there is no such link")
  func oldKernel() throws {
    // Kernels before 5.5 see neither a name nor an index in such a request.
    var netlink = RouteNetlink(NetlinkSession(FakeKernel { [.datagram($0.error(-22))] }))
    #expect(try netlink.link(named: "a-name-of-more-than-15-bytes") == nil)
    #expect(throws: NetlinkError.self) { try netlink.link(named: "eth0") }
  }

  @Test("Addresses")
  func addresses() throws {
    var netlink = replay(Golden.addresses)
    let mv0 = 5
    let br0 = 2
    var labelled = Address(linkIndex: mv0, prefix: try prefix("10.1.2.3/24"))
    labelled.broadcast = try address("10.1.2.255")
    labelled.label = "mv0:one"
    var pointToPoint = Address(linkIndex: mv0, prefix: try prefix("10.9.0.1/32"))
    pointToPoint.peer = try address("10.9.0.2")
    pointToPoint.label = "mv0"
    var narrow = Address(linkIndex: br0, prefix: try prefix("192.0.2.7/32"), scope: .link)
    narrow.label = "br0"
    var loopback = Address(linkIndex: 1, prefix: try prefix("127.0.0.1/8"), scope: .host)
    loopback.label = "lo"
    var loopback6 = Address(linkIndex: 1, prefix: try prefix("::1/128"), scope: .host)
    loopback6.addressProtocol = 1
    let plain6 = Address(
      linkIndex: mv0, prefix: try prefix("2001:db8::7/64"), flags: [.permanent, .noDuplicateDetection])
    var peer6 = Address(
      linkIndex: mv0, prefix: try prefix("2001:db8:1::1/128"),
      flags: [.permanent, .noDuplicateDetection, .noPrefixRoute])
    peer6.peer = try address("2001:db8:1::2")
    var limited = Address(
      linkIndex: br0, prefix: try prefix("2001:db8:2::1/64"), flags: .noDuplicateDetection)
    limited.preferredLifetime = 3600
    limited.validLifetime = 7200
    let expected = [loopback, narrow, labelled, pointToPoint, loopback6, limited, peer6, plain6]
    #expect(try netlink.addresses() == expected)
    // A kernel that ignores the filters in the request gives the same result.
    #expect(try netlink.addresses(family: .ipv6, linkIndex: br0) == [limited])
    #expect(try netlink.addresses(family: .ipv4) == [loopback, narrow, labelled, pointToPoint])
  }

  @Test("Addresses of an interface that doesn't exist: none")
  func addressesOfMissingLink() throws {
    var netlink = replay(Golden.addressesOfMissingLink)
    #expect(try netlink.addresses(family: .ipv4, linkIndex: 99).isEmpty)
  }

  @Test("IPv4 routes")
  func routes() throws {
    var netlink = replay(Golden.routesIPv4)
    let routes = try netlink.routes(family: .ipv4, table: .main)
    let byDestination = Dictionary(grouping: routes) { $0.destination.description }
    let mv0 = 5
    let br0 = 2

    let defaults = try #require(byDestination["0.0.0.0/0"])
    #expect(defaults.count == 2 && defaults.allSatisfy { $0.isDefault && $0.table == .main })
    #expect(defaults[0].metric == 100 && defaults[0].mtu == 1350 && defaults[0].routeProtocol == .boot)
    #expect(defaults[0].gateway == .v4(IPv4Address(10, 1, 2, 1)) && defaults[0].outputIndex == mv0)
    #expect(defaults[1].metric == 200 && defaults[1].mtu == nil && defaults[1].routeProtocol == .dhcp)
    #expect(defaults[1].preferredSource == .v4(IPv4Address(10, 1, 2, 3)))
    #expect(
      defaults[1].paths
        == [NextHop(outputIndex: mv0, gateway: .v4(IPv4Address(10, 1, 2, 2)))])

    let multipath = try #require(byDestination["172.16.0.0/12"]?.first)
    #expect(multipath.outputIndex == nil && multipath.gateway == nil && multipath.metric == 7)
    #expect(
      multipath.nextHops == [
        NextHop(outputIndex: mv0, gateway: .v4(IPv4Address(10, 1, 2, 1)), weight: 3),
        NextHop(outputIndex: br0, gateway: .v4(IPv4Address(203, 0, 113, 9)), weight: 1, flags: .onLink),
      ])
    #expect(multipath.paths == multipath.nextHops)

    let object = try #require(byDestination["198.18.0.0/15"]?.first)
    #expect(object.nextHopID == 17 && object.gateway == .v4(IPv4Address(10, 1, 2, 9)))

    #expect(byDestination["100.64.0.0/10"]?.first?.type == .blackhole)
    #expect(byDestination["100.64.1.0/24"]?.first?.type == .unreachable)
    #expect(byDestination["100.64.2.0/24"]?.first?.type == .prohibit)
    #expect(byDestination["100.64.2.0/24"]?.first?.paths == [])

    let attached = try #require(byDestination["10.1.2.0/24"]?.first)
    #expect(attached.scope == .link && attached.routeProtocol == .kernel && attached.gateway == nil)
    #expect(routes.allSatisfy { $0.otherAttributes.isEmpty })
    // Interface filters look at every path.
    let filter = RouteFilter(family: .ipv4, table: .main, outputIndex: br0)
    #expect(try netlink.routes(matching: filter).map(\.destination) == [try prefix("172.16.0.0/12")])
  }

  @Test("An IPv4 route with an IPv6 gateway, in a table with a large number")
  func via() throws {
    var netlink = replay(Golden.routesTable1000)
    let route = try #require(try netlink.routes(family: .ipv4, table: RouteTable(rawValue: 1000)).first)
    #expect(route.destination == (try prefix("198.51.100.0/24")))
    #expect(route.table.rawValue == 1000)
    #expect(route.gateway == (try address("fe80::1")))
  }

  @Test("A table that doesn't exist has no routes; another table's routes aren't passed on")
  func tables() throws {
    var missing = replay(Golden.routesMissingTable)
    #expect(try missing.routes(family: .ipv4, table: RouteTable(rawValue: 77)).isEmpty)
    // As a kernel before 4.20 would, which ignores the table in the request.
    var other = replay(Golden.routesIPv4)
    #expect(try other.routes(family: .ipv4, table: RouteTable(rawValue: 77)).isEmpty)
  }

  @Test("IPv6 routes")
  func routesIPv6() throws {
    var netlink = replay(Golden.routesIPv6)
    let routes = try netlink.routes(family: .ipv6, table: .main)
    let byDestination = Dictionary(grouping: routes) { $0.destination.description }
    let preferred = try #require(byDestination["::/0"]?.first)
    #expect(preferred.metric == 50 && preferred.preference == 1 && preferred.isDefault)
    #expect(preferred.gateway == (try address("2001:db8::1")) && preferred.outputIndex == 5)
    let multipath = try #require(byDestination["2001:db8:ff::/48"]?.first)
    #expect(multipath.paths.map(\.weight) == [2, 1] && multipath.paths.map(\.outputIndex) == [5, 2])
    #expect(multipath.paths.last?.gateway == (try address("fe80::2")))
    #expect(byDestination["2001:db8:fe::/48"]?.first?.type == .unreachable)
  }

  @Test("Lookups that find a way")
  func lookups() throws {
    func reply(_ exchange: Golden.Exchange, _ destination: String) throws -> RouteReply {
      var netlink = replay(exchange)
      return try netlink.route(to: address(destination))
    }
    let gateway = try reply(Golden.getGateway, "8.8.8.8")
    #expect(gateway.gateway == (try address("10.1.2.1")) && gateway.outputIndex == 5 && gateway.mtu == 1350)
    #expect(gateway.preferredSource == (try address("10.1.2.3")) && gateway.type == .unicast)
    #expect(gateway.table == .main && !gateway.isLocal)
    let attached = try reply(Golden.getAttached, "10.1.2.77")
    #expect(attached.gateway == nil && attached.outputIndex == 5)
    let local = try reply(Golden.getLocal, "10.1.2.3")
    #expect(local.isLocal && local.outputIndex == 1)
    #expect(try reply(Golden.getMultipath, "172.16.1.1").gateway == address("10.1.2.1"))
    #expect(try reply(Golden.getNextHopObject, "198.18.0.1").gateway == address("10.1.2.9"))
    let ipv6 = try reply(Golden.getIPv6, "2001:4860::8")
    #expect(ipv6.gateway == (try address("2001:db8::1")) && ipv6.metric == 50 && ipv6.table == .main)
    #expect(try reply(Golden.getMultipathIPv6, "2001:db8:ff::1").type == .unicast)
  }

  @Test(
    "Lookups that find none say why",
    arguments: [
      (Golden.getBlackhole, "100.64.9.9", .blackhole, .invalidArgument),
      (Golden.getUnreachable, "100.64.1.1", .unreachable, .noRouteToHost),
      (Golden.getProhibit, "100.64.2.1", .prohibited, .permissionDenied),
      (Golden.getNoRoute, "9.9.9.9", .noRoute, .networkUnreachable),
      (Golden.getUnreachableIPv6, "2001:db8:fe::1", .unreachable, .noRouteToHost),
      (Golden.getNoRouteIPv6, "2001:4860::8", .noRoute, .networkUnreachable),
    ] as [(Golden.Exchange, String, NoRoute, Errno)])
  func noRoute(exchange: Golden.Exchange, destination: String, reason: NoRoute, errno: Errno) throws {
    var netlink = replay(exchange)
    let error = #expect(throws: NetlinkError.self) { try netlink.route(to: address(destination)) }
    #expect(error?.noRoute == reason && error?.errno == errno)
    #expect(error?.description.contains(destination) == true)
  }

  @Test("A lookup that the kernel finds fault with isn't taken for a blackhole")
  func refusedLookup() throws {
    var netlink = replay(Golden.refusedGet)
    let error = #expect(throws: NetlinkError.self) { try netlink.route(to: address("1.2.3.4")) }
    #expect(error?.noRoute == nil && error?.cause == .refused(.invalidArgument))
    #expect(error?.extendedAck?.message == "ipv4: Invalid values in header for route get request")
  }

  @Test("A lookup that is answered by a route of a type that leads nowhere finds no way")
  func replyThatLeadsNowhere() throws {
    // As IPv6 of older kernels does.
    var netlink = RouteNetlink(
      NetlinkSession(
        FakeKernel { request in
          let header: [UInt8] = [10, 128, 0, 0, 254, 0, 0, 7, 0, 0, 0, 0]
          return [.datagram(request.message(24, header + attribute(1, IPv6Address.loopback.bytes)))]
        }))
    let error = #expect(throws: NetlinkError.self) { try netlink.route(to: address("::1")) }
    #expect(error?.noRoute == .unreachable && error?.errno == nil)
  }

  @Test(
    "Dumps that the kernel refuses, with its words",
    arguments: [
      (Golden.refusedLinkDump, "Invalid values in header for link dump request"),
      (Golden.refusedAddressDump, "ipv4: Invalid values in header for address dump request"),
    ])
  func refusedDumps(exchange: Golden.Exchange, words: String) {
    var netlink = replay(exchange)
    let error = #expect(throws: NetlinkError.self) { try netlink.links() }
    #expect(error?.cause == .refused(.invalidArgument) && error?.extendedAck?.message == words)
  }

  @Test("A change that the kernel refuses, and one that it accepts")
  func changes() throws {
    var session = NetlinkSession(FakeKernel { $0.replay(Golden.refusedKind.answers) })
    let request = NetlinkRequest("make the link", on: "vhost0", type: 16)
    let error = #expect(throws: NetlinkError.self) { try session.request(request) }
    #expect(error?.cause == .refused(.notSupported))
    #expect(error?.extendedAck?.message == "Unknown device type")
    var accepting = NetlinkSession(FakeKernel { $0.replay(Golden.acknowledged.answers) })
    try accepting.request(request)
  }
}
