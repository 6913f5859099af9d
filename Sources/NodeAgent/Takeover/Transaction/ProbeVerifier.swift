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
      guard let interface = try interface(choice.holder) else {
        throw CommandFailure(.undecided, "interface \(choice.holder) is gone, and nothing was changed")
      }
      results += runner.run(
        probes, by: interface, within: Verification.baselineLimit(settings.verification.timeout.value))
    }
    for result in results { log.info("before: \(result)") }
    do {
      return try Verification(baseline: results)
    } catch {
      throw CommandFailure(.failed, "vhost0 does not take over, and nothing was changed: \(error)")
    }
  }

  func after(_ verification: Verification?, by vhost: TakeoverDevice) -> [String] {
    guard let verification else { return [] }
    do throws(CommandFailure) {
      guard let interface = try interface(vhost.name) else { return ["\(vhost.name) is gone"] }
      let results = runner.run(
        verification.probes, by: interface, within: settings.verification.timeout.value)
      for result in results { log.info("after: \(result)") }
      return verification.verdict(after: results).failures.map { "\($0)" }
    } catch {
      return [error.description]
    }
  }

  private func interface(_ name: String) throws(CommandFailure) -> ProbeInterface? {
    do {
      return try ProbeInterface.observe(name)
    } catch {
      throw CommandFailure(.failed, "\(name) can't be looked at: \(error)")
    }
  }
}
