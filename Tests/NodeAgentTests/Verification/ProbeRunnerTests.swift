import Glibc
import Netlink
import TestSupport
import Testing

@testable import NodeAgent

/// Probes by real sockets, in network namespaces with a neighbour that answers or doesn't.
@Suite struct ProbeRunnerTests {
  private static func neighbour(_ gateway: String) throws -> VerificationProbe {
    VerificationProbe(.gatewayNeighbour(try #require(IPAddress(gateway))))
  }

  private static func echo(_ gateway: String) throws -> VerificationProbe {
    VerificationProbe(.gatewayEcho(try #require(IPAddress(gateway))))
  }

  private static func tcp(_ address: String, mayRefuse: Bool = false) throws -> VerificationProbe {
    let address = try #require(IPAddress(address))
    return VerificationProbe(
      .tcp(
        .init(
          role: .controlNode, name: address.description, address: address, port: 5269, mayRefuse: mayRefuse)))
  }

  private static let routes = AddressFamily.allCases.map { VerificationProbe(.defaultRoute($0)) }

  /// With everything there, each probe passes, and the run is over long before the limit.
  @Test func allPass() throws {
    let probes =
      try [
        Self.neighbour("10.0.2.2"), Self.neighbour("2001:db8::2"), Self.neighbour("fe80::2"),
        Self.echo("10.0.2.2"), Self.echo("2001:db8::2"), Self.echo("fe80::2"), Self.tcp("10.9.0.1"),
        Self.tcp("2001:db8:9::1"), Self.tcp("10.0.2.2"),
      ] + Self.routes
    let (results, time) = try withProbeNetwork { network in
      let listener = try network.listen(5269)
      defer { withExtendedLifetime(listener) {} }
      let began = ContinuousClock.now
      return (network.run(probes), ContinuousClock.now - began)
    }
    #expect(results.map(\.probe) == probes)
    for result in results {
      #expect(result.isPassed && result.isByInterface, "\(result)")
    }
    #expect(time < .seconds(10))
    #expect(results[0].seen.hasPrefix("10.0.2.2 is at 52:54:00:0a:00:02, "))
    #expect(results[1].seen.hasPrefix("2001:db8::2 is at 52:54:00:0a:00:02, "))
    #expect(results[4].seen.hasPrefix("echo reply from 2001:db8::2, "))
    #expect(results[7].seen.hasPrefix("connected to [2001:db8:9::1]:5269, "))
    #expect(results[9].seen == "the IPv4 default route leaves by nic0 via 10.0.2.2")
  }

  /// What is wrong with the network, what is asked, and what is said of it.
  struct Silence: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Scripts of the node and of the neighbour.
    var node = "true"
    var neighbour = "true"
    let probe: @Sendable () throws -> VerificationProbe
    var outcome = ProbeResult.Outcome.failed
    let says: [String]
  }

  static let silences = [
    Silence(
      testDescription: "a neighbour without ARP", neighbour: "ip link set gw0 arp off",
      probe: { try neighbour("10.0.2.2") },
      says: ["no ARP answer from 10.0.2.2 by nic0 within 1 s", " requests sent"]),
    Silence(
      testDescription: "an IPv4 address that nobody has", probe: { try neighbour("10.0.2.9") },
      says: ["no ARP answer from 10.0.2.9 by nic0 within 1 s"]),
    Silence(
      testDescription: "an IPv6 address that nobody has", probe: { try neighbour("2001:db8::9") },
      says: ["no neighbour discovery answer from 2001:db8::9 by nic0 within 1 s", " requests sent"]),
    Silence(
      testDescription: "the node's own address", probe: { try neighbour("10.0.2.15") },
      says: ["no ARP answer from 10.0.2.15"]),
    Silence(
      testDescription: "an interface that is down", node: "ip link set nic0 down",
      probe: { try neighbour("10.0.2.2") },
      says: ["no ARP answer from 10.0.2.2", "0 requests sent; at last: send by nic0: Network is down"]),
    Silence(
      testDescription: "an interface that is gone", node: "ip link delete nic0",
      probe: { try neighbour("10.0.2.2") }, says: ["0 requests sent; at last: send by nic0: No such device"]),
    Silence(
      testDescription: "ICMP that is passed over",
      neighbour: "echo 1 >/proc/sys/net/ipv4/icmp_echo_ignore_all",
      probe: { try echo("10.0.2.2") }, says: ["no echo reply from 10.0.2.2 within 1 s, ", " requests sent"]),
    Silence(
      testDescription: "ICMPv6 that is passed over",
      neighbour: "echo 1 >/proc/sys/net/ipv6/icmp/echo_ignore_all",
      probe: { try echo("2001:db8::2") },
      says: ["no echo reply from 2001:db8::2 within 1 s, ", " requests sent"]
    ),
    Silence(
      testDescription: "no route for the echo", node: "ip route flush table main",
      probe: { try echo("10.0.2.2") },
      says: ["0 requests sent; at last: send to 10.0.2.2: Network is unreachable"]),
    Silence(
      testDescription: "a port where nothing listens", probe: { try tcp("10.9.0.1") }, outcome: .refused,
      says: ["connection to 10.9.0.1:5269 refused"]),
    Silence(
      testDescription: "the same over IPv6", probe: { try tcp("2001:db8:9::1") }, outcome: .refused,
      says: ["connection to [2001:db8:9::1]:5269 refused"]),
    Silence(
      testDescription: "a server whose packets are dropped", probe: { try tcp("10.9.0.2") },
      says: ["no connection to 10.9.0.2:5269 within 1 s, 1 attempt"]),
    Silence(
      testDescription: "no route to the server", node: "ip route delete default",
      probe: { try tcp("10.9.0.1") },
      says: [
        "no connection to 10.9.0.1:5269",
        "attempts; at last: connect to 10.9.0.1:5269: Network is unreachable",
      ]),
    Silence(
      testDescription: "no default route", node: "ip route delete default",
      probe: { VerificationProbe(.defaultRoute(.ipv4)) }, says: ["there is no IPv4 default route"]),
    Silence(
      testDescription: "a default route by another interface",
      node:
        "ip link add other0 type veth peer name far0; ip link set far0 up; ip link set other0 up; ip -6 route replace default dev other0 metric 1",
      probe: { VerificationProbe(.defaultRoute(.ipv6)) },
      says: ["the IPv6 default route leaves by other0, not by nic0"]),
    Silence(
      testDescription: "a node without an address of the family", node: "ip -6 address flush dev nic0",
      probe: { try neighbour("2001:db8::2") },
      says: ["0 requests sent; at last: nic0 has no IPv6 address to ask from"]),
  ]

  @Test(arguments: silences) func whatDoesNotPassSaysWhatItSaw(silence: Silence) throws {
    let probe = try silence.probe()
    let result = try withProbeNetwork { network in
      try network.shellOfNeighbour(silence.neighbour)
      let before = network.nic
      try shell(silence.node)
      let now = try ProbeInterface.observe("nic0") ?? before
      return KernelProbeRunner().run([probe], by: now, within: .seconds(1))
    }.first
    #expect(result?.outcome == silence.outcome)
    #expect(result?.isPassed == false)
    let seen = try #require(result?.seen)
    for words in silence.says { #expect(seen.contains(words), "\(seen)") }
  }

  /// A server that refused before may refuse again: then there is nothing to wait for.
  @Test func aRefusalThatIsAllowedEndsTheRun() throws {
    let probe = try Self.tcp("10.9.0.1", mayRefuse: true)
    let (results, time) = try withProbeNetwork { network in
      let began = ContinuousClock.now
      return (network.run([probe]), ContinuousClock.now - began)
    }
    #expect(results.map(\.outcome) == [.refused])
    #expect(results.map(\.isByInterface) == [true])
    #expect(time < .seconds(10))
  }

  /// What doesn't answer the first time is asked again: here the neighbour begins to answer once it has seen a request.
  @Test(arguments: ["10.0.2.2", "2001:db8::7"]) func askedUntilItAnswers(address: String) throws {
    let probe = try Self.neighbour(address)
    let isFour = probe.description.contains("ARP")
    let result = try withProbeNetwork { network in
      if isFour { try network.shellOfNeighbour("ip link set gw0 arp off") }
      let seen = try network.frames(isFour ? EthernetFrame.arp : EthernetFrame.ipv6)
      let (results, failure) = SideBySide.run(
        { network.run([probe]) },
        {
          // A request of ours: broadcast ARP, or a solicitation for that address.
          let requests = try? awaitFrames(1, from: seen) { frame in
            isFour ? frame[6] == 0x52 : frame.count >= 78 && frame[54] == 135 && frame[77] == 7
          }
          let script = isFour ? "ip link set gw0 arp on" : "ip address add 2001:db8::7/64 dev gw0 nodad"
          try? network.shellOfNeighbour(script)
          return requests?.count
        })
      return (results, failure)
    }
    #expect(result.1 == 1, "no request was seen")
    #expect(result.0.map(\.outcome) == [.passed], "\(result.0)")
  }

  /// An answer that names the interface's own MAC address comes from this host, or from somebody who echoes it.
  @Test func anAnswerFromItselfIsNone() throws {
    let probe = try Self.neighbour("10.0.2.2")
    let (results, sent) = try withProbeNetwork { network in
      try network.shellOfNeighbour("ip link set gw0 arp off")
      let wire = try network.frames(EthernetFrame.arp)
      let own = network.nic.mac
      return SideBySide.run(
        { KernelProbeRunner().run([probe], by: network.nic, within: .seconds(2)) },
        {
          guard let request = try? awaitFrames(1, from: wire, where: { $0[6] == 0x52 }).first else {
            return false
          }
          // The request turned into a reply: operation 2, from the gateway's address at the asker's own MAC.
          var reply = request
          reply[21] = 2
          reply.replaceSubrange(22..<32, with: own.bytes + [10, 0, 2, 2])
          return (try? wire.send(reply)) != nil
        })
    }
    #expect(sent)
    #expect(results.map(\.outcome) == [.failed])
    #expect(
      results.first?.seen.contains("10.0.2.2 is said to be at 52:54:00:0a:00:0f, which is nic0 itself")
        == true, "\(results)")
  }

  /// What came about over another interface is told apart.
  @Test func anotherWayIsSeen() throws {
    let probes = try [Self.echo("10.0.2.2"), Self.tcp("10.0.2.2")]
    let results = try withProbeNetwork { network in
      let listener = try network.listen(5269)
      defer { withExtendedLifetime(listener) {} }
      try shell(
        "ip link add other0 type veth peer name far0; ip link set far0 up; ip link set other0 up; ip address add 10.7.0.1/24 dev other0"
      )
      guard let other = try ProbeInterface.observe("other0") else { return [ProbeResult]() }
      return KernelProbeRunner().run(probes, by: other, within: .seconds(20))
    }
    #expect(results.map(\.outcome) == [.passed, .passed])
    #expect(results.map(\.isByInterface) == [false, false])
  }

  /// Of a multipath default route, each path is by the interface.
  @Test func aMultipathDefaultRoute() throws {
    let results = try withProbeNetwork { network in
      try shell(
        """
        ip link add other0 type veth peer name far0; ip link set far0 up; ip link set other0 up; ip address add 10.7.0.1/24 dev other0
        ip route replace default nexthop via 10.7.0.9 dev other0 weight 200 nexthop via 10.0.2.2 dev nic0
        """)
      return network.run([VerificationProbe(.defaultRoute(.ipv4))])
    }
    #expect(results.map(\.outcome) == [.passed])
    #expect(
      results.first?.seen
        == "the IPv4 default route leaves by other0 via 10.7.0.9 and nic0 via 10.0.2.2")
  }

  @Test func nothingToAskIsAnsweredAtOnce() throws {
    #expect(try withProbeNetwork { $0.run([]) }.isEmpty)
  }
}
