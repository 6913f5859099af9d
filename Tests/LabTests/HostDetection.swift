import Testing

/// What `detect` is expected to say of a host: in every form, live and from a capture.
struct HostDetectionCase: Sendable, CustomTestStringConvertible {
  enum Expected: Sendable {
    case chosen(
      String, rule: String, address: String, gateways: [String], holder: String? = nil, warnings: Int = 0)
    /// Several interfaces, in order.
    case several([Uplink], rule: String)
    /// Exit code 11, with the problem and what the message must name.
    case undecided(String, naming: [String])
  }

  struct Uplink: Sendable, Equatable {
    let interface: String
    let address: String
    let gateways: [String]

    init(_ interface: String, _ address: String, _ gateways: [String]) {
      (self.interface, self.address, self.gateways) = (interface, address, gateways)
    }
  }

  let host: HostCase
  /// The name under which its capture is kept for the tests that need no host.
  let topology: String?
  let expected: Expected
  /// What must be said somewhere in the text.
  let phrases: [String]
  /// What must be said of some of the interfaces.
  let reasons: [String: String]

  var testDescription: String { host.testDescription }

  init(
    _ name: String, keep topology: String? = nil, with environment: [String: String] = [:],
    _ expected: Expected, saying phrases: [String] = [], reasons: [String: String] = [:], _ script: String
  ) {
    host = HostCase(name, environment, script: script + "\njudge")
    (self.topology, self.expected, self.phrases, self.reasons) = (topology, expected, phrases, reasons)
  }

  /// Compares every form of the answer with what is expected, and keeps the capture when that is asked for.
  func check(_ answers: HostAnswers) throws {
    let answer = try answers.answer("json")
    let decision = try answer.json(DetectionDocument.self)
    let text = try answers.answer("text")
    let brief = try answers.answer("brief")
    #expect(text.code == answer.code)
    #expect(brief.code == answer.code)
    switch expected {
    case .chosen(let interface, let rule, let address, let gateways, let holder, let warnings):
      let only = Uplink(interface, address, gateways)
      expectChoice([only], rule, decision, answer)
      #expect(decision.addressHolder == holder ?? interface)
      #expect(decision.warnings.count == warnings, "\(decision.warnings)")
      #expect(brief.output == ([interface, address] + gateways).joined(separator: " ") + "\n")
      expectFacts(decision, in: text)
    case .several(let uplinks, let rule):
      expectChoice(uplinks, rule, decision, answer)
      for uplink in uplinks {
        #expect(
          brief.output.contains(
            ([uplink.interface, uplink.address] + uplink.gateways).joined(separator: " ") + "\n"))
      }
      expectFacts(decision, in: text)
    case .undecided(let problem, let names):
      try expectFailure(problem, naming: names, decision, answer, text)
      #expect(brief.output == "")
      #expect(brief.message == text.message)
    }
    for phrase in phrases { #expect("\(text)".contains(phrase), "no \"\(phrase)\" in:\n\(text)") }
    expectReasons(decision, in: text)
    try expectSameFromCapture(answers)
    if let topology, KeptCapture.isAskedFor { try KeptCapture.keep(answers, as: topology) }
  }

  private func expectChoice(
    _ uplinks: [Uplink], _ rule: String, _ decision: DetectionDocument, _ answer: HostAnswer
  ) {
    #expect(answer.code == 0, "\(answer)")
    #expect(decision.interface == uplinks.first?.interface)
    #expect(decision.rule == rule)
    #expect(decision.address == uplinks.first?.address)
    #expect(decision.gateways == uplinks.first?.gateways)
    #expect(decision.interfaces?.map { Uplink($0.name, $0.address, $0.gateways) } == uplinks)
    #expect(decision.error == nil)
    #expect(Set(decision.candidates.filter(\.chosen).map(\.name)) == Set(uplinks.map(\.interface)))
  }

  private func expectFacts(_ decision: DetectionDocument, in text: HostAnswer) {
    // Of several, each has its own reason.
    let reasons = decision.interfaces?.count == 1 ? [decision.reason].compactMap(\.self) : []
    for fact in reasons + decision.candidates.filter(\.chosen).map(\.reason)
      + [decision.gatewayReason, decision.address].compactMap(\.self) + decision.warnings
    {
      #expect(text.output.contains(fact))
    }
  }

  private func expectFailure(
    _ problem: String, naming names: [String], _ decision: DetectionDocument, _ answer: HostAnswer,
    _ text: HostAnswer
  ) throws {
    #expect(answer.code == 11, "\(answer)")
    #expect(decision.interface == nil)
    #expect(decision.error?.problem == problem, "\(answer)")
    let error = try #require(decision.error)
    for name in names { #expect("\(error.message); \(error.remedy)".contains(name), "\(error)") }
    #expect(text.message == "vrouter-node-agent: \(error.message); \(error.remedy)\n")
    #expect(decision.candidates.allSatisfy { !$0.chosen })
  }

  /// Every interface has its line, with its reason, in both forms.
  private func expectReasons(_ decision: DetectionDocument, in text: HostAnswer) {
    let lines = text.output.split(separator: "\n")
    for candidate in decision.candidates {
      #expect(!candidate.reason.isEmpty)
      #expect(
        lines.contains { $0.contains(" \(candidate.name) ") && $0.hasSuffix(candidate.reason) },
        "\(candidate)\n\(text.output)")
    }
    for (name, words) in reasons {
      let reason = decision.candidates.first { $0.name == name }?.reason
      #expect(reason?.contains(words) == true, "\(name): \(reason ?? "not listed")")
    }
  }

  /// What was captured there and then gives the same answer elsewhere.
  private func expectSameFromCapture(_ answers: HostAnswers) throws {
    let capture = try answers.answer("capture")
    #expect(capture.code == 0, "\(capture)")
    for form in ["json", "text", "brief"] where form == "json" || answers.text("captured-\(form).code") != nil
    {
      let here = try answers.answer(form)
      let elsewhere = try answers.answer("captured-\(form)")
      #expect(
        elsewhere.code == here.code && elsewhere.message == here.message, "\(here)\nelsewhere:\n\(elsewhere)")
      #expect(elsewhere.output == here.output)
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

  struct Uplink: Decodable {
    let name: String
    let address: String
    let gateways: [String]
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
  /// Each chosen interface, in order.
  let interfaces: [Uplink]?
  let warnings: [String]
  let error: Failure?
  let candidates: [Candidate]
}
