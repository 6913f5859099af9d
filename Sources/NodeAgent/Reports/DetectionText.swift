import Netlink

/// A decision in words.
enum DetectionText {
  /// The answer alone: interface, address, gateways.
  static func brief(_ decision: Decision) -> String {
    ([decision.interface.name, decision.address.description] + decision.gateway.addresses.map(\.description))
      .joined(separator: " ") + "\n"
  }

  /// The answer, its reasons, and every candidate.
  static func full(_ decision: Decision) -> String {
    let gateways = decision.gateway.addresses.map(\.description).joined(separator: ", ")
    var lines = [
      "physical interface  \(decision.interface.name)  because \(decision.rule)",
      "node address        \(decision.address)  on \(decision.addressHolder)",
      "gateway             \(gateways.isEmpty ? "none" : gateways)  because \(decision.gateway.reason)",
    ]
    lines += decision.warnings.map { "warning: \($0)" }
    return lines.joined(separator: "\n") + "\n\n" + candidates(decision.candidates)
  }

  /// Every interface with its facts and the reason for or against it.
  static func candidates(_ candidates: [Candidate]) -> String {
    var table = TextTable(["", "interface", "kind", "state", "addresses", "why"])
    for candidate in candidates {
      table.add([
        candidate.isChosen ? "*" : "", candidate.name, candidate.kind ?? "-", state(candidate),
        candidate.addresses.isEmpty ? "-" : candidate.addresses.map(\.description).joined(separator: " "),
        candidate.reason,
      ])
    }
    return table.text
  }

  private static func state(_ candidate: Candidate) -> String {
    guard candidate.isUp else { return "down" }
    return candidate.hasCarrier ? "up" : "no carrier"
  }
}
