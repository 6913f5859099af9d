import Testing

/// A host that is prepared in some way, and what is expected to have come of it.
struct HostPreparationCase: Sendable, CustomTestStringConvertible {
  let host: HostCase
  let check: @Sendable (HostAnswers) throws -> Void

  var testDescription: String { host.testDescription }

  init(
    _ name: String, with environment: [String: String] = [:], _ script: String,
    check: @escaping @Sendable (HostAnswers) throws -> Void
  ) {
    // What is missing in a case never comes: no wait for it.
    let settings = ["VROUTER_WAIT_FOR_LINK": "0"].merging(environment) { _, own in own }
    host = HostCase(name, settings, script: script)
    self.check = check
  }
}

extension HostAnswers {
  /// The status that the script copied to `$OUT/$CASE.NAME`.
  func status(_ name: String = "status") throws -> StatusDocument {
    try HostAnswer(code: 0, output: text(name) ?? "", errors: log).json(StatusDocument.self)
  }

  /// A run that failed: its exit code, what its message names, and that the node isn't ready afterwards.
  func expectFailure(_ code: Int32, naming words: [String], remedy: String) throws {
    let answer = try answer("prepare")
    #expect(answer.code == code, "\(answer)")
    let message = answer.errors.split(separator: "\n").filter { $0.hasPrefix("vrouter-node-agent: ") }
    #expect(message.count == 1, "\(answer)")
    for word in words + [remedy] { #expect(answer.errors.contains(word), "no \(word) in:\n\(answer)") }
    #expect(answer.output == "")
    #expect(try self.answer("probe").code == 1)
  }
}
