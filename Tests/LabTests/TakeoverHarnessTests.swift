import Testing

/// The measuring itself, tried on what is known: a takeover by hand, make before break, loses nothing and is found right;
/// the step-by-step sequence of today's scripts loses pings, and what it forgets is found.
@Suite(.withGuests)
struct TakeoverHarnessTests {
  static let careful = [
    TakeoverCase("one NIC", topology: "nic"), TakeoverCase("IPv6 alone", topology: "ipv6"),
    TakeoverCase("two gateways", topology: "ecmp-gateways"),
    TakeoverCase("a VLAN", topology: "vlan", nics: ["eth0.100"]),
  ]
  static let old = [
    TakeoverCase("one NIC, step by step", topology: "nic"),
    TakeoverCase("secondary addresses, step by step", topology: "secondary"),
  ]

  private static let run = TakeoverRun(careful + old, in: Guest(programs: [], timeout: .seconds(240))) {
    item in
    let isOld = item.name.hasSuffix("step by step")
    return """
      \(isOld ? "lab-old-takeover" : "lab-careful-takeover") $NIC
      lab-netstate after
      lab-watch stop
      \(isOld ? "" : "lab-careful-takeover undo $NIC; lab-netstate restored")
      """
  }

  @Test(arguments: careful)
  func makeBeforeBreakIsFoundRight(_ item: TakeoverCase) async throws {
    let results = try await Self.run.results(item)
    let before = try results.state("before")
    let comparison = TakeoverComparison(nics: item.nics)
    let moved = comparison.afterTakeover(before, try results.state("after"))
    #expect(moved.isEmpty, "\(moved.report)\n\(results.log)")
    let undone = comparison.afterUndo(before, try results.state("restored"))
    #expect(undone.isEmpty, "\(undone.report)\n\(results.log)")
    let traffic = try results.traffic("takeover")
    print("\(item.name), make before break by hand:\n\(traffic)")
    #expect(traffic.reports.count == 4)
    #expect(traffic.lost == 0 && traffic.connectionsSurvived, "\(traffic)")
    #expect(results.text("dangers") == "")
  }

  @Test(arguments: old)
  func stepByStepIsFoundWanting(_ item: TakeoverCase) async throws {
    let results = try await Self.run.results(item)
    let traffic = try results.traffic("takeover")
    print("\(item.name):\n\(traffic)")
    for name in ["near-0", "far-0", "out", "gateway"] {
      let report = try #require(traffic.reports[name])
      #expect(report.ping.lost > 0 && report.ping.longestGapMs > 50, "\(name) in\n\(traffic)")
    }
    let differences = TakeoverComparison(nics: item.nics)
      .afterTakeover(try results.state("before"), try results.state("after")).map(\.description)
    guard item.topology == "secondary" else { return }
    for lost in ["family inet6 local fd10::10", "label was vhost0:vip"] {
      #expect(
        differences.contains { $0.contains(lost) }, "\(lost) in\n\(differences.joined(separator: "\n"))")
    }
  }
}
