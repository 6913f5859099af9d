import Netlink

/// A decision in words.
enum DetectionText {
  /// The answer alone: interface, address, gateways; a line for each interface.
  static func brief(_ decision: Decision) -> String {
    decision.choices.map { choice in
      ([choice.interface.name, choice.address.description] + choice.gateway.addresses.map(\.description))
        .joined(separator: " ") + "\n"
    }.joined()
  }

  /// The answer, its reasons, every candidate, and what would make another one win.
  static func full(_ decision: Decision) -> String {
    var lines: [String] = []
    for choice in decision.choices {
      let gateways = choice.gateway.addresses.map(\.description).joined(separator: ", ")
      lines += [
        "physical interface  \(choice.interface.name)  because \(choice.interface.reason)",
        "node address        \(choice.address)  on \(choice.holder)",
        "gateway             \(gateways.isEmpty ? "none" : gateways)  because \(choice.gateway.reason)",
      ]
    }
    lines += decision.warnings.map { "warning: \($0)" }
    var text = lines.joined(separator: "\n") + "\n\n"
    table(decision.candidates).write(to: &text)
    text += counterfactuals(decision.whatWouldChange, title: "what would change it:")
    return text
  }

  /// Every interface with its facts, and what would bring a decision about.
  static func undecided(_ error: DetectionError) -> String {
    candidates(error.candidates) + counterfactuals(error.whatWouldDecide, title: "what would decide it:")
  }

  private static func counterfactuals(_ all: [Counterfactual], title: String) -> String {
    guard !all.isEmpty else { return "" }
    return "\n\(title)\n" + all.map { "  \($0.text)\n" }.joined()
  }

  /// Every interface with its facts and the reason for or against it.
  static func candidates(_ candidates: [Candidate]) -> String { table(candidates).text }

  private static func table(_ candidates: [Candidate]) -> TextTable {
    var table = TextTable(["", "interface", "kind", "state", "addresses", "why"])
    for candidate in candidates {
      table.add([
        candidate.isChosen ? "*" : "", candidate.name, candidate.kind ?? "-", state(candidate),
        candidate.addresses.isEmpty ? "-" : candidate.addresses.map(\.description).joined(separator: " "),
        candidate.reason,
      ])
    }
    return table
  }

  private static func state(_ candidate: Candidate) -> String {
    guard candidate.isUp else { return "down" }
    return candidate.hasCarrier ? "up" : "no carrier"
  }
}
