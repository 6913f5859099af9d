import Glibc

/// Asks the network: what tests put another in the place of.
protocol ProbeRunner: Sendable {
  /// Asks all probes at the same time, each again and again until it passes or the time is over.
  ///
  /// - Parameters:
  ///   - interface: by which frames now come and go.
  ///   - limit: for all of them together; with all passed it returns at once.
  /// - Returns: a result for each probe, in their order.
  func run(
    _ probes: [VerificationProbe], by interface: ProbeInterface, within limit: Duration
  ) -> [ProbeResult]
}

/// Asks in the network namespace of the calling thread. Neighbours and echoes take CAP_NET_RAW.
struct KernelProbeRunner: ProbeRunner {
  func run(
    _ probes: [VerificationProbe], by interface: ProbeInterface, within limit: Duration
  ) -> [ProbeResult] {
    var round = ProbeRound(probes, by: interface, within: limit)
    return round.run()
  }
}

/// Probes under way, in one poll(2) loop.
private struct ProbeRound {
  /// The wait before a question is asked again, doubled up to the other.
  private static let firstPause = Duration.milliseconds(200)
  private static let longestPause = Duration.seconds(1)

  private struct Question {
    let probe: VerificationProbe
    var attempt: any ProbeAttempt
    /// When it is asked again.
    var next: ContinuousClock.Instant
    var pause = ProbeRound.firstPause
  }

  private let began = ContinuousClock.now
  private let limit: Duration
  private let interface: ProbeInterface
  private var questions: [Question] = []

  init(_ probes: [VerificationProbe], by interface: ProbeInterface, within limit: Duration) {
    (self.limit, self.interface) = (limit, interface)
    questions = probes.map { probe in
      Question(probe: probe, attempt: Self.attempt(probe.kind, interface), next: began)
    }
  }

  private static func attempt(
    _ kind: VerificationProbe.Kind, _ interface: ProbeInterface
  ) -> any ProbeAttempt {
    switch kind {
    case .gatewayNeighbour(let gateway): NeighbourAttempt(gateway, by: interface)
    case .gatewayEcho(let gateway): EchoAttempt(gateway, by: interface)
    case .tcp(let server): ConnectAttempt(server, by: interface)
    case .defaultRoute(let family): RouteAttempt(family, by: interface)
    }
  }

  mutating func run() -> [ProbeResult] {
    let end = began + limit
    repeat {
      askWhatIsDue()
      guard questions.contains(where: { $0.attempt.answer == nil }) else { break }
      wait(until: end)
    } while ContinuousClock.now < end
    return questions.map { question in
      let answer = question.attempt.answer ?? question.attempt.silence(within: limit)
      return ProbeResult(
        probe: question.probe, interface: interface.name, outcome: answer.outcome, seen: answer.seen,
        isByInterface: answer.isByInterface)
    }
  }

  private mutating func askWhatIsDue() {
    for place in questions.indices where questions[place].attempt.answer == nil {
      let now = ContinuousClock.now
      guard questions[place].next <= now else { continue }
      questions[place].attempt.ask()
      schedule(place, from: now)
    }
  }

  /// When an answer would be late, or after a failure: it is asked again.
  private mutating func schedule(_ place: Int, from now: ContinuousClock.Instant) {
    let pause = questions[place].pause
    questions[place].next = now + (questions[place].attempt.patience ?? pause)
    questions[place].pause = min(pause * 2, Self.longestPause)
  }

  /// Waits for an answer, the next question, or the end; takes the answers that are there.
  private mutating func wait(until end: ContinuousClock.Instant) {
    let open = questions.indices.filter { questions[$0].attempt.answer == nil }
    let wake = min(open.map { questions[$0].next }.min() ?? end, end)
    let milliseconds = max((wake - .now) / .milliseconds(1), 0).rounded(.up)
    // poll(2) passes over negative descriptors.
    var watched = open.map { place in
      let watched = questions[place].attempt.watched
      return pollfd(fd: watched?.descriptor ?? -1, events: watched?.events ?? 0, revents: 0)
    }
    // Interrupted, it is as if nothing had come yet.
    guard unsafe poll(&watched, nfds_t(watched.count), CInt(milliseconds)) > 0 else { return }
    for (place, state) in zip(open, watched) where state.revents != 0 {
      questions[place].attempt.hear()
      // Nothing is under way any more: it failed at once, and what is asked at once again would fail again.
      if questions[place].attempt.watched == nil { schedule(place, from: .now) }
    }
  }
}
