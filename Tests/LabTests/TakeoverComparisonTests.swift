import Testing

/// The takeover beside the step-by-step sequence of today's scripts, in one guest: pings lost and the longest gap, both
/// measured and printed. Watched is the node's own address, and that from which the last of its routes leads to the node.
///
/// The step-by-step sequence takes some eight minutes for 10,000 routes in a guest: `Tests/figures/takeover` has that.
@Suite(.withGuests)
struct TakeoverComparisonTests {
  static let routes = [3, 1000]

  private static func old(_ routes: Int) -> TakeoverCase {
    TakeoverCase("step by step, \(routes) routes", topology: "routes \(routes)")
  }

  private static func ours(_ routes: Int) -> TakeoverCase {
    TakeoverCase("prepare, \(routes) routes", topology: "routes \(routes)")
  }

  private static let run = TakeoverRun(
    routes.flatMap { [old($0), ours($0)] } + [ours(10000)], in: Guest(timeout: .seconds(500)),
    watchers: ["near-0", "last"]
  ) { item in
    item.name.hasPrefix("prepare")
      ? """
      agent prepare prepare --output json
      lab-watch stop
      agent cleanup cleanup
      """
      : """
      lab-old-takeover $NIC
      lab-watch stop
      """
  }

  @Test func prepareLosesNothingWhereStepByStepDoes() async throws {
    var table = [
      "routes | step by step: near, last route | prepare: near, last route (pings lost, longest gap)"
    ]
    func words(_ traffic: Traffic) -> String {
      ["near-0", "last"].compactMap { traffic.reports[$0]?.ping }
        .map { "\($0.lost) of \($0.sent), \($0.longestGapMs) ms" }.joined(separator: "; ")
    }
    for count in Self.routes + [10000] {
      let results = try await Self.run.results(Self.ours(count))
      #expect(try results.code("prepare") == 0, "\(results.said("prepare"))")
      let new = try results.traffic("takeover")
      #expect(new.lost == 0 && new.connectionsSurvived, "\(count) routes:\n\(new)")
      #expect(new.reports.count == 2)
      guard Self.routes.contains(count) else {
        table.append("\(count) | Tests/figures/takeover | \(words(new))")
        continue
      }
      let old = try await Self.run.results(Self.old(count)).traffic("takeover")
      #expect(old.lost > 0, "\(old)")
      #expect(new.longestGapMs < old.longestGapMs, "\(new)\n\(old)")
      table.append("\(count) | \(words(old)) | \(words(new))")
    }
    print(table.joined(separator: "\n"))
  }
}
