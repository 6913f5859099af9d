import Logging
import Netlink

/// Asks what a takeover owes a node, by whoever comes to ask: the run that made it, or one that found it in a journal.
struct OwedVerifier: TakeoverVerifier {
  /// The physical interfaces.
  let cards: [String]
  /// How long an answer is waited for.
  let limit: Duration
  var runner: any ProbeRunner = KernelProbeRunner()
  let log: Logger

  /// What is owed was found out before.
  func before() throws(CommandFailure) -> Verification? { nil }

  func after(_ moment: VerificationMoment, _ verification: Verification?, by vhost: TakeoverDevice)
    -> [String]
  {
    guard let verification else { return [] }
    var results: [ProbeResult] = []
    for (name, probes) in ways(verification, vhost) {
      do {
        guard let interface = try ProbeInterface.observe(name) else { return ["\(name) is gone"] }
        results += runner.run(probes, by: interface, within: limit)
      } catch {
        return ["\(name) can't be looked at: \(error)"]
      }
    }
    for result in results { log.info("\(moment.rawValue): \(result)") }
    return verification.verdict(after: results).failures.map { "\($0)" }
  }

  /// By which interface which probes are asked: by vhost0, and over several interfaces by each of them, as they keep their
  /// addresses and routes.
  private func ways(
    _ verification: Verification, _ vhost: TakeoverDevice
  ) -> [(interface: String, probes: [VerificationProbe])] {
    guard cards.count > 1 else { return [(vhost.name, verification.probes)] }
    return cards.map { ($0, verification.probes(by: $0)) }
  }
}
