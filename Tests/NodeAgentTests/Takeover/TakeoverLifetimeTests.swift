import Netlink
import Testing

@testable import NodeAgent

/// How long vhost0 keeps an address that would end on its interface.
@Suite struct TakeoverLifetimeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let prefix: String
    var acceptRA = "1"
    var forwarding = "0"
    /// Seconds; nil is forever.
    var valid: UInt32? = 120
    var preferred: UInt32? = 60
    let expected: [UInt32?]
  }

  static let cases = [
    Case(testDescription: "IPv4 by DHCP", prefix: "10.0.2.55/24", expected: [nil, nil]),
    Case(
      testDescription: "IPv4 for good", prefix: "10.0.2.55/24", valid: nil, preferred: nil,
      expected: [nil, nil]),
    Case(testDescription: "IPv4, deprecated", prefix: "10.0.2.55/24", preferred: 0, expected: [nil, 0]),
    Case(testDescription: "IPv6, renewed by the kernel", prefix: "fd10::10/64", expected: [120, 60]),
    Case(
      testDescription: "IPv6, renewed by a manager", prefix: "fd10::10/64", acceptRA: "0",
      expected: [nil, nil]),
    Case(
      testDescription: "IPv6 of a router that heeds no other", prefix: "fd10::10/64", forwarding: "1",
      expected: [nil, nil]),
    Case(
      testDescription: "IPv6 of a router that heeds others", prefix: "fd10::10/64", acceptRA: "2",
      forwarding: "1", expected: [120, 60]),
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
    state.addresses = [address]
    state.controls = [
      "/proc/sys/net/ipv6/conf/eth0/accept_ra": item.acceptRA,
      "/proc/sys/net/ipv6/conf/eth0/forwarding": item.forwarding,
    ]
    let plan = TakeoverPlan(state, wish: TakeoverWish(mac: mac, mtu: 1500))
    let given = plan.operations.compactMap { operation -> Address? in
      if case .address(.replace, let address, "vhost0") = operation { address } else { nil }
    }
    #expect(!given.isEmpty)
    for address in given {
      #expect([address.validLifetime, address.preferredLifetime] == item.expected, "\(plan.operations)")
    }
  }
}
