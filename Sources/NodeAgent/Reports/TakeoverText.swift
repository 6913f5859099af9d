import Netlink

/// A takeover in words.
enum TakeoverText {
  /// What would be done, operation by operation, each as the command that it equals; of many the first and the last.
  static func commands(_ plan: TakeoverPlan) -> String {
    guard !plan.isEmpty else { return "" }
    var text = "the takeover, as commands:\n"
    for step in plan.steps {
      text += "  \(step.kind.rawValue)\n"
      let lines = step.operations.map { "    \($0)\n" }
      if lines.count > mostLines {
        text += lines.prefix(mostLines / 2).joined()
        text += "    … \(lines.count - mostLines) more (--output json has all)\n"
        text += lines.suffix(mostLines / 2).joined()
      } else {
        text += lines.joined()
      }
    }
    return text
  }

  private static let mostLines = 40

  /// What the host's network managers would be told.
  static func managers(_ steps: ManagerSteps) -> String {
    let lines = lines(steps)
    return lines.isEmpty ? "" : "for the network managers:\n" + lines.map { "  \($0)\n" }.joined()
  }

  /// The same, a line for each.
  static func lines(_ steps: ManagerSteps) -> [String] {
    steps.beforeVhost.map { "before make-vhost: \($0)" } + steps.halts.map { "at commit: \($0)" }
      + steps.atCommit.map { "at commit: \($0)" }
      + [steps.follow].compactMap { $0.map { "at commit: \($0)" } }
  }

  /// What was done, in a line.
  static func done(_ plan: TakeoverPlan) -> String {
    var (addresses, routes, rules, objects) = (0, 0, 0, 0)
    for operation in plan.operations {
      switch operation {
      case .address(let change, let address, _) where change != .delete && address.isTakenOver: addresses += 1
      case .route(let change, _, _) where change != .delete: routes += 1
      case .rule(let change, _) where change != .delete: rules += 1
      case .nextHop: objects += 1
      default: break
      }
    }
    let parts = [
      count(addresses, "address", "addresses"), count(routes, "route", "routes"),
      count(objects, "nexthop object", "nexthop objects"), count(rules, "rule", "rules"),
    ].compactMap(\.self)
    return
      "took over           \(plan.vhost.name) from \(plan.before.cards.map(\.name).joined(separator: ", "))"
      + (parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")) + "\n"
  }

  private static func count(_ number: Int, _ one: String, _ many: String) -> String? {
    number == 0 ? nil : "\(number) \(number == 1 ? one : many)"
  }
}
