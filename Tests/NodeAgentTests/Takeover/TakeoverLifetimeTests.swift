import Netlink
import Testing

@testable import NodeAgent

/// How long vhost0 keeps an address that would end on its interface.
@Suite struct TakeoverLifetimeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let prefix: String
    var controls: [String: String] = [:]
    var flags: AddressFlags = []
    var addressProtocol: UInt8?
    /// Seconds; nil is forever.
    var valid: UInt32? = 120
    var preferred: UInt32? = 60
    let expected: [UInt32?]
  }

  /// Of the prefix and the MAC address.
  private static let formed = "fd10::5054:ff:fe0a:2/64"

  static let cases = [
    Case(testDescription: "IPv4 by DHCP", prefix: "10.0.2.55/24", expected: [nil, nil]),
    Case(
      testDescription: "IPv4 for good", prefix: "10.0.2.55/24", valid: nil, preferred: nil,
      expected: [nil, nil]),
    Case(testDescription: "IPv4, deprecated", prefix: "10.0.2.55/24", preferred: 0, expected: [nil, 0]),
    Case(testDescription: "IPv6, renewed by the kernel", prefix: formed, expected: [120, 60]),
    Case(
      testDescription: "IPv6, renewed by the kernel, which says so", prefix: formed, addressProtocol: 2,
      expected: [120, 60]),
    Case(
      testDescription: "IPv6 by somebody who formed it alike", prefix: formed, addressProtocol: 3,
      expected: [nil, nil]),
    Case(
      testDescription: "IPv6, renewed by a manager", prefix: formed, controls: ["accept_ra": "0"],
      expected: [nil, nil]),
    Case(
      testDescription: "IPv6 of a router that heeds no other", prefix: formed, controls: ["forwarding": "1"],
      expected: [nil, nil]),
    Case(
      testDescription: "IPv6 of a router that heeds others", prefix: formed,
      controls: ["accept_ra": "2", "forwarding": "1"], expected: [120, 60]),
    Case(testDescription: "IPv6 by DHCPv6", prefix: "2001:db8::dc6/128", expected: [nil, nil]),
    Case(testDescription: "IPv6 of a token", prefix: "fd10::10/64", expected: [nil, nil]),
    Case(
      testDescription: "IPv6 of another prefix's length", prefix: "fd10::5054:ff:fe0a:2/80",
      expected: [nil, nil]),
    Case(
      testDescription: "IPv6, of a secret by now", prefix: formed, controls: ["addr_gen_mode": "2"],
      expected: [nil, nil]),
    Case(
      testDescription: "IPv6 where prefixes are not heeded", prefix: formed,
      controls: ["accept_ra_pinfo": "0"], expected: [nil, nil]),
    Case(
      testDescription: "IPv6 where no address is formed", prefix: formed, controls: ["autoconf": "0"],
      expected: [nil, nil]),
    Case(
      testDescription: "IPv6, a privacy address", prefix: "fd10::abcd:1/64", flags: .secondary,
      expected: [120, 60]),
  ]

  /// Undone later, it gets what is left of its time then, and enough for its manager to ask for more.
  @Test(arguments: [
    (elapsed: Int64(0), expected: UInt32(600)), (100, 500), (550, 60), (7200, 60), (-50, 600),
  ])
  func theInterfaceGetsTheRest(_ elapsed: Int64, _ expected: UInt32) throws {
    let card = TakeoverDevice(name: "eth0", index: 2, mac: MACAddress("52:54:00:0a:00:02"), mtu: 1500)
    let vhost = TakeoverDevice(name: "vhost0", index: 3, mac: card.mac, mtu: 1500, kind: "vhost")
    let prefix = try #require(IPPrefix("10.0.2.55/24"))
    var before = TakeoverState(cards: [card], highestIndex: 2)
    before.addresses = [Address(linkIndex: 2, prefix: prefix)]
    before.addresses[0].validLifetime = 600
    before.addresses[0].preferredLifetime = 600
    var state = TakeoverState(cards: [card], highestIndex: 3)
    (state.vhost, state.addresses) = (vhost, [Address(linkIndex: 3, prefix: prefix)])
    for isRollback in [false, true] {
      let plan = UndoPlan(state, before: before, isRollback: isRollback, elapsed: elapsed)
      let returned = plan.operations.compactMap { operation -> UInt32?? in
        if case .address(_, let address, "eth0") = operation { address.validLifetime } else { nil }
      }
      #expect(returned == [isRollback ? expected : nil])
    }
  }

  @Test(arguments: cases) func nobodyTakesItFromTheNode(_ item: Case) throws {
    let mac = try #require(MACAddress("52:54:00:0a:00:02"))
    let card = TakeoverDevice(name: "eth0", index: 2, mac: mac, mtu: 1500)
    var state = TakeoverState(cards: [card], highestIndex: 2)
    var address = Address(linkIndex: 2, prefix: try #require(IPPrefix(item.prefix)))
    (address.validLifetime, address.preferredLifetime) = (item.valid, item.preferred)
    address.flags.formUnion(item.flags)
    address.addressProtocol = item.addressProtocol
    state.addresses = [address]
    for (name, value) in ["accept_ra": "1", "forwarding": "0"].merging(
      item.controls, uniquingKeysWith: { $1 })
    {
      state.controls["/proc/sys/net/ipv6/conf/eth0/\(name)"] = value
    }
    let plan = TakeoverPlan(state, wish: TakeoverWish(mac: mac, mtu: 1500))
    let given = plan.operations.compactMap { operation -> Address? in
      if case .address(.replace, let address, "vhost0") = operation { address } else { nil }
    }
    #expect(!given.isEmpty)
    for address in given {
      #expect([address.validLifetime, address.preferredLifetime] == item.expected, "\(plan.operations)")
    }
    // What is leased beyond its time is said; of IPv4 with its manager.
    let isWarned = address.family == .ipv6 && item.expected == [nil, nil]
    #expect(plan.lifetimeWarnings.count == (isWarned ? 1 : 0))
    #expect(
      plan.lifetimeWarnings.allSatisfy { $0.contains("\(item.prefix) on eth0 is valid for another 2 min") })
  }
}
