import FoundationEssentials
import Netlink
import Testing

@testable import NodeAgent

/// What has to hold after a takeover, and what doesn't.
@Suite struct VerificationTests {
  private static let gateway = IPAddress.v4(IPv4Address(10, 0, 0, 1))
  private static let neighbour = VerificationProbe(.gatewayNeighbour(gateway))
  private static let echo = VerificationProbe(.gatewayEcho(gateway))
  private static let route = VerificationProbe(.defaultRoute(.ipv4))
  private static func server(_ role: VerificationProbe.Server.Role) -> VerificationProbe {
    VerificationProbe(
      .tcp(.init(role: role, name: "ctl1", address: .v4(IPv4Address(10, 9, 9, 9)), port: 5269)))
  }
  private static let control = server(.controlNode)
  private static let api = server(.kubernetesAPI)

  private static func result(
    _ probe: VerificationProbe, _ outcome: ProbeResult.Outcome = .passed, by isByInterface: Bool = true,
    of interface: String = "eth0"
  ) -> ProbeResult {
    ProbeResult(
      probe: probe, interface: interface, outcome: outcome, seen: "\(outcome)",
      isByInterface: outcome != .failed && isByInterface)
  }

  /// One that shows frames to leave by the interface and to come back is needed; others don't do.
  @Test(
    arguments: [
      ([result(neighbour)], true), ([result(echo)], true), ([result(control)], true),
      ([result(control, .refused)], true), ([result(neighbour, .failed), result(echo)], true),
      ([], false), ([result(neighbour, .failed)], false), ([result(route)], false), ([result(api)], false),
      ([result(route), result(api)], false), ([result(control, by: false)], false),
      ([result(echo, by: false), result(route)], false),
      ([result(neighbour, .failed), result(control, .failed), result(route)], false),
    ] as [([ProbeResult], Bool)])
  func aTakeoverTakesOneThatShowsTheInterfaceToWork(results: [ProbeResult], isEnough: Bool) {
    do throws(Verification.Refusal) {
      _ = try Verification(baseline: results)
      #expect(isEnough)
    } catch {
      #expect(!isEnough)
      for result in results { #expect("\(error)".contains("\(result)")) }
      #expect("\(error)".contains("VROUTER_VERIFY=none"))
    }
  }

  @Test func onlyWhatPassedIsAskedAgain() throws {
    let verification = try Verification(baseline: [
      Self.result(Self.neighbour), Self.result(Self.echo, .failed), Self.result(Self.route),
      Self.result(Self.control, .refused),
    ])
    #expect(verification.probes == [Self.neighbour, Self.route, Self.control.allowingRefusal])
    #expect(verification.before.map(\.probe) == [Self.neighbour, Self.route, Self.control])
  }

  private static let refusing = control.allowingRefusal

  @Test(
    arguments: [
      ([result(neighbour), result(route)], [result(neighbour), result(route)], []),
      ([result(neighbour), result(echo, .failed)], [result(neighbour)], []),
      ([result(neighbour), result(route)], [result(neighbour), result(route, .failed)], [route]),
      ([result(neighbour), result(route)], [result(neighbour, .failed), result(route)], [neighbour]),
      ([result(neighbour), result(route)], [result(neighbour)], [route]),
      ([result(neighbour), result(control)], [result(neighbour), result(control, .refused)], [control]),
      ([result(control, .refused)], [result(refusing, .refused)], []),
      ([result(control, .refused)], [result(refusing)], []),
      ([result(control, .refused)], [result(refusing, .failed)], [refusing]),
      // Over another interface than the one that took over.
      ([result(control)], [result(control, by: false)], [control]),
      ([result(neighbour), result(api, by: false)], [result(neighbour), result(api, by: false)], []),
      ([result(neighbour), result(api, by: false)], [result(neighbour), result(api)], []),
    ] as [([ProbeResult], [ProbeResult], [VerificationProbe])])
  func afterwards(before: [ProbeResult], after: [ProbeResult], failing: [VerificationProbe]) throws {
    let verdict = try Verification(baseline: before).verdict(after: after)
    #expect(verdict.failures.map(\.probe) == failing)
    #expect(verdict.isPassed == failing.isEmpty)
    for failure in verdict.failures { #expect("\(verdict)".contains("\(failure.probe): ")) }
  }

  /// What a journal holds leads to the same verdict.
  @Test func survivesBeingWrittenDown() throws {
    let verification = try Verification(baseline: [
      Self.result(Self.neighbour), Self.result(Self.control, .refused), Self.result(Self.route),
    ])
    let data = try JSONEncoder().encode(verification)
    #expect(try JSONDecoder().decode(Verification.self, from: data) == verification)
  }

  /// Of several interfaces each is asked what it was asked before, and what goes by hash counts by whichever it goes.
  @Test func severalInterfacesEachOweTheirOwn() throws {
    let verification = try Verification(baseline: [
      Self.result(Self.neighbour), Self.result(Self.control),
      Self.result(Self.echo, of: "eth1"), Self.result(Self.control, by: false, of: "eth1"),
    ])
    #expect(verification.probes(by: "eth0") == [Self.neighbour, Self.control])
    #expect(verification.probes(by: "eth1") == [Self.echo, Self.control])
    let after = [
      Self.result(Self.neighbour), Self.result(Self.control, by: false),
      Self.result(Self.echo, of: "eth1"), Self.result(Self.control, of: "eth1"),
    ]
    #expect(verification.verdict(after: after).isPassed)
    let lost = after.dropLast() + [Self.result(Self.control, .failed, of: "eth1")]
    #expect(verification.verdict(after: Array(lost)).failures.map(\.probe) == [Self.control])
  }

  @Test func theTimeBeforeIsLimited() {
    #expect(Verification.baselineLimit(.seconds(15)) == .seconds(5))
    #expect(Verification.baselineLimit(.seconds(2)) == .seconds(2))
  }

  @Test(
    arguments: [
      (["10.0.0.5/24", "10.0.1.5/24"], "10.0.1.1", "10.0.1.5"),
      (["10.0.0.5/32", "10.0.1.5/32"], "10.0.1.1", "10.0.0.5"),
      (["2001:db8::5/64", "fe80::5/64"], "2001:db8::1", "2001:db8::5"),
      (["2001:db8::5/128", "fe80::5/64"], "2001:db8::1", "fe80::5"),
      (["2001:db8::5/64", "fe80::5/64"], "fe80::1", "fe80::5"),
      (["2001:db8::5/64"], "10.0.0.1", nil), ([], "10.0.0.1", nil),
    ] as [([String], String, String?)])
  func theSourceOfAQuestion(addresses: [String], target: String, source: String?) throws {
    let interface = ProbeInterface(
      name: "eth0", index: 2, mac: try #require(MACAddress(rawValue: 1)),
      addresses: try addresses.map { try #require(IPPrefix($0)) })
    #expect(interface.source(towards: try #require(IPAddress(target)))?.description == source)
  }
}
