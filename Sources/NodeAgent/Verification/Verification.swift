/// What a takeover owes a node: the probes that passed before it pass after it.
///
/// Pure; asking is ``ProbeRunner``'s.
struct Verification: Sendable, Equatable, Codable {
  /// The results before that count: one for each probe of ``probes``, in its order.
  let before: [ProbeResult]
  /// The probes to ask after the takeover. A server that refused before may refuse again.
  let probes: [VerificationProbe]

  /// Why there can be no verification: no probe shows that the interface is of use.
  struct Refusal: Error, Equatable, CustomStringConvertible {
    let results: [ProbeResult]

    var description: String {
      let seen =
        results.isEmpty ? "there is nothing to ask" : results.map { "\($0)" }.joined(separator: "; ")
      return
        "no probe shows that the interface reaches anything, so that a takeover could not be verified: \(seen); mend the network, or set VROUTER_VERIFY=none to take over without verifying"
    }
  }

  /// How long to ask before the takeover, where many a node has a gateway that doesn't answer echo requests, and so
  /// waits for the whole of it: a part of `VROUTER_VERIFY_TIMEOUT`.
  static func baselineLimit(_ timeout: Duration) -> Duration { min(timeout, .seconds(5)) }

  /// What has to hold after a takeover, from what was seen before it. A probe that didn't pass is not asked again.
  ///
  /// - Throws: when no mandatory probe (``VerificationProbe/isMandatory``) passed by way of the interface.
  init(baseline results: [ProbeResult]) throws(Refusal) {
    let kept = results.filter { $0.outcome != .failed }
    guard kept.contains(where: \.isProof) else {
      throw Refusal(results: results)
    }
    before = kept
    probes = kept.map { $0.outcome == .refused ? $0.probe.allowingRefusal : $0.probe }
  }

  /// The probes that were asked by an interface.
  func probes(by interface: String) -> [VerificationProbe] {
    zip(before, probes).filter { $0.0.interface == interface }.map(\.1)
  }

  /// What was seen after the takeover, judged.
  struct Verdict: Sendable, Equatable, CustomStringConvertible {
    /// The probes that have to be undone for, with what each saw; none: the takeover holds.
    let failures: [Failure]

    var isPassed: Bool { failures.isEmpty }

    var description: String {
      isPassed ? "every probe passes as before" : failures.map { "\($0)" }.joined(separator: "; ")
    }
  }

  /// A probe that passed before and doesn't after.
  struct Failure: Sendable, Equatable, CustomStringConvertible {
    let probe: VerificationProbe
    let before: String
    let after: String

    var description: String { "\(probe): \(after) (before the takeover: \(before))" }
  }

  /// Compares what was seen after the takeover with what was seen before. What went by the interface before has to go
  /// by the one that took its place: a connection that came about over another interface proves nothing.
  func verdict(after results: [ProbeResult]) -> Verdict {
    let failures = zip(before, probes).compactMap { before, probe -> Failure? in
      // Of several interfaces the one counts by which it went.
      let answers = results.filter { $0.probe == probe }
      guard let after = answers.first(where: { $0.isByInterface && !$0.isFailed }) ?? answers.first else {
        return Failure(probe: probe, before: before.seen, after: "it was not asked")
      }
      let isReached = after.isPassed || after.outcome == .refused && probe.mayRefuse
      guard isReached else { return Failure(probe: probe, before: before.seen, after: after.seen) }
      guard after.isByInterface || !before.isByInterface else {
        return Failure(
          probe: probe, before: before.seen, after: "\(after.seen), but not by the interface that took over")
      }
      return nil
    }
    return Verdict(failures: failures)
  }
}

extension ProbeResult {
  /// Whether it shows that the interface is of use.
  var isProof: Bool { outcome != .failed && probe.isMandatory && isByInterface }
}

extension VerificationProbe {
  /// Whether a refused connection passes.
  var mayRefuse: Bool {
    if case .tcp(let server) = kind { server.mayRefuse } else { false }
  }

  /// The same probe, which a refused connection passes too.
  var allowingRefusal: VerificationProbe {
    guard case .tcp(var server) = kind else { return self }
    server.mayRefuse = true
    return VerificationProbe(.tcp(server))
  }
}
