import Foundation
import Testing

/// `cleanup` killed at every moment, one after the other until it isn't killed any more: the node answers all the same, a
/// second one ends with the network as it was, and a `prepare` instead of that with vhost0 in its place. The tables are printed.
@Suite(.withGuests)
struct CleanupKillTests {
  private static let cases = ["cleanup", "prepare"].map { next in
    TakeoverCase("cleanup killed, then \(next)", topology: "nic", before: "NEXT=\(next)")
  }

  private static let runs = cases.map { item in
    TakeoverRun([item], in: Guest(timeout: .seconds(900)), limit: 800) { _ in script }
  }

  private static let script = """
    lab-watch stop
    number=0
    while [ $number -lt 200 ]; do
      number=$((number + 1))
      echo "lab: killed at moment $number" >/dev/kmsg
      mkdir "$number"
      agent "$number/prepare" prepare </dev/null
      VROUTER_TEST_KILL_AT=number:$number agent "$number/killed" cleanup </dev/null
      [ "$(cat "$number/killed.code")" = 137 ] || break
      lab-watch start "$number/meanwhile" near-0 </dev/null && lab-watch stop
      agent "$number/second" $NEXT </dev/null
      lab-netstate "$number/after"
      lab-watch start "$number/answers" near-0 </dev/null && lab-watch stop
      agent "$number/cleanup" cleanup </dev/null
      lab-netstate "$number/restored"
    done
    echo "$number" >moments
    """

  @Test(arguments: [0, 1]) func theNextRunEndsIt(_ index: Int) async throws {
    let item = Self.cases[index]
    let results = try await Self.runs[index].results(item)
    let moments = Int((results.text("moments") ?? "").trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    // The last one came to its end.
    #expect(try results.code("\(moments)/killed") == 0, "\(results.said("\(moments)/killed"))")
    let before = try results.state("before")
    // Those of the takeover's undoing, and those between its parts.
    try #require(moments > 10)
    let runs = try (1..<moments).map { number in
      #expect(try results.code("\(number)/prepare") == 0, "\(results.said("\(number)/prepare"))")
      return try KilledRun(
        "\(number)", at: "moment \(number)", endsDone: index == 1, before: before, results)
    }
    try KilledRun.judge(runs, item.name)
    for run in runs { #expect(run.second == 0, "\(run)") }
    #expect(results.text("dangers") == "")
  }
}
