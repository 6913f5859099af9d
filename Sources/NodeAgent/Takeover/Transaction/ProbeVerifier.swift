import Logging
import Netlink

/// Asks the probes that apply to this node: by the interface that holds its address before, by vhost0 after.
struct ProbeVerifier: TakeoverVerifier {
  let settings: Settings
  let decision: Decision
  var runner: any ProbeRunner = KernelProbeRunner()
  var resolver: any NameResolver = SystemResolver()
  let log: Logger

  func before() throws(CommandFailure) -> Verification? {
    guard settings.verification.method.value == .probes else {
      log.warning("VROUTER_VERIFY=none: nothing will tell whether the node is reached by vhost0")
      return nil
    }
    let names = resolver.resolve(
      VerificationProbe.names(for: settings), within: settings.host.resolveTimeout.value)
    var results: [ProbeResult] = []
    for choice in decision.choices {
      let probes = VerificationProbe.all(for: settings, choice: choice, of: decision, names: names)
      results += try baseline(probes, choice)
    }
    for result in results { log.info("before: \(result)") }
    do {
      return try Verification(baseline: results)
    } catch {
      throw CommandFailure(.failed, "vhost0 does not take over, and nothing was changed: \(error)")
    }
  }

  /// By the interface that holds the address. Where that is vhost0 and nothing is reached by it, a cleanup may have been
  /// killed: then by the physical interface, which has its frames and routes back before vhost0 is gone.
  private func baseline(
    _ probes: [VerificationProbe], _ choice: Decision.Choice
  ) throws(CommandFailure) -> [ProbeResult] {
    let limit = Verification.baselineLimit(settings.verification.timeout.value)
    var results: [ProbeResult] = []
    for name in [choice.holder, choice.interface.name] {
      guard let interface = try interface(name) else {
        throw CommandFailure(.undecided, "interface \(name) is gone, and nothing was changed")
      }
      results = runner.run(probes, by: interface, within: limit)
      if name == choice.interface.name || results.contains(where: \.isProof) { break }
    }
    return results
  }

  func after(_ moment: VerificationMoment, _ verification: Verification?, by vhost: TakeoverDevice)
    -> [String]
  {
    OwedVerifier(
      cards: decision.choices.map(\.interface.name), limit: settings.verification.timeout.value,
      runner: runner, log: log
    ).after(moment, verification, by: vhost)
  }

  private func interface(_ name: String) throws(CommandFailure) -> ProbeInterface? {
    do {
      return try ProbeInterface.observe(name)
    } catch {
      throw CommandFailure(.failed, "\(name) can't be looked at: \(error)")
    }
  }
}
