/// What came of one probe.
struct ProbeResult: Sendable, Hashable, Codable, CustomStringConvertible {
  enum Outcome: String, Sendable, Codable {
    case passed
    /// The server's host refused the connection: it is reached, but nothing listens there.
    case refused
    case failed
  }

  let probe: VerificationProbe
  /// The interface by which it was asked.
  let interface: String
  let outcome: Outcome
  /// What was seen, for people: "10.0.2.2 is at 52:54:00:12:34:56, 0.4 ms".
  let seen: String
  /// Whether it went by the interface: neighbours are asked there and nowhere else; for the others the kernel was asked
  /// which way it sends. False where it went another way, or didn't pass.
  let isByInterface: Bool

  var isFailed: Bool { outcome == .failed }
  var isPassed: Bool { outcome == .passed }

  var description: String { "\(probe): \(outcome.rawValue): \(seen)" }
}
