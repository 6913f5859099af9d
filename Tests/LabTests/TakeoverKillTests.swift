import Testing

/// `prepare` killed at every moment that it names: the next run ends done or undone, never in between. In one boot for
/// each half of the moments; the table of all is printed.
@Suite(.withGuests)
struct TakeoverKillTests {
  /// What became of one moment.
  struct Row: Sendable, CustomStringConvertible {
    let moment: String
    /// Exit codes of the killed run and of the next one.
    let killed: Int32
    let second: Int32
    let state: String
    /// Whether the node answered before the next run, and does after it.
    let meanwhile: Bool
    let answers: Bool

    var description: String {
      func word(_ answers: Bool) -> String { answers ? "answers" : "SILENT " }
      return "\(moment.padding(to: 44)) \(killed)  \(word(meanwhile))  \(second)  \(word(answers))  \(state)"
    }
  }

  private static let halves = [0, 1].map { half in
    TakeoverCase("killed at each moment, half \(half)", topology: "dual", before: "HALF=\(half)")
  }

  private static let runs = halves.map { item in
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
      [ $((number % 2)) = "$HALF" ] || continue
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
    var rows: [(Int, Row)] = []
    var moments = 0
    for (run, item) in zip(Self.runs, Self.halves) {
      let results = try await run.results(item)
      try #require(try results.code("plan") == 0, "\(results.said("plan"))")
      let names = (results.text("moments") ?? "").split(separator: "\n").map(String.init)
      moments = names.count
      let before = try results.state("before")
      for (index, name) in names.enumerated() where (index + 1) % 2 == (item.before == "HALF=0" ? 0 : 1) {
        rows.append((index, try Self.row(name, "\(index + 1)", before, results)))
      }
      #expect(results.text("dangers") == "")
    }
    rows.sort { $0.0 < $1.0 }
    print(
      "killed at \(moments) moments: the moment, the exit code, the node; the next run's code, the node, the network"
    )
    for (_, row) in rows { print(row) }
    #expect(moments > 0 && rows.count == moments)
    for (_, row) in rows {
      #expect(row.killed == 137, "\(row)")
      // The node is never without its address.
      #expect(row.meanwhile && row.answers, "\(row)")
      #expect(row.state.hasPrefix("done") || row.state.hasPrefix("undone"), "\(row)")
    }
  }

  private static func row(
    _ moment: String, _ number: String, _ before: NetworkState, _ results: TakeoverResults
  ) throws -> Row {
    let after = try results.state("\(number)/after")
    let second = try results.code("\(number)/second")
    let comparison = TakeoverComparison(nics: ["eth0"], moduleMayStay: true, mostSeconds: 900)
    let differences =
      second == 0 ? comparison.afterTakeover(before, after) : comparison.afterUndo(before, after)
    var state = second == 0 ? "done" : "undone"
    if !differences.isEmpty {
      state = "IN BETWEEN: \(differences.report)\n\(results.said("\(number)/second"))"
    }
    let cleanup = try results.code("\(number)/cleanup")
    let left = comparison.afterUndo(before, try results.state("\(number)/restored"))
    if cleanup != 0 || !left.isEmpty {
      state =
        "NOT CLEANED UP (\(cleanup)) after \(state): \(left.report)\n\(results.said("\(number)/cleanup"))"
    }
    // Of a watcher that had no answer there is no report.
    let meanwhile = try results.traffic("\(number)/meanwhile")
    let answers = try results.traffic("\(number)/answers")
    return Row(
      moment: moment, killed: try results.code("\(number)/killed"), second: second, state: state,
      meanwhile: meanwhile.reports.count == 2, answers: answers.reports.count == 2 && answers.lost == 0)
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
