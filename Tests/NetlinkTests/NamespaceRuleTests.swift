import FoundationEssentials
import Netlink
import TestSupport
import Testing

/// Rules and table entries of the real kernel, in network namespaces of their own.
@Suite("Rules in network namespaces")
struct NamespaceRuleTests {
  private struct RuleInfo: Decodable {
    let priority: UInt32
    let src: String
    let srclen: Int?
    let dst: String?
    let dstlen: Int?
    let table: String?
    let iif: String?
    let oif: String?
    let fwmark: String?
    let fwmask: String?
    let `protocol`: String
  }

  @Test("Rules are what iproute2 says", arguments: AddressFamily.allCases)
  func rules(family: AddressFamily) throws {
    let option = family == .ipv4 ? "-4" : "-6"
    let net = family == .ipv4 ? "10.9.0.0/16" : "2001:db8:9::/48"
    let (rules, text, lines, both) = try inNetworkNamespace {
      try shell(
        """
        ip \(option) rule add from \(net) table 1000 priority 100 protocol static
        ip \(option) rule add not to \(net) oif nosuch table 200 priority 110 protocol dhcp
        ip \(option) rule add iif lo fwmark 0x17/0xff prohibit priority 120
        ip \(option) rule add priority 130 table 4294967295
        """)
      var netlink = try RouteNetlink()
      return (
        try netlink.rules(family: family), try shell("ip -j -d -N \(option) rule show"),
        try shell("ip \(option) rule show").split(separator: "\n"), try netlink.rules()
      )
    }
    let expected = try JSONDecoder().decode([RuleInfo].self, from: Data(text.utf8))
    #expect(rules.count == expected.count && rules.count >= 6)
    // Its JSON doesn't tell an inverted rule in a form that can be decoded, its lines do.
    #expect(rules.map(\.isInverted) == lines.map { $0.contains("\tnot from") })
    for (rule, expected) in zip(rules, expected) {
      #expect(rule.priority == expected.priority)
      #expect(rule.source.map { "\($0.address)" } ?? "all" == expected.src)
      #expect(rule.source?.length == expected.srclen)
      #expect(rule.destination.map { "\($0.address)" } == expected.dst)
      #expect(rule.destination?.length == expected.dstlen)
      #expect(rule.table.map { "\($0.rawValue)" } == expected.table)
      #expect(rule.inputInterface == expected.iif && rule.outputInterface == expected.oif)
      #expect(rule.mark.map { "0x" + String($0, radix: 16) } == expected.fwmark)
      #expect("\(rule.ruleProtocol.rawValue)" == expected.protocol)
    }
    #expect(rules.contains { $0.action == .prohibit && $0.table == nil && $0.markMask == 0xff })
    #expect(both.filter { $0.family == family } == rules && both.contains { $0.family != family })
  }

  @Test("The kernel's own rules are those that are assumed without policy routing")
  func defaults() throws {
    let rules = try inNetworkNamespace {
      var netlink = try RouteNetlink()
      return try netlink.rules()
    }
    for family in AddressFamily.allCases {
      let expected = RoutingRule.kernelDefaults(family).map { rule in
        var rule = rule
        rule.ruleProtocol = .kernel
        return rule
      }
      #expect(rules.filter { $0.family == family } == expected)
    }
  }

  @Test("The entry that an address matches has all next hops, and names the holder of a local address")
  func entries() throws {
    let entries = try inNetworkNamespace {
      try shell(NamespaceRouteTests.topology)
      try shell("ip rule add from 10.9.0.1 lookup 200")
      var netlink = try RouteNetlink()
      var texts: [String] = []
      for text in [
        "8.8.8.8", "172.16.1.1", "198.18.0.1", "10.1.2.3", "127.0.0.1", "192.0.2.7", "10.1.2.77",
        "2001:4860::8", "2001:db8:ff::1", "2001:db8::7", "::1",
      ] {
        guard let address = IPAddress(text) else { continue }
        let entry = try netlink.entry(to: address)
        let paths = try entry.paths.map { path in
          let name = try path.outputIndex.flatMap { try netlink.link(index: $0)?.name } ?? "-"
          return "\(path.gateway?.description ?? "-")@\(name)*\(path.weight)"
        }
        texts.append(
          "\(entry.type) \(entry.destination) \(entry.table) \(entry.metric) \(paths.sorted().joined(separator: " "))"
        )
      }
      let source = try netlink.entry(
        to: .v4(IPv4Address(10, 77, 0, 1)), from: .v4(IPv4Address(10, 9, 0, 1)))
      return texts + ["\(source.destination) \(source.table)"]
    }
    #expect(
      entries == [
        "unicast 0.0.0.0/0 main 100 10.1.2.1@mv0*1",
        "unicast 172.16.0.0/12 main 7 10.1.2.1@mv0*3 203.0.113.9@br0*1",
        "unicast 198.18.0.0/15 main 0 10.1.2.9@mv0*1",
        "local 10.1.2.3/32 local 0 -@mv0*1", "local 127.0.0.1/32 local 0 -@lo*1",
        "local 192.0.2.7/32 local 0 -@br0*1", "unicast 10.1.2.0/24 main 0 -@mv0*1",
        "unicast ::/0 main 50 2001:db8::1@mv0*1",
        "unicast 2001:db8:ff::/48 main 1024 2001:db8::1@mv0*2 fe80::2@br0*1",
        "local 2001:db8::7/128 local 0 -@mv0*1", "local ::1/128 local 0 -@lo*1",
        "10.77.0.0/16 200",
      ])
  }
}
