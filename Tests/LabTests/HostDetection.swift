import Testing

/// What `detect` is expected to say of a host.
struct HostDetectionCase: Sendable, CustomTestStringConvertible {
  enum Expected: Sendable {
    case chosen(
      String, rule: String, address: String, gateways: [String], holder: String? = nil, warnings: Int = 0)
    /// Exit code 11, with the problem and what the message must name.
    case undecided(String, naming: [String])
  }

  let host: HostCase
  let expected: Expected
  /// What must be said of some of the interfaces.
  let reasons: [String: String]

  var testDescription: String { host.testDescription }

  init(
    _ name: String, with environment: [String: String] = [:], _ expected: Expected,
    reasons: [String: String] = [:],
    _ script: String
  ) {
    host = HostCase(
      name, environment,
      script: script + "\nask json detect --output json\nask text detect\nask brief detect --brief"
        + Self.replay)
    (self.expected, self.reasons) = (expected, reasons)
  }

  /// A capture decides as the host itself, with the settings that it holds.
  private static let replay = """

    captured=$(mktemp -d)
    ask capture capture "$captured"
    (
      unset PHYSICAL_INTERFACE VROUTER_GATEWAY L3MH_CIDR NODE_NAME KUBERNETES_NODES_MAP \\
        CONTROLLER_NODES CONFIG_NODES CONTROL_NODES
      ask from detect --output json --from "$captured"
    )
    rm -r "$captured"
    """

  /// Compares both forms of the answer with what is expected.
  func check(_ answers: HostAnswers) throws {
    let answer = try answers.answer("json")
    let decision = try answer.json(DetectionDocument.self)
    let text = try answers.answer("text")
    let brief = try answers.answer("brief")
    #expect(text.code == answer.code)
    #expect(brief.code == answer.code)
    let from = try answers.answer("from")
    #expect(from.code == answer.code)
    #expect(from.output == answer.output)
    #expect(try answers.answer("capture").code == 0)
    switch expected {
    case .chosen(let interface, let rule, let address, let gateways, let holder, let warnings):
      #expect(answer.code == 0, "\(answer)")
      #expect(decision.interface == interface)
      #expect(decision.rule == rule)
      #expect(decision.address == address)
      #expect(decision.addressHolder == holder ?? interface)
      #expect(decision.gateways == gateways)
      #expect(decision.warnings.count == warnings, "\(decision.warnings)")
      #expect(decision.error == nil)
      #expect(decision.candidates.filter(\.chosen).map(\.name) == [interface])
      #expect(brief.output == ([interface, address] + gateways).joined(separator: " ") + "\n")
      for fact in [decision.reason, decision.gatewayReason, decision.address].compactMap(\.self)
        + decision.warnings
      {
        #expect(text.output.contains(fact))
      }
    case .undecided(let problem, let names):
      #expect(answer.code == 11, "\(answer)")
      #expect(decision.interface == nil)
      #expect(decision.error?.problem == problem, "\(answer)")
      let error = try #require(decision.error)
      for name in names { #expect("\(error.message); \(error.remedy)".contains(name), "\(error)") }
      #expect(text.errors == "vrouter-node-agent: \(error.message); \(error.remedy)\n")
      #expect(brief.output == "")
      #expect(decision.candidates.allSatisfy { !$0.chosen })
    }
    // Every interface has its line, with its reason, in both forms.
    for candidate in decision.candidates {
      #expect(!candidate.reason.isEmpty)
      #expect(
        text.output.split(separator: "\n").contains { line in
          line.contains(" \(candidate.name) ") && line.hasSuffix(candidate.reason)
        }, "\(candidate)\n\(text.output)")
    }
    for (name, words) in reasons {
      let reason = decision.candidates.first { $0.name == name }?.reason
      #expect(reason?.contains(words) == true, "\(name): \(reason ?? "not listed")")
    }
  }
}

/// What `detect --output json` writes.
struct DetectionDocument: Decodable {
  struct Candidate: Decodable {
    let name: String
    let kind: String?
    let mac: String?
    let chosen: Bool
    let reason: String
    let addresses: [String]
  }

  struct Failure: Decodable {
    let problem: String
    let message: String
    let remedy: String
  }

  let interface: String?
  let rule: String?
  let reason: String?
  let address: String?
  let addressHolder: String?
  let gateways: [String]
  let gatewayReason: String?
  let warnings: [String]
  let error: Failure?
  let candidates: [Candidate]
}
