import Testing

@testable import Netlink

/// What is written can be read: a change's message has the form of the message that tells of the object.
@Suite("Written and read again")
struct RoundTripTests {
  /// The message that adds something, read as if the kernel had sent it.
  private func read<Object>(
    _ request: NetlinkRequest, _ parse: (borrowing NetlinkMessage) throws(WireError) -> Object?
  ) throws -> Object? {
    let bytes = try request.encoded(adding: .request, sequence: 1)
    var cursor = MessageCursor(WireReader(bytes.rawSpan))
    guard let message = try cursor.next() else { return nil }
    return try parse(message)
  }

  private func read(_ route: Route) throws -> Route? {
    try read(route.request(.add)) { (message) throws(WireError) in try Route(message) }
  }
  private func read(_ rule: RoutingRule) throws -> RoutingRule? {
    try read(rule.request(.add)) { (message) throws(WireError) in try RoutingRule(message) }
  }
  private func read(_ address: Address) throws -> Address? {
    try read(address.request(.add)) { (message) throws(WireError) in try Address(message) }
  }
  private func read(_ neighbour: Neighbour) throws -> Neighbour? {
    try read(neighbour.request(.add)) { (message) throws(WireError) in try Neighbour(message) }
  }

  private func replay(_ exchange: Golden.Exchange) -> RouteNetlink {
    RouteNetlink(NetlinkSession(FakeKernel { $0.replay(exchange.answers) }))
  }

  @Test("What the kernel told of routes, rules, addresses and neighbours")
  func captures() throws {
    var count = 0
    for (exchange, family) in [
      (Golden.routesIPv4, AddressFamily.ipv4), (Golden.routesIPv6, .ipv6), (Golden.routesTable1000, .ipv4),
      (Golden.routesByObjects, .ipv4),
    ] {
      var routes: [Route] = []
      for answer in exchange.answers {
        var cursor = MessageCursor(WireReader(answer.rawSpan))
        while let message = try cursor.next() { routes += [try Route(message)].compactMap { $0 } }
      }
      for route in routes where route.family == family {
        // A nexthop object's path and what the kernel found out aren't sent.
        var expected = route
        let known: RouteFlags = .onLink
        if route.nextHopID != nil {
          expected.gateway = nil
          expected.outputIndex = nil
          expected.nextHops = []
          expected.flags = []
        } else {
          expected.flags = route.flags.intersection(known)
          for index in expected.nextHops.indices { expected.nextHops[index].flags.formIntersection(known) }
        }
        #expect(try read(route) == expected)
        count += 1
      }
    }
    for exchange in [Golden.rulesIPv4, Golden.rulesIPv6] {
      var netlink = replay(exchange)
      for rule in try netlink.rules() {
        var expected = rule
        expected.flags.formIntersection(.inverted)
        #expect(try read(rule) == expected)
        count += 1
      }
    }
    var addresses = replay(Golden.addresses)
    for address in try addresses.addresses() {
      var expected = address
      expected.flags.formIntersection(.settable)
      #expect(try read(address) == expected)
      count += 1
    }
    var neighbours = replay(Golden.neighbours)
    for neighbour in try neighbours.neighbours() where neighbour.type == .unicast {
      // The type is the kernel's own.
      var expected = neighbour
      expected.type = RouteType(rawValue: 0)
      #expect(try read(neighbour) == expected)
      count += 1
    }
    #expect(count >= 50)
  }

  @Test("Whatever can be said of a route, a rule or an address")
  func random() throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed of the round trips: \(seed)")
    var random = SeededRandom(seed: seed)
    for _ in 0..<2000 {
      let route = Self.route(&random)
      let rule = Self.rule(&random)
      let address = Self.address(&random)
      #expect(try read(route) == route, "seed \(seed)")
      #expect(try read(rule) == rule, "seed \(seed)")
      #expect(try read(address) == address, "seed \(seed)")
    }
  }

  @Test("What a new link is to be")
  func linkKinds() throws {
    var bond = BondDetails()
    bond.mode = .lacp
    bond.carrierInterval = 100
    bond.upDelay = 200
    bond.downDelay = 300
    bond.arpInterval = 400
    bond.hashPolicy = .layer23
    bond.minimumPorts = 2
    bond.hasFastLACP = true
    let vlan = VLANDetails(id: 4094, tag: .service, flags: [.looseBinding, .mvrp])
    let local = IPAddress.v6(IPv6Address(rawValue: 7))
    let vxlan = VXLANDetails(
      id: 0xff_ffff, lowerIndex: 9, remote: .v6(.loopback), local: local, port: 1, learns: false,
      isExternal: true)
    let ipvlan = IPVLANDetails(mode: .layer3Symmetric, flags: 2)
    let kinds: [(NewLinkKind, LinkDetails)] = [
      (.bond(bond), .bond(bond)), (.bond(BondDetails()), .bond(BondDetails())), (.vlan(vlan), .vlan(vlan)),
      (.vrf(RouteTable(rawValue: .max)), .vrf(VRFDetails(table: RouteTable(rawValue: .max)))),
      (.macvlan(.passthru), .macvlan(MacvlanDetails(mode: .passthru))), (.ipvlan(ipvlan), .ipvlan(ipvlan)),
      (.vxlan(vxlan), .vxlan(vxlan)), (.vxlan(VXLANDetails(id: 1)), .vxlan(VXLANDetails(id: 1))),
    ]
    for (kind, details) in kinds {
      let settings = LinkChange(isUp: true, mtu: 1400, master: .index(7), macAddress: MACAddress(rawValue: 1))
      let link = try #require(
        try read(NewLink("new", kind, lowerIndex: 3, settings: settings).request) {
          (message) throws(WireError) in try Link(message)
        })
      #expect(link.name == "new" && link.kind == kind.name && link.lowerIndex == 3 && link.index == 0)
      #expect(link.flags == .up && link.mtu == 1400 && link.masterIndex == 7)
      #expect(link.macAddress?.rawValue == 1 && link.kindAttributes.isEmpty)
      // A bond without options needs no data.
      #expect(link.details == details || details == .bond(BondDetails()) && link.details == nil)
    }
  }
}

/// Random values.
extension RoundTripTests {
  private static func ip(_ family: AddressFamily, _ random: inout SeededRandom) -> IPAddress {
    family == .ipv4
      ? .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: random.next())))
      : .v6(IPv6Address(rawValue: random.sparse()))
  }

  /// A prefix without host bits, as routes and rules have.
  private static func network(_ family: AddressFamily, _ random: inout SeededRandom) -> IPPrefix {
    let length = Int.random(in: 0...family.addressBits, using: &random)
    return IPPrefix(ip(family, &random), length: length)?.network ?? .all(family)
  }

  private static func number(_ random: inout SeededRandom) -> UInt32 {
    [0, 1, 255, 256, .max, UInt32(truncatingIfNeeded: random.next())].randomElement(using: &random) ?? 0
  }

  private static func maybe<Value>(_ random: inout SeededRandom, _ value: (inout SeededRandom) -> Value)
    -> Value?
  {
    Bool.random(using: &random) ? value(&random) : nil
  }

  private static func route(_ random: inout SeededRandom) -> Route {
    let family = AddressFamily.allCases.randomElement(using: &random) ?? .ipv4
    var route = Route(
      to: network(family, &random), table: RouteTable(rawValue: number(&random)),
      type: RouteType(rawValue: UInt8.random(in: 0...9, using: &random)),
      scope: RouteScope(rawValue: UInt8.random(in: 0...255, using: &random)),
      routeProtocol: RouteProtocol(rawValue: UInt8.random(in: 0...255, using: &random)))
    if family == .ipv6, let source = maybe(&random, { network(family, &$0) }), source.length > 0 {
      route.source = source
    }
    route.metric = number(&random)
    route.preferredSource = maybe(&random) { ip(family, &$0) }
    route.preference = maybe(&random) { UInt8.random(in: 0...3, using: &$0) }
    for metric in [RouteMetric.locks, .mtu, .advertisedMSS, .initialReceiveWindow] {
      route.metrics[metric] = maybe(&random, number)
    }
    route.metrics.congestionControl = maybe(&random) { _ in "bbr" }
    func path(_ random: inout SeededRandom) -> NextHop {
      let other = AddressFamily.allCases.randomElement(using: &random) ?? .ipv4
      return NextHop(
        outputIndex: maybe(&random) { Int(Int32.random(in: 1...(.max), using: &$0)) },
        gateway: maybe(&random) { ip(other, &$0) }, weight: Int.random(in: 1...256, using: &random),
        flags: maybe(&random) { _ in .onLink } ?? [])
    }
    switch Int.random(in: 0...2, using: &random) {
    case 0: route.nextHopID = number(&random)
    case 1: route.nextHops = (0..<Int.random(in: 1...9, using: &random)).map { _ in path(&random) }
    default:
      let path = path(&random)
      route.gateway = path.gateway
      route.outputIndex = path.outputIndex
      route.flags = path.flags
    }
    return route
  }

  private static func rule(_ random: inout SeededRandom) -> RoutingRule {
    let family = AddressFamily.allCases.randomElement(using: &random) ?? .ipv4
    let actions: [RuleAction] = [.lookUp, .goTo, .none, .blackhole, .unreachable, .prohibit]
    let table = number(&random)
    var rule = RoutingRule(
      family, priority: number(&random), action: actions.randomElement(using: &random) ?? .lookUp,
      table: table == 0 ? nil : RouteTable(rawValue: table), flags: maybe(&random) { _ in .inverted } ?? [])
    func selector(_ random: inout SeededRandom) -> IPPrefix? {
      maybe(&random) { network(family, &$0) }.flatMap { $0.length > 0 ? $0 : nil }
    }
    rule.source = selector(&random)
    rule.destination = selector(&random)
    rule.inputInterface = maybe(&random) { _ in "eth0" }
    rule.outputInterface = maybe(&random) { _ in "enp59s0f0np0" }
    rule.mark = maybe(&random, number)
    if rule.mark != nil { rule.markMask = maybe(&random) { UInt32.random(in: 0..<UInt32.max, using: &$0) } }
    rule.typeOfService = UInt8.random(in: 0...255, using: &random)
    rule.codePoint = maybe(&random) { UInt8.random(in: 0...63, using: &$0) }
    rule.ipProtocol = maybe(&random) { UInt8.random(in: 0...255, using: &$0) }
    rule.sourcePorts = maybe(&random) { 0...UInt16.random(in: 0...(.max), using: &$0) }
    rule.destinationPorts = maybe(&random) { UInt16.random(in: 0...(.max), using: &$0)...(.max) }
    rule.userIDs = maybe(&random) { 0...UInt32.random(in: 0...(.max), using: &$0) }
    rule.tunnelID = maybe(&random) { $0.next() }
    if rule.action == .goTo { rule.goToPriority = number(&random) }
    rule.suppressedPrefixLength = maybe(&random) { Int.random(in: 0...128, using: &$0) }
    rule.suppressedGroup = maybe(&random) { UInt32.random(in: 0..<UInt32.max, using: &$0) }
    rule.realms = maybe(&random, number)
    rule.usesVRFTable = Bool.random(using: &random)
    rule.ruleProtocol = RouteProtocol(rawValue: UInt8.random(in: 0...255, using: &random))
    return rule
  }

  private static func address(_ random: inout SeededRandom) -> Address {
    let family = AddressFamily.allCases.randomElement(using: &random) ?? .ipv4
    let own = ip(family, &random)
    let length = Int.random(in: 0...family.addressBits, using: &random)
    var address = Address(
      linkIndex: Int(Int32.random(in: 1...(.max), using: &random)),
      prefix: IPPrefix(own, length: length) ?? .host(own),
      scope: RouteScope(rawValue: UInt8.random(in: 0...255, using: &random)),
      flags: AddressFlags(rawValue: number(&random)).intersection(.settable))
    address.peer = maybe(&random) { ip(family, &$0) }.flatMap { $0 == own ? nil : $0 }
    address.broadcast = maybe(&random) { ip(family, &$0) }
    address.label = maybe(&random) { _ in "eth0:one" }
    address.routeMetric = maybe(&random, number)
    address.preferredLifetime = maybe(&random) { UInt32.random(in: 0..<UInt32.max, using: &$0) }
    address.validLifetime = maybe(&random) { UInt32.random(in: 0..<UInt32.max, using: &$0) }
    address.addressProtocol = maybe(&random) { UInt8.random(in: 0...255, using: &$0) }
    return address
  }
}
