import Testing

/// What became of a run that was killed at one moment, and of the next one.
struct KilledRun: Sendable, CustomStringConvertible {
  static let legend =
    "the moment, the exit code, the node; the next run's code, the node, the network"

  let moment: String
  /// Exit codes of the killed run and of the next one.
  let killed: Int32
  let second: Int32
  /// "done", "undone", or what is wrong.
  let state: String
  /// Whether the node answered before the next run, and does after it.
  let meanwhile: Bool
  let answers: Bool

  var description: String {
    func word(_ answers: Bool) -> String { answers ? "answers" : "SILENT " }
    let padding = String(repeating: " ", count: max(0, 44 - moment.count))
    return "\(moment)\(padding) \(killed)  \(word(meanwhile))  \(second)  \(word(answers))  \(state)"
  }

  /// Reads what a script left in a folder: `killed`, `second` and `cleanup` are runs; `meanwhile` and `answers` are what
  /// two watchers saw before and after the second; `after` and `restored` the states after that and after the cleanup.
  ///
  /// - Parameters:
  ///   - number: the folder's name.
  ///   - endsDone: whether the second run is to end with vhost0 in its place, or with the network as it was before; nil:
  ///     its exit code tells.
  ///   - before: the state before anything was done.
  init(
    _ number: String, at moment: String, endsDone: Bool? = nil, before: NetworkState,
    _ results: TakeoverResults
  ) throws {
    self.moment = moment
    killed = try results.code("\(number)/killed")
    second = try results.code("\(number)/second")
    let isDone = endsDone ?? (second == 0)
    let comparison = TakeoverComparison(nics: ["eth0"], moduleMayStay: true, mostSeconds: 900)
    let after = try results.state("\(number)/after")
    let differences =
      isDone ? comparison.afterTakeover(before, after) : comparison.afterUndo(before, after)
    var state = isDone ? "done" : "undone"
    if !differences.isEmpty {
      state = "IN BETWEEN: \(differences.report)\n\(results.said("\(number)/second"))"
    }
    let cleanup = try results.code("\(number)/cleanup")
    let left = comparison.afterUndo(before, try results.state("\(number)/restored"))
    if cleanup != 0 || !left.isEmpty {
      state =
        "NOT CLEANED UP (\(cleanup)) after \(state): \(left.report)\n\(results.said("\(number)/cleanup"))"
    }
    self.state = state
    // Of a watcher that had no answer there is no report; the node has an address of each family or one.
    let watchers = results.item.topology == "dual" ? 2 : 1
    meanwhile = try results.traffic("\(number)/meanwhile").reports.count == watchers
    let later = try results.traffic("\(number)/answers")
    answers = later.reports.count == watchers && later.lost == 0
  }

  /// Prints them, and records what isn't right.
  static func judge(_ runs: [KilledRun], _ what: String) throws {
    print("\(what) at \(runs.count) moments: \(legend)")
    for run in runs { print(run) }
    try #require(!runs.isEmpty)
    for run in runs {
      #expect(run.killed == 137, "\(run)")
      // The node is never without its address.
      #expect(run.meanwhile && run.answers, "\(run)")
      #expect(run.state == "done" || run.state == "undone", "\(run)")
    }
  }
}
