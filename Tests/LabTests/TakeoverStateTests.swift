import Foundation
import Testing

/// The comparison that judges takeovers: what it lets pass, and what it finds. The objects are as iproute2 6.1 prints
/// them, without what doesn't matter here.
struct TakeoverStateTests {
  /// A change to the state after a takeover or an undo, and the differences that it makes.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var nics = ["eth0"]
    var moduleMayStay = false
    var before = Sample.before
    let after: Sample
    let differences: [String]

    init(
      _ name: String, nics: [String] = ["eth0"], moduleMayStay: Bool = false, before: Sample = .before,
      _ after: Sample, _ differences: [String] = []
    ) {
      testDescription = name
      (self.nics, self.moduleMayStay, self.before) = (nics, moduleMayStay, before)
      (self.after, self.differences) = (after, differences)
    }
  }

  /// What lab-netstate leaves, as text.
  struct Sample: Sendable {
    var addresses: String
    var routes4: String
    var routes6 = "[]"
    var rules4 =
      #"[{"priority":0,"src":"all","table":"local"},{"priority":1000,"src":"all","iif":"eth0","table":"100"}]"#
    var neighbours = #"[{"dst":"10.0.0.77","dev":"eth0","lladdr":"52:54:00:77:77:77","state":["PERMANENT"]}]"#
    var nexthops = "[]"
    var links: String
    var sysctls: [String: String]

    func with(_ change: (inout Self) -> Void) -> Self {
      var sample = self
      change(&sample)
      return sample
    }

    /// In each text and sysctl.
    func replacing(_ old: String, _ new: String) -> Self {
      with { sample in
        for path in [\Sample.addresses, \.routes4, \.routes6, \.rules4, \.neighbours, \.nexthops, \.links] {
          sample[keyPath: path] = sample[keyPath: path].replacing(old, with: new)
        }
      }
    }

    func state() throws -> NetworkState {
      let texts = [
        "addresses": addresses, "routes4": routes4, "routes6": routes6, "rules4": rules4, "rules6": "[]",
        "neighbours": neighbours, "proxies": "[]", "nexthops": nexthops, "links": links,
        "sysctls": String(decoding: try JSONEncoder().encode(sysctls), as: UTF8.self),
      ]
      return try NetworkState(
        Dictionary(uniqueKeysWithValues: texts.map { ("state/\($0.key).json", Array($0.value.utf8)) }),
        in: "state")
    }

    static let before = Sample(
      addresses: """
        [{"ifname":"eth0","addr_info":[
          {"family":"inet","local":"10.0.0.10","prefixlen":24,"broadcast":"10.0.0.255","scope":"global","label":"eth0",
           "valid_life_time":4294967295,"preferred_life_time":4294967295},
          {"family":"inet","local":"10.1.0.10","prefixlen":24,"scope":"global","dynamic":true,"label":"eth0:vip",
           "valid_life_time":120,"preferred_life_time":110},
          {"family":"inet6","local":"fd::ff:fe","prefixlen":64,"scope":"global","dynamic":true,
           "valid_life_time":7200,"preferred_life_time":3600},
          {"family":"inet6","local":"fe80::1","prefixlen":64,"scope":"link"}]},{}]
        """,
      routes4: """
        [{"type":"unicast","dst":"default","gateway":"10.0.0.1","dev":"eth0","table":"main","protocol":"static","flags":[]},
         {"type":"unicast","dst":"10.0.0.0/24","dev":"eth0","table":"main","protocol":"kernel","prefsrc":"10.0.0.10","flags":[]},
         {"type":"unicast","dst":"10.9.0.0/24","table":"100","protocol":"boot","metrics":[{"mtu":1400}],"flags":[],
          "nexthops":[{"gateway":"10.0.0.1","dev":"eth0","weight":1,"flags":[]},{"gateway":"10.2.0.1","dev":"eth1","weight":2,"flags":[]}]}]
        """,
      links: """
        [{"ifname":"eth0","flags":["BROADCAST","UP"],"mtu":9000,"address":"52:54:00:0b:00:00","promiscuity":0},
         {"ifname":"eth1","flags":["BROADCAST","UP"],"mtu":9000,"address":"52:54:00:0b:00:01","promiscuity":0}]
        """,
      sysctls: [
        "ipv4/conf/all/rp_filter": "0", "ipv4/conf/eth0/rp_filter": "1", "ipv4/conf/eth0/forwarding": "0",
        "ipv6/conf/eth0/accept_ra": "1", "ipv4/conf/eth1/rp_filter": "0",
      ])

    /// vhost0 has everything, IPv4 without an end; the NIC only its link-local address.
    static let taken = before.replacing("eth0", "vhost0").with { sample in
      sample.addresses = sample.addresses.replacing(
        #""scope":"global""#, with: #""scope":"global","noprefixroute":true"#
      ).replacing(
        "},{}]",
        with: #"},{"ifname":"eth0","addr_info":[{"family":"inet6","local":"fe80::1","prefixlen":64}]}]"#
      )
      .replacing("7200", with: "7150").replacing("3600", with: "3550")
      .replacing(#""dynamic":true,"label""#, with: #""label""#)
      .replacing(":120,", with: ":4294967295,").replacing(":110}", with: ":4294967295}")
      sample.links = before.links.replacing(
        "[{",
        with:
          #"[{"ifname":"vhost0","flags":["UP"],"mtu":9000,"address":"52:54:00:0b:00:00"},{"ifname":"pkt1","flags":[]},{"#
      )
      sample.neighbours = sample.neighbours.replacing(
        "}]", with: #"},{"dst":"10.0.0.1","dev":"vhost0","state":["REACHABLE"]}]"#)
      sample.sysctls = before.sysctls.merging([
        "ipv4/conf/vhost0/rp_filter": "1", "ipv4/conf/vhost0/forwarding": "0",
        "ipv6/conf/vhost0/accept_ra": "1",
        "ipv4/conf/pkt1/rp_filter": "0",
      ]) { $1 }
    }
  }

  private static func plain(_ link: String, _ addresses: String...) -> String {
    let list = addresses.map { #"{"family":"inet","local":"\#($0)"}"# }.joined(separator: ",")
    return #"[{"ifname":"\#(link)","addr_info":[\#(list)]}]"#
  }

  static let takeovers: [Case] = [
    .init("all has moved; lifetimes count down, addresses bring no routes", .taken),
    .init(
      "an address stayed behind",
      .taken.with { sample in
        sample.addresses = sample.addresses.replacing(
          #"{"ifname":"eth0","addr_info":["#,
          with: #"{"ifname":"eth0","addr_info":[{"family":"inet","local":"10.0.0.10","prefixlen":24},"#)
      },
      ["unexpected: address family inet local 10.0.0.10 prefixlen 24 (dev eth0, position 0)"]),
    .init(
      "an address lost its broadcast address",
      .taken.replacing(#""broadcast":"10.0.0.255","#, ""),
      ["changed: address family inet local 10.0.0.10 prefixlen 24: broadcast was 10.0.0.255, is not there"]),
    .init(
      "a label lost its alias", .taken.replacing("vhost0:vip", "vhost0"),
      ["changed: address family inet local 10.1.0.10 prefixlen 24: label was vhost0:vip, is vhost0"]),
    .init(
      "an IPv4 address ends by itself", .taken.replacing(#"vhost0:vip""#, #"vhost0:vip","dynamic":true"#),
      ["changed: address family inet local 10.1.0.10 prefixlen 24: dynamic was not there, is 1"]),
    .init(
      "a lifetime grew", .taken.replacing("7150", "7201"),
      ["changed: address family inet6 local fd::ff:fe prefixlen 64: valid_life_time was 7200, is 7201"]),
    .init(
      "a lifetime grew, as a router renews it",
      before: .before.replacing(#""fd::ff:fe","#, #""fd::ff:fe","mngtmpaddr":true,"#),
      .taken.replacing("7150", "7201").replacing(#""fd::ff:fe","#, #""fd::ff:fe","mngtmpaddr":true,"#)),
    .init(
      "a lifetime became none", .taken.replacing("7150", "4294967295"),
      ["changed: address family inet6 local fd::ff:fe prefixlen 64: valid_life_time was 7200, is 4294967295"]),
    .init(
      "a lifetime is too short", .taken.replacing("7150", "60"),
      ["changed: address family inet6 local fd::ff:fe prefixlen 64: valid_life_time was 7200, is 60"]),
    .init(
      "the addresses are in another order",
      before: .before.with { $0.addresses = plain("eth0", "10.0.0.1", "10.1.0.1") },
      .taken.with { $0.addresses = plain("vhost0", "10.1.0.1", "10.0.0.1") },
      [
        "changed: address family inet local 10.0.0.1: position was 0, is 1",
        "changed: address family inet local 10.1.0.1: position was 1, is 0",
      ]),
    .init(
      "a route is gone",
      .taken.with { $0.routes4 = $0.routes4.replacing(#""dst":"default""#, with: #""dst":"10.8.0.0/24""#) },
      [
        "missing: IPv4 route type unicast dst default table main (dev vhost0, flags , gateway 10.0.0.1, protocol static)",
        "unexpected: IPv4 route type unicast dst 10.8.0.0/24 table main (dev vhost0, flags , gateway 10.0.0.1, protocol static)",
      ]),
    .init(
      "a route's metric became another", .taken.replacing(#""mtu":1400"#, #""mtu":1500"#),
      ["changed: IPv4 route type unicast dst 10.9.0.0/24 table 100: metrics.0.mtu was 1400, is 1500"]),
    .init(
      "a next hop stayed on the NIC",
      .taken.with { sample in
        sample.routes4 = sample.routes4.replacing(
          #""gateway":"10.0.0.1","dev":"vhost0","weight""#,
          with: #""gateway":"10.0.0.1","dev":"eth0","weight""#)
      },
      ["changed: IPv4 route type unicast dst 10.9.0.0/24 table 100: nexthops.0.dev was vhost0, is eth0"]),
    .init(
      "a weight is lost", .taken.replacing(#""weight":2"#, #""weight":1"#),
      ["changed: IPv4 route type unicast dst 10.9.0.0/24 table 100: nexthops.1.weight was 2, is 1"]),
    .init(
      "a rule still names the NIC", .taken.with { $0.rules4 = Sample.before.rules4 },
      ["changed: IPv4 rule priority 1000: iif was vhost0, is eth0"]),
    .init(
      "a permanent neighbour is missing", .taken.with { $0.neighbours = "[]" },
      [
        "missing: neighbour dst 10.0.0.77 (dev vhost0, lladdr 52:54:00:77:77:77, state PERMANENT)"
      ]),
    .init(
      "vhost0 has the wrong MAC",
      .taken.with {
        $0.links = $0.links.replacing(
          #""mtu":9000,"address":"52:54:00:0b:00:00"},{"ifname":"pkt1""#,
          with: #""mtu":9000,"address":"01:00:52:54:00:0b"},{"ifname":"pkt1""#)
      },
      ["changed: link ifname vhost0: address was 52:54:00:0b:00:00, is 01:00:52:54:00:0b"]),
    .init(
      "the reverse-path filter of the window stayed",
      .taken.with { $0.sysctls["ipv4/conf/vhost0/rp_filter"] = "2" },
      ["changed: sysctl name ipv4/conf/vhost0/rp_filter: value was 1, is 2"]),
    .init(
      "another link's sysctl changed", .taken.with { $0.sysctls["ipv4/conf/all/rp_filter"] = "2" },
      ["changed: sysctl name ipv4/conf/all/rp_filter: value was 0, is 2"]),
    .init(
      "over two NICs, the MAC is the multihomed one", nics: ["eth0", "eth1"],
      .before.with { sample in
        sample.links = """
          [{"ifname":"vhost0","flags":["UP"],"mtu":9000,"address":"00:00:5e:00:01:00"},
           {"ifname":"eth0","flags":["UP"],"mtu":9000,"address":"52:54:00:0b:00:00"},
           {"ifname":"eth1","flags":["UP"],"mtu":9000,"address":"52:54:00:0b:00:01"}]
          """
      }),
  ]

  @Test(arguments: takeovers)
  func takeoverIsJudged(_ item: Case) throws {
    let differences = TakeoverComparison(nics: item.nics).afterTakeover(
      try item.before.state(), try item.after.state())
    #expect(differences.map(\.description) == item.differences)
  }

  static let undos: [Case] = [
    .init("nothing has changed", .before),
    .init("lifetimes count down", .before.replacing("7200", "7100")),
    .init(
      "an IPv4 address has no end until its manager gives it one",
      .before.replacing(#""dynamic":true,"label""#, #""label""#).replacing(":120,", ":4294967295,").replacing(
        ":110}", ":4294967295}")),
    .init(
      "neighbours are learned",
      .before.with {
        $0.neighbours = $0.neighbours.replacing(
          "}]", with: #"},{"dst":"10.0.0.1","dev":"eth0","state":["STALE"]}]"#)
      }
    ),
    .init(
      "the address has no connected route of its own any more",
      .before.with {
        $0.addresses = $0.addresses.replacing(
          #""label":"eth0","#, with: #""label":"eth0","noprefixroute":true,"#)
      },
      ["changed: address family inet local 10.0.0.10 prefixlen 24: noprefixroute was not there, is 1"]),
    .init(
      "the route's protocol is ours", .before.replacing(#""protocol":"static""#, #""protocol":"boot""#),
      ["changed: IPv4 route type unicast dst default table main: protocol was static, is boot"]),
    .init(
      "the NIC is promiscuous",
      .before.with { $0.links = $0.links.replacing(#"00","promiscuity":0"#, with: #"00","promiscuity":1"#) },
      ["changed: link ifname eth0: promiscuity was 0, is 1"]),
    .init(
      "a sysctl stayed", .before.with { $0.sysctls["ipv4/conf/eth0/rp_filter"] = "2" },
      ["changed: sysctl name ipv4/conf/eth0/rp_filter: value was 1, is 2"]),
    .init(
      "the module stayed",
      .before.with { $0.links = $0.links.replacing("[{", with: #"[{"ifname":"pkt1"},{"#) },
      ["unexpected: link ifname pkt1 ()"]),
    .init(
      "the module may stay", moduleMayStay: true,
      .before.with { sample in
        sample.links = sample.links.replacing("[{", with: #"[{"ifname":"pkt1"},{"#)
        sample.sysctls["ipv6/conf/pkt1/mtu"] = "65535"
      }),
    .init(
      "vhost0 stayed", moduleMayStay: true,
      .before.with { $0.links = $0.links.replacing("[{", with: #"[{"ifname":"vhost0"},{"#) },
      ["unexpected: link ifname vhost0 ()"]),
  ]

  @Test(arguments: undos)
  func undoIsJudged(_ item: Case) throws {
    let comparison = TakeoverComparison(nics: item.nics, moduleMayStay: item.moduleMayStay)
    let differences = comparison.afterUndo(try item.before.state(), try item.after.state())
    #expect(differences.map(\.description) == item.differences)
  }

  @Test func ofRoutesWithOneMetricTheNearestBelongTogether() {
    func hop(_ gateway: String, _ proto: String) -> NetworkRecord {
      NetworkRecord(.route6, ["dst": "default", "metric": "1024", "gateway": gateway, "protocol": proto])
    }
    let differences = NetworkDifference.between(
      [hop("fe80::1", "ra"), hop("fe80::2", "ra")], [hop("fe80::2", "ra"), hop("fe80::1", "static")])
    #expect(
      differences.map(\.description) == [
        "changed: IPv6 route dst default metric 1024: protocol was ra, is static"
      ])
  }

  @Test func aStateThatIsNotThereIsNamed() {
    let error = #expect(throws: NetworkStateError.self) { try NetworkState([:], in: "before") }
    #expect(error?.what == "there is no before/links.json")
  }
}
