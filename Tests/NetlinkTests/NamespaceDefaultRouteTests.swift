import CMnl
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Netlink

/// The order in which the real kernel lists routes, on which reading only the default ones relies.
@Suite("Default routes in network namespaces")
struct NamespaceDefaultRouteTests {
  static let devices = """
    ip link set lo up
    ip link add v0 type veth peer name v1
    ip link set v0 up
    ip link set v1 up
    ip address add 10.1.0.1/24 dev v0
    ip address add 2001:db8::1/64 dev v0 nodad

    """

  /// Routes to random destinations, those near zero above all, and to everything, in random order.
  private static func routes(_ random: inout SeededRandom, count: Int) -> [String] {
    var lines: Set<String> = []
    for table in [254, 1000, 100] {
      for metric in 1...3 {
        lines.insert("-4 route add default via 10.1.0.2 metric \(metric) table \(table)")
        lines.insert("-6 route add default via 2001:db8::2 metric \(metric) table \(table)")
      }
      lines.insert("-4 route add default via 10.1.0.3 tos 8 table \(table)")
      lines.insert("-4 route add blackhole default metric 77 table \(table)")
      lines.insert("-6 route add unreachable default metric 77 table \(table)")
      lines.insert("-4 route add 128.0.0.0/1 via 10.1.0.2 table \(table)")
      for length in [1, 2, 8, 31, 32] {
        lines.insert("-4 route add 0.0.0.0/\(length) via 10.1.0.2 table \(table)")
        lines.insert("-6 route add ::/\(length) via 2001:db8::2 table \(table)")
      }
      for _ in 0..<count {
        let length = Int.random(in: 1...32, using: &random)
        let shift = UInt32.random(in: 0...31, using: &random)
        let bits = UInt32(truncatingIfNeeded: random.next()) >> shift
        let address = IPv4Address(
          rawValue: bits & ~UInt32(truncatingIfNeeded: UInt64(1) << (32 - length) - 1))
        lines.insert("-4 route replace \(address)/\(length) via 10.1.0.2 table \(table)")
        let long = Int.random(in: 1...128, using: &random)
        let value = random.sparse() >> UInt128.random(in: 0...127, using: &random)
        let masked = value & ~((UInt128(1) << (128 - UInt128(long))) - 1)
        lines.insert(
          "-6 route replace \(IPv6Address(rawValue: masked))/\(long) via 2001:db8::2 table \(table)")
      }
    }
    return lines.sorted().shuffled(using: &random)
  }

  @Test("They are those of the whole list, in its order, whatever else is there", arguments: [false, true])
  func order(hasRules: Bool) throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed of the random routes: \(seed)")
    let pairs = try inNetworkNamespace {
      var random = SeededRandom(seed: seed)
      try shell(Self.devices)
      // The first rule parts the local table's tree from the main one's.
      if hasRules { try shell("ip rule add from 10.1.0.1 lookup 100") }
      let routes = Self.routes(&random, count: 300)
      for family in ["-4", "-6"] {
        let batch = routes.filter { $0.hasPrefix(family) }.map { $0.dropFirst(3) }.joined(separator: "\n")
        // Some of the random routes are there already, which ip calls a failure and goes on (-force). What counts is what
        // the kernel has afterwards: the full list, with which the short one is compared.
        try shell("ip \(family) -force -batch - 2>/dev/null <<'.' || true\n\(batch)\n.")
      }
      var netlink = try RouteNetlink()
      var pairs: [(wanted: [Route], found: [Route])] = []
      for family in AddressFamily.allCases {
        for number in [nil, 254, 255, 100, 1000, 4711] as [UInt32?] {
          let table = number.map { RouteTable(rawValue: $0) }
          pairs.append(
            (
              try netlink.routes(family: family, table: table).filter(\.isDefault),
              try netlink.defaultRoutes(family: family, table: table)
            ))
        }
      }
      pairs.append((try netlink.routes().filter(\.isDefault), try netlink.defaultRoutes()))
      return pairs
    }
    #expect(pairs.flatMap(\.found).count { $0.typeOfService == 8 } == 7, "seed \(seed)")
    for (wanted, found) in pairs { #expect(wanted == found, "seed \(seed)") }
    #expect(pairs.map { $0.found.count } == [15, 5, 0, 5, 5, 0, 12, 4, 0, 4, 4, 0, 9], "seed \(seed)")
  }

  /// How many datagrams it took to read the default routes of a table, and what was found.
  private static func cost(
    table: RouteTable = .main
  ) throws -> (count: Int, routes: [Route], next: [String], sockets: String) {
    let recorder = ExchangeRecorder()
    var netlink = RouteNetlink(NetlinkSession(RecordingTransport(try NetlinkSocket(.route), recorder)))
    let routes = try netlink.defaultRoutes(family: .ipv4, table: table)
    let count = recorder.exchanges.map(\.datagrams.count).reduce(0, +)
    // The session is as good as new.
    let next = try netlink.links().map(\.name)
    for _ in 0..<20 { _ = try netlink.defaultRoutes(family: .ipv4, table: table) }
    // One line for each socket, and the kernel's own.
    let sockets = try shell("awk '$2 == 0 && $3 > 0' /proc/net/netlink | wc -l")
    return (count, routes, next, sockets)
  }

  @Test("A hundred thousand routes cost as much as ten, in the main table and in others")
  func constant() throws {
    let (few, many, other, otherDefault) = try inNetworkNamespace {
      try shell(Self.devices + "ip route add default via 10.1.0.2")
      let few = try Self.cost()
      for table in [254, 1000] {
        try shell(
          """
          awk 'BEGIN { for (i = 0; i < 100000; i++) printf "route add 1.%d.%d.%d/32 via 10.1.0.2 table \(table)\\n", \
            i / 65536, i / 256 % 256, i % 256 }' | ip -batch -
          """)
      }
      let many = try Self.cost()
      let other = try Self.cost(table: RouteTable(rawValue: 1000))
      try shell("ip route add default via 10.1.0.3 table 1000")
      return (few, many, other, try Self.cost(table: RouteTable(rawValue: 1000)))
    }
    #expect(few.count <= 2 && many.count <= 2 && other.count <= 2 && otherDefault.count <= 2)
    #expect(many.routes == few.routes && few.routes.count == 1)
    #expect(other.routes.isEmpty && otherDefault.routes.count == 1)
    #expect(many.next == few.next && many.next.count == 3)
    #expect(many.sockets == few.sockets)
  }

  @Test("A thread that went to another namespace doesn't take the session along")
  func otherNamespace() throws {
    let (names, routes) = try inNetworkNamespace {
      try shell(Self.devices + "ip route add default via 10.1.0.2")
      try shell(
        """
        awk 'BEGIN { for (i = 0; i < 5000; i++) printf "route add 1.%d.%d.%d/32 via 10.1.0.2\\n", \
          i / 65536, i / 256 % 256, i % 256 }' | ip -batch -
        """)
      var netlink = try RouteNetlink()
      guard unshare(0x4000_0000) == 0 else { throw Errno(rawValue: errno) }
      var routes: [Route] = []
      for _ in 0..<3 { routes += try netlink.defaultRoutes(family: .ipv4) }
      return (try netlink.links().map(\.name), routes)
    }
    #expect(Set(names) == ["lo", "v0", "v1"] && routes.count == 3)
  }
}
