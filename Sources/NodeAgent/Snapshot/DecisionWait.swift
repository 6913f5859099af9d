import KernelModule
import Logging
import Netlink

/// Tells that something about links, addresses or routes changed.
protocol NetworkChanges {
  /// Waits for the next change.
  ///
  /// - Returns: false when there was none for so long.
  mutating func wait(atMost limit: Duration) throws(NetlinkError) -> Bool
}

/// Begins to watch a network: the seam by which tests put an imaginary one in its place.
protocol NetworkWatcher: Sendable {
  /// What changes after this returns is told.
  func watch() throws(NetlinkError) -> any NetworkChanges
}

/// Decides, and as long as time alone may bring what is missing (a carrier, an address, an interface), waits for the network
/// to change and decides again. For a default route, which not every host has, it waits a moment only.
struct DecisionWait {
  let observer: any NetworkObserver
  let watcher: any NetworkWatcher
  let settings: DetectionSettings
  /// For everything together; zero decides once.
  let limit: Duration
  let pacing: any Pacing
  let log: Logger
  /// Whether the program was asked to end: nothing is waited for then.
  var isEnding: @Sendable () -> Bool = { false }
  /// Whether to find out what would change a decision; of a failure it always is.
  var explains = false

  /// How long after the last look nothing is looked at again, since changes come in bursts.
  static let calm: Duration = .milliseconds(100)
  /// Looked at again also without a change: the kernel tells nobody of a bond's negotiation with its partner (LACP), nor of
  /// a name server that came back.
  static let longestSilence: Duration = .seconds(2)
  /// How long a default route is waited for that isn't needed: a network's manager gives an interface its address first.
  static let routeDelay: Duration = .seconds(2)
  /// How often it is said that the same thing is still waited for.
  static let reminder: Duration = .seconds(10)

  /// What came of it.
  struct Outcome: Sendable {
    let snapshot: NetworkSnapshot
    var detection: Result<Decision, DetectionError>
    /// How long it was waited; zero where that wasn't needed or could not help.
    var waited: Duration = .zero
  }

  /// - Returns: the decision, or why there is none also after the wait.
  func run() throws(CommandFailure) -> Outcome {
    var outcome = try lookUntilDecided()
    if explains || outcome.error != nil { outcome.detection = detection(outcome.snapshot, explained: true) }
    return outcome
  }

  private func lookUntilDecided() throws(CommandFailure) -> Outcome {
    var outcome = try look()
    guard limit > .zero, outcome.awaited != nil || outcome.mayGainGateway else { return outcome }
    let began = pacing.now()
    // From here on no change is missed; what came between the first look and this the second one sees.
    var changes: any NetworkChanges
    do {
      changes = try watcher.watch()
    } catch {
      throw CommandFailure(.failed, "the network can't be watched: \(error)")
    }
    outcome = try look(after: outcome)
    var told: (reason: String, at: Duration)?
    var endOfRouteDelay: Duration?
    while true {
      let now = pacing.now()
      outcome.waited = now - began
      var left = max(limit - outcome.waited, .zero)
      if let awaited = outcome.awaited, let error = outcome.error {
        // Once it is always said, also where looking alone took the time that there was.
        if told == nil
          || left > .zero && (told?.reason != error.message || now - (told?.at ?? now) >= Self.reminder)
        {
          log.notice("waiting for \(awaited), at most \(left.seconds) more: \(error.message)")
          told = (error.message, now)
        }
      } else if outcome.mayGainGateway {
        if endOfRouteDelay == nil {
          log.notice(
            "the host has no default route: waiting \(min(left, Self.routeDelay).seconds) for one to come")
        }
        let end = endOfRouteDelay ?? now + Self.routeDelay
        endOfRouteDelay = end
        left = min(left, max(end - now, .zero))
      } else {
        break
      }
      guard left > .zero, !isEnding() else { break }
      try wait(&changes, atMost: min(left, Self.longestSilence))
      let waited = outcome.waited
      outcome = try look(after: outcome)
      outcome.waited = max(waited, pacing.now() - began)
    }
    if outcome.error == nil { log.notice("decided after \(outcome.waited.seconds)") }
    return outcome
  }

  private func wait(_ changes: inout any NetworkChanges, atMost limit: Duration) throws(CommandFailure) {
    do {
      guard try changes.wait(atMost: limit) else { return }
      // The rest of the burst is taken, too, but not for ever where changes never cease.
      let end = pacing.now() + min(limit, Self.calm)
      while pacing.now() < end, try changes.wait(atMost: end - pacing.now()) {}
    } catch {
      throw CommandFailure(.failed, "the network can't be watched: \(error)")
    }
  }

  private func look() throws(CommandFailure) -> Outcome {
    let snapshot = try observer.observed(for: settings)
    return Outcome(snapshot: snapshot, detection: detection(snapshot, explained: false))
  }

  /// Looks again. A network that changes too fast to be listed is what a boot looks like: the last look holds then.
  private func look(after last: Outcome) throws(CommandFailure) -> Outcome {
    do throws(NetlinkError) {
      let snapshot = try observer.observe(for: settings)
      return Outcome(snapshot: snapshot, detection: detection(snapshot, explained: false))
    } catch {
      switch error.cause {
      case .inconsistent, .overrun, .timedOut:
        log.warning("the network can't be observed now, and is looked at again: \(error)")
        return last
      default: throw CommandFailure(.failed, "the network can't be observed: \(error)")
      }
    }
  }

  private func detection(
    _ snapshot: NetworkSnapshot, explained: Bool
  ) -> Result<Decision, DetectionError> {
    Result { () throws(DetectionError) in
      try Detector(snapshot: snapshot, settings: settings).decide(explained: explained)
    }
  }
}

extension DecisionWait.Outcome {
  /// Why there is no decision.
  var error: DetectionError? {
    if case .failure(let error) = detection { error } else { nil }
  }

  /// What time may bring.
  var awaited: String? { error?.awaits }

  /// There is a decision, and a moment later there may be one with a gateway.
  var mayGainGateway: Bool {
    if case .success(let decision) = detection { decision.mayGainGateway } else { false }
  }
}

extension Duration {
  /// For people: `7 s`, and `0.4 s` below ten seconds where it isn't whole.
  var seconds: String {
    let tenths = Int64((self / .milliseconds(100)).rounded())
    return tenths >= 100 || tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
  }
}
