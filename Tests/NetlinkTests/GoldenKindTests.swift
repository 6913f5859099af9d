import Testing

@testable import Netlink

/// What only some kinds of links have: the captures give what the commands that made them say.
@Suite("Recorded kinds of links")
struct GoldenKindTests {
  private let links: [String: Link]

  init() throws {
    var netlink = RouteNetlink(NetlinkSession(FakeKernel { $0.replay(Golden.guestLinks.answers) }))
    links = Dictionary(uniqueKeysWithValues: try netlink.links().map { ($0.name, $0) })
  }

  private func link(_ name: String) throws -> Link { try #require(links[name]) }

  private func bond(_ name: String) throws -> BondDetails {
    guard case .bond(let details) = try link(name).details else { throw Missing(name: name) }
    return details
  }

  private func bondPort(_ name: String) throws -> BondPortDetails {
    guard case .bond(let details) = try link(name).portDetails else { throw Missing(name: name) }
    return details
  }

  private struct Missing: Error {
    let name: String
  }

  @Test("A bond with LACP, its aggregator and its ports")
  func lacp() throws {
    let partner = try #require(MACAddress("02:00:00:00:00:b1"))
    var expected = BondDetails()
    expected.mode = .lacp
    expected.carrierInterval = 100
    expected.hasFastLACP = true
    expected.hashPolicy = .layer34
    expected.minimumPorts = 1
    var aggregator = BondAggregator()
    aggregator.id = 1
    aggregator.ports = 2
    aggregator.actorKey = 15
    aggregator.partnerKey = 15
    aggregator.partner = partner
    expected.aggregator = aggregator
    let details = try bond("bond0")
    #expect(details == expected)
    #expect(details.hasLACPPartner == true && details.mode.description == "802.3ad")
    #expect(try bond("bond1").aggregator?.partner?.description == "02:00:00:00:00:b0")

    let inUse: LACPState = [.active, .shortTimeout, .aggregatable, .inSync, .collecting, .distributing]
    var port = BondPortDetails()
    port.permanentMACAddress = MACAddress("02:00:00:00:00:a0")
    port.aggregatorID = 1
    port.actorState = inUse
    port.partnerState = inUse
    #expect(try bondPort("p0") == port)
    #expect(port.isNegotiated == true)
    let p0 = try link("p0")
    #expect(p0.masterIndex == (try link("bond0").index) && p0.portKind == "bond")
    // The address in use is the bond's; its queue, priorities and churn states aren't read.
    #expect(p0.macAddress?.description == "02:00:00:00:00:b0")
    #expect(p0.portAttributes.types == [5, 9, 11, 12, 10])
  }

  @Test("A bond with LACP that nobody answers")
  func lacpAlone() throws {
    func read(_ exchange: Golden.Exchange, _ index: Int) throws -> Link? {
      var netlink = RouteNetlink(NetlinkSession(FakeKernel { $0.replay(exchange.answers) }))
      return try netlink.link(index: index)
    }
    guard case .bond(let bond) = try read(Golden.guestBondAlone, 4)?.details,
      case .bond(let port) = try read(Golden.guestPortAlone, 2)?.portDetails
    else {
      Issue.record("no bond")
      return
    }
    #expect(bond.hasLACPPartner == false && bond.aggregator?.ports == 1)
    #expect(port.isNegotiated == false && port.actorState?.contains(.defaulted) == true)
    #expect(!port.isBackup && port.carrierState == .up)
  }

  @Test("A bond with one active port")
  func activeBackup() throws {
    let details = try bond("bond2")
    let port = try link("a0")
    #expect(details.mode == .activeBackup && details.activePortIndex == port.index)
    #expect(details.primaryPortIndex == port.index && details.carrierInterval == 50)
    #expect(details.aggregator == nil && details.hasLACPPartner == nil)
    #expect(try bondPort("a0").isNegotiated == nil)
  }

  @Test(
    "Whether LACP has come to an end",
    arguments: [
      (0x3f, 0x3f, true), (0x3f, 0x37, false), (0x0f, 0x3f, false), (0x7f, 0x3f, false), (0xbf, 0x3f, false),
      // Nobody answers: the partner is assumed.
      (0x4f, 0x01, false), (0x47, 0x01, false),
    ] as [(UInt8, UInt8, Bool)])
  func negotiation(actor: UInt8, partner: UInt8, expected: Bool) {
    var port = BondPortDetails()
    port.actorState = LACPState(rawValue: actor)
    port.partnerState = LACPState(rawValue: partner)
    #expect(port.isNegotiated == expected)
  }

  @Test("VLANs")
  func vlans() throws {
    let onBond = try link("vl100")
    #expect(onBond.details == .vlan(VLANDetails(id: 100)) && onBond.kind == "vlan")
    #expect(onBond.lowerIndex == (try link("bond0").index))
    #expect(
      try link("vl200").details
        == .vlan(VLANDetails(id: 200, tag: .service, flags: [.reordersHeader, .gvrp])))
    #expect(onBond.kindAttributes.isEmpty)
  }

  @Test("VRF, bridge, team and their ports")
  func masters() throws {
    let table = VRFDetails(table: RouteTable(rawValue: 77))
    #expect(try link("vrf0").details == .vrf(table))
    #expect(try link("dv").portDetails == .vrf(table) && link("dv").masterIndex == link("vrf0").index)
    guard case .bridge(let bridge) = try link("br0").details,
      case .bridge(let port) = try link("db").portDetails
    else {
      Issue.record("no bridge")
      return
    }
    #expect(bridge.usesSpanningTree && bridge.filtersVLANs)
    #expect(bridge.forwardDelay == 1500 && bridge.ageingTime == 30_000)
    #expect(port.state == .listening && port.priority == 32 && port.cost == 100)
    #expect(!port.isHairpin && !port.isIsolated)
    // Timers, which would make two readings differ, are left out; what is left is kept.
    #expect(Set(try link("br0").kindAttributes.types).isDisjoint(with: 16...19))
    #expect(try link("br0").kindAttributes.types.contains(8))
    #expect(Set(try link("db").portAttributes.types).isDisjoint(with: 21...23))
    #expect(try link("t0").portKind == "team" && link("t0").portDetails == nil)
    #expect(try link("t0").masterIndex == link("tm0").index && link("tm0").details == nil)
  }

  @Test("Links on other links")
  func upper() throws {
    #expect(try link("iv0").details == .ipvlan(IPVLANDetails(mode: .layer3)))
    #expect(try link("iv0").lowerIndex == link("d0").index)
    #expect(try link("mv0").details == .macvlan(MacvlanDetails(mode: .private)))
    #expect(try link("mv0").kindAttributes.isEmpty == false)
    let remote = IPAddress.v4(IPv4Address(10, 1, 0, 2))
    let local = IPAddress.v4(IPv4Address(10, 1, 0, 1))
    #expect(
      try link("vx0").details
        == .vxlan(
          VXLANDetails(id: 42, lowerIndex: link("dv").index, remote: remote, local: local, port: 4789)))
    #expect(try link("vx6").details == .vxlan(VXLANDetails(port: 4790, learns: false, isExternal: true)))
    #expect(try link("d0").kind == "dummy" && link("d0").details == nil)
  }
}

/// What no capture could be made of, and what no kernel sends.
@Suite("Made-up kinds of links")
struct MadeUpKindTests {
  private func read(_ attributes: [UInt8]) throws -> Link? {
    var netlink = RouteNetlink(
      NetlinkSession(
        FakeKernel { request in
          let header = [0, 0] + little(UInt16(1)) + little(Int32(3)) + [UInt8](repeating: 0, count: 8)
          return [.datagram(request.message(16, header + attributes))]
        }))
    return try netlink.link(index: 3)
  }

  private func info(_ kind: String, _ data: [UInt8], isPort: Bool = false) -> [UInt8] {
    // The data comes first, as it never does.
    attribute(
      18, attribute(isPort ? 5 : 2, data) + attribute(isPort ? 4 : 1, Array(kind.utf8) + [0]))
  }

  @Test("The kind needn't come before its data")
  func order() throws {
    let vlan = try #require(try read(info("vlan", attribute(1, [7, 0]) + attribute(99, [1, 2, 3]))))
    #expect(vlan.details == .vlan(VLANDetails(id: 7)))
    #expect(vlan.kindAttributes.types == [99] && vlan.kindAttributes[99] == [1, 2, 3])
    let unknown = try #require(try read(info("nosuchkind", attribute(1, [7, 0]))))
    #expect(unknown.kind == "nosuchkind" && unknown.details == nil && unknown.kindAttributes[1] == [7, 0])
    let port = try #require(try read(info("nosuchkind", attribute(1, [7]), isPort: true)))
    #expect(port.portKind == "nosuchkind" && port.portDetails == nil && port.portAttributes[1] == [7])
  }

  @Test(
    "Values of another size than the kernel's are refused",
    arguments: [
      ("bond", 1, 4, false), ("bond", 2, 1, false), ("bond", 3, 2, false), ("bond", 21, 0, false),
      ("vlan", 1, 1, false), ("vlan", 2, 3, false), ("vlan", 5, 4, false), ("vrf", 1, 2, false),
      ("bridge", 5, 1, false), ("macvlan", 1, 2, false), ("macvtap", 1, 8, false), ("ipvlan", 1, 4, false),
      ("ipvtap", 2, 1, false), ("vxlan", 1, 2, false), ("vxlan", 2, 16, false), ("vxlan", 16, 4, false),
      ("bond", 8, 1, true), ("bond", 7, 2, true), ("bridge", 1, 4, true), ("vrf", 1, 1, true),
    ])
  func sizes(kind: String, type: Int, size: Int, isPort: Bool) {
    let bytes = info(kind, attribute(UInt16(type), [UInt8](repeating: 1, count: size)), isPort: isPort)
    let error = #expect(throws: NetlinkError.self) { try read(bytes) }
    guard case .malformed = error?.cause else {
      Issue.record("\(kind) \(type): \(String(describing: error))")
      return
    }
  }

  @Test("Numbers that no kernel has yet are no failure")
  func newNumbers() throws {
    let port = try read(
      info("bond", attribute(1, [9]) + attribute(2, [9]) + attribute(7, [0xff]), isPort: true))
    guard case .bond(let bondPort) = port?.portDetails else {
      Issue.record("no port")
      return
    }
    #expect(bondPort.isBackup && bondPort.carrierState == .down)
    guard
      case .bridge(let bridgePort) = try read(info("bridge", attribute(1, [9]), isPort: true))?.portDetails
    else {
      Issue.record("no port")
      return
    }
    #expect(bridgePort.state == .disabled)
  }

  /// Made from linux/if_link.h: the development machines have no card with virtual functions.
  @Test("Virtual functions")
  func virtualFunctions() throws {
    func number(_ values: UInt32...) -> [UInt8] { values.flatMap { little($0) } }
    let first =
      attribute(1, number(0) + [2, 0, 0, 0, 0, 1] + [UInt8](repeating: 0, count: 26))
      + attribute(2, number(0, 100, 3)) + attribute(6, number(0, 10, 1000)) + attribute(4, number(0, 1))
      + attribute(5, number(0, 2)) + attribute(7, number(0, .max)) + attribute(9, number(0, 0))
      + attribute(12, attribute(1, number(0, 100, 3) + [0x88, 0xa8, 0, 0]))
    let second =
      attribute(1, number(1) + [UInt8](repeating: 0, count: 32)) + attribute(4, number(1, .max))
      + attribute(9, number(1, .max)) + attribute(5, number(1, 77))
    let link = try read(
      attribute(21, number(2)) + attribute(22, attribute(1, first) + attribute(1, second) + attribute(9, [])))
    var expected = VirtualFunction(index: 0)
    expected.macAddress = MACAddress("02:00:00:00:00:01")
    expected.vlanID = 100
    expected.vlanPriority = 3
    expected.vlanTag = .service
    expected.minimumRate = 10
    expected.maximumRate = 1000
    expected.checksSource = true
    expected.isTrusted = false
    expected.linkState = .down
    var silent = VirtualFunction(index: 1)
    silent.macAddress = MACAddress(rawValue: 0)
    #expect(link?.virtualFunctions == [expected, silent] && link?.virtualFunctionCount == 2)
  }

  @Test("Virtual functions with too little in them are refused", arguments: [(1, 9), (2, 8), (6, 8), (9, 4)])
  func shortVirtualFunctions(type: UInt16, size: Int) {
    let item = attribute(1, attribute(type, [UInt8](repeating: 0, count: size)))
    #expect(throws: NetlinkError.self) { try read(attribute(22, item)) }
  }
}
