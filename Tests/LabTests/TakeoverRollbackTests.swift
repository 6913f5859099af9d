import Testing

/// Takeovers that can't succeed: they are undone or refused, and afterwards the host is as it was, attribute by
/// attribute, and answers.
@Suite(.withGuests)
struct TakeoverRollbackTests {
  /// The module is there already, told to do something.
  private static func module(_ parameter: String, _ value: Int) -> String {
    "modprobe vrouter && echo \(value) >/sys/module/vrouter/parameters/standin_\(parameter)"
  }

  /// A vhost0 that has another's MAC.
  private static let wrongMAC = "modprobe vrouter && ip link add vhost0 address 02:00:00:00:00:99 type vhost"

  /// What the gateway does at the moment at which vhost0 has the node's address: it falls silent, until the run has ended.
  private static let gatewayFallsSilent = """
    lab-when address 10.10.0.10 dash -c '
      ip netns exec gw0 dash -c "echo 1 >/proc/sys/net/ipv4/icmp_echo_ignore_all
        echo 8 >/proc/sys/net/ipv4/conf/port0/arp_ignore"
      ip -n gw0 neigh flush all
      ip neigh flush all' >/dev/null
    """

  static let cases = [
    TakeoverCase(
      "no frame reaches vhost0", topology: "dual", outcome: .undone([14]),
      settings: ["VROUTER_VERIFY_TIMEOUT": "3s"],
      before: module("silent", 1)),
    TakeoverCase(
      "no frame leaves vhost0", topology: "nic", outcome: .undone([14]),
      settings: ["VROUTER_VERIFY_TIMEOUT": "3s"],
      before: module("silent", 2)),
    TakeoverCase(
      "the gateway falls silent", topology: "nic", outcome: .undone([14]),
      settings: ["VROUTER_VERIFY_TIMEOUT": "3s"],
      before: "modprobe vrouter", atOnce: gatewayFallsSilent),
    TakeoverCase(
      "vhost0 is refused", topology: "nic", outcome: .undone([14]), before: module("refuse_link", 1)),
    TakeoverCase(
      "no memory for the physical interface", topology: "nic", outcome: .undone([14]),
      before: module("refuse_vif", 1)),
    TakeoverCase(
      "no memory for vhost0's interface", topology: "secondary", outcome: .undone([14]),
      before: module("refuse_host", 1)),
    TakeoverCase(
      "the second physical interface is refused", topology: "l3mh", nics: ["eth0", "eth1"],
      outcome: .undone([14]),
      before: module("refuse_vif", 2)),
    TakeoverCase("a route is refused", topology: "stale-route", outcome: .undone([11, 14])),
    TakeoverCase(
      "vhost0 exists with a wrong MAC", topology: "nic", outcome: .doneOrUndone([11, 14]), before: wrongMAC),
    TakeoverCase("the NIC is a bridge's port", topology: "bridge-port", outcome: .undone([11, 14])),
    TakeoverCase("another receives the NIC's frames", topology: "macvlan", outcome: .undone([11, 14])),
  ]

  private static let run = TakeoverRun(cases, in: Guest(timeout: .seconds(500))) { _ in
    // The node answers afterwards: all watchers flow anew, or that command fails, and its folder is empty.
    """
    agent prepare prepare --output json
    lab-netstate restored
    lab-watch stop
    ip netns exec gw0 dash -c 'echo 0 >/proc/sys/net/ipv4/icmp_echo_ignore_all
      echo 0 >/proc/sys/net/ipv4/conf/port0/arp_ignore'
    ip link show vhost0 >vhost0 2>/dev/null || :
    probe
    lab-watch start answers && lab-watch stop
    """
  }

  @Test(arguments: cases)
  func theHostIsAsBefore(_ item: TakeoverCase) async throws {
    let results = try await Self.run.results(item)
    let before = try results.state("before")
    let after = try results.state("restored")
    let comparison = TakeoverComparison(nics: item.nics, moduleMayStay: true)
    let code = try results.code("prepare")
    let said = results.said("prepare")
    let ready = try results.code("probe") == 0
    switch item.outcome {
    case .doneOrUndone where code == 0:
      let differences = comparison.afterTakeover(before, after)
      #expect(differences.isEmpty, "\(differences.report)\n\(said)")
      #expect(ready)
    case .done: #expect(code == 0, "\(said)")
    case .undone(let codes), .doneOrUndone(let codes):
      #expect(codes.contains(code), "\(code): \(said)")
      let differences = comparison.afterUndo(before, after)
      #expect(differences.isEmpty, "\(differences.report)\n\(said)")
      #expect(!ready, "the probe says ready after code \(code)")
      // What went wrong is said.
      #expect(results.text("prepare.err")?.contains("vrouter-node-agent: ") == true, "\(said)")
    }
    let answers = try results.traffic("answers")
    #expect(
      answers.reports.count >= 4 && answers.lost == 0 && answers.connectionsSurvived, "\(answers)\n\(said)")
    print("\(item.name): prepare ended with \(code)\n\(try results.traffic("takeover"))")
    #expect(results.text("dangers") == "")
  }
}
