import Testing

/// `prepare` killed at every moment that it names: the next run ends done or undone, never in between. In one boot for
/// each half of the moments; the table of all is printed.
@Suite(.withGuests)
struct TakeoverKillTests {
  /// The first two share the moments of one node. In the third nobody watches over the run, as in a container whose process
  /// 1 it is: what it leaves half done is the next run's.
  private static let cases = [
    TakeoverCase("killed at each moment, even", topology: "dual", before: "HALF=0"),
    TakeoverCase("killed at each moment, odd", topology: "dual", before: "HALF=1"),
    TakeoverCase(
      "killed at each moment, without a guardian", topology: "nic",
      settings: ["VROUTER_TEST_WITHOUT_GUARDIAN": "1"], before: "HALF=all"),
  ]

  private static let runs = cases.map { item in
    TakeoverRun([item], in: Guest(timeout: .seconds(900)), limit: 800) { _ in script }
  }

  /// The moments come from the program itself; `again` waits while something of the killed run still holds the lock (a
  /// guardian that undoes).
  private static let script = """
    lab-watch stop
    agent plan prepare --dry-run --output json
    tr -d ' \\n' <plan.out | grep -o '"moments":\\[[^]]*\\]' | sed 's/"moments":.//; s/.$//' | tr -d '"' | tr , '\\n' >moments
    number=0
    while read -r moment; do
      number=$((number + 1))
      [ "$HALF" = all ] || [ $((number % 2)) = "$HALF" ] || continue
      echo "lab: killed at $moment" >/dev/kmsg
      mkdir "$number"
      echo "$moment" >"$number/moment"
      VROUTER_TEST_KILL_AT=$moment agent "$number/killed" prepare --output json </dev/null
      lab-watch start "$number/meanwhile" near-0 near-1 </dev/null && lab-watch stop
      tries=0
      agent "$number/second" prepare --output json </dev/null
      while [ "$(cat "$number/second.code")" = 16 ] && [ $tries -lt 100 ]; do
        sleep 0.2
        tries=$((tries + 1))
        agent "$number/second" prepare --output json </dev/null
      done
      lab-netstate "$number/after"
      lab-watch start "$number/answers" near-0 near-1 </dev/null && lab-watch stop
      agent "$number/cleanup" cleanup </dev/null
      lab-netstate "$number/restored"
    done <moments
    """

  @Test func theNextRunEndsDoneOrUndone() async throws {
    var rows: [(Int, KilledRun)] = []
    for (run, item) in zip(Self.runs.dropLast(), Self.cases) {
      rows += try await Self.rows(run, item)
    }
    try KilledRun.judge(rows.sorted { $0.0 < $1.0 }.map(\.1), "killed")
  }

  @Test func theNextRunEndsDoneOrUndoneWithoutAGuardian() async throws {
    try KilledRun.judge(
      try await Self.rows(Self.runs[2], Self.cases[2]).map(\.1), "killed, and nobody watches over it")
  }

  /// The moments' numbers, and what came of each.
  private static func rows(_ run: TakeoverRun, _ item: TakeoverCase) async throws -> [(Int, KilledRun)] {
    let results = try await run.results(item)
    try #require(try results.code("plan") == 0, "\(results.said("plan"))")
    let names = (results.text("moments") ?? "").split(separator: "\n").map(String.init)
    let before = try results.state("before")
    let half = item.before.hasSuffix("all") ? nil : item.before.hasSuffix("0") ? 0 : 1
    let numbers = (1...names.count).filter { half == nil || $0 % 2 == half }
    #expect(results.text("dangers") == "")
    return try numbers.map { number in
      (number, try KilledRun("\(number)", at: names[number - 1], before: before, results))
    }
  }
}
