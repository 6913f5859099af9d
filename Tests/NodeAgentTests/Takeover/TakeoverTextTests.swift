import Netlink
import TestSupport
import Testing

@testable import NodeAgent

/// What is printed of an operation is the command that it equals: run by iproute2 in another network namespace, it leaves
/// there what the operation is about.
@Suite struct TakeoverTextTests {
  static let lines = [
    "ip address add 10.3.0.6/24 dev eth0 brd 10.3.0.255 label eth0:1 scope link metric 300",
    "ip address add 10.9.0.5 peer 10.9.0.6/32 dev eth0",
    "ip address add 2001:db8::7/64 dev eth0 nodad noprefixroute home valid_lft 3000 preferred_lft 2000",
    "ip route add 10.50.0.0/16 via 10.0.0.1 dev eth0 src 10.0.0.5 metric 77 proto 186 table 100",
    "ip route add 10.51.0.0/16 via 10.0.0.1 dev eth0 mtu lock 1400 window 20000 advmss 1300 hoplimit 9 initcwnd 11 initrwnd 12 rto_min 50ms rtt 12.5ms congctl cubic",
    "ip route add 10.52.0.0/16 tos 0x10 via 203.0.113.1 dev eth0 onlink",
    "ip route add 10.53.0.0/16 dev eth0 scope link",
    "ip route add 10.54.0.0/16 nexthop via 10.0.0.1 dev eth0 weight 3 nexthop via 10.0.0.2 dev eth0 weight 1",
    "ip route add 10.55.0.0/16 via inet6 fe80::9 dev eth0",
    "ip -6 route add 2001:db8:1::/64 via fe80::9 dev eth0 metric 50 pref high proto ra mtu 1300",
    "ip -6 route add 2001:db8:2::/64 from 2001:db8::/64 via 2001:db8::1 dev eth0",
    "ip nexthop add id 5 via 10.0.0.1 dev eth0 proto 186",
    "ip nexthop add id 6 via fe80::9 dev eth0 onlink",
    "ip rule add not from 10.0.0.0/24 to 10.1.0.0/16 tos 0x10 fwmark 0x1/0xff iif eth0 priority 90 lookup 100 suppress_prefixlength 0 realms 3/4 protocol 186",
    "ip rule add oif eth0 uidrange 5-9 ipproto tcp sport 80 dport 1000-2000 priority 91 prohibit",
    "ip rule add iif eth0 priority 92 goto 32766",
    "ip rule add iif eth0 priority 93 lookup 101 suppress_ifgroup 7",
    "ip -6 rule add from 2001:db8::/64 iif eth0 priority 94 lookup 102",
    "ip neigh add 10.0.0.77 lladdr 52:54:00:77:77:77 dev eth0 nud permanent",
    "ip neigh add proxy 10.0.0.78 dev eth0",
  ]

  /// Objects of one interface, as the kernel tells them, each with the command that makes it.
  private struct Seen: Sendable {
    var commands: [String] = []
    var objects: Set<String> = []

    static func observe() throws -> Seen {
      var netlink = try RouteNetlink()
      let state = try netlink.takeoverState(TakeoverSubject(cards: ["eth0"]))
      let names = Dictionary(uniqueKeysWithValues: state.cards.map { ($0.index, $0.name) })
      var seen = Seen()
      func note(_ operation: TakeoverOperation, _ object: some Any) {
        seen.commands.append("\(operation)")
        seen.objects.insert("\(object)")
      }
      for address in state.addresses where address.address.description != "10.0.0.5" {
        guard !address.address.isLinkLocal else { continue }
        // Its time runs down from second to second.
        var lasting = address
        (lasting.validLifetime, lasting.preferredLifetime) = (address.validLifetime == nil ? nil : 1, nil)
        lasting.otherAttributes = RawAttributes()
        note(.address(.replace, address, on: "eth0"), lasting)
      }
      for route in state.routes where route.routeProtocol != .kernel {
        note(.route(.replace, route, names: names), route.stored)
      }
      for object in state.nextHops { note(.nextHop(object, names: names), object) }
      for rule in state.rules { note(.rule(.add, rule), rule.stored) }
      for neighbour in state.neighbours where neighbour.state == .permanent && !neighbour.address.isMulticast
      {
        note(
          .neighbour(.replace, neighbour, on: "eth0"),
          "\(neighbour.address) \(String(describing: neighbour.macAddress))")
      }
      for proxy in state.proxies { note(.neighbour(.replace, proxy, on: "eth0"), proxy.address) }
      return seen
    }
  }

  private static let host = """
    ip link set lo up
    ip link add eth0 address 52:54:00:00:00:01 type veth peer name peer0
    echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_dad
    ip link set peer0 up; ip link set eth0 up
    ip address add 10.0.0.5/24 dev eth0
    ip address add 2001:db8::5/64 dev eth0 nodad

    """

  @Test(arguments: lines) func isTheCommand(_ line: String) throws {
    let first = try inNetworkNamespace {
      try shell(Self.host + line)
      return try Seen.observe()
    }
    #expect(!first.commands.isEmpty)
    // From 6.15 on the kernel tells a mask with each port.
    if !line.contains("sport") { #expect(!first.commands.contains { $0.contains("#") }, "\(first.commands)") }
    let second = try inNetworkNamespace {
      // Those that need others come after these.
      try shell(Self.host + first.commands.joined(separator: "\n"))
      return try Seen.observe()
    }
    #expect(second.objects == first.objects, "\(first.commands)")
    #expect(second.commands.map(Self.withoutTime) == first.commands.map(Self.withoutTime))
  }

  private static func withoutTime(_ command: String) -> String {
    command.replacing(/(valid_lft|preferred_lft) [0-9]+/) { "\($0.output.1)" }
  }
}
