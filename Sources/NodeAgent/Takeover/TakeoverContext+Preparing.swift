import Glibc
import HostFiles
import Logging

extension TakeoverContext {
  /// For a preparation.
  init(
    _ forecast: TakeoverForecast, decision: Decision, settings: Settings, on host: HostAccess,
    moments: PreparationMoments
  ) {
    self.init(
      root: host.root, subject: forecast.subject,
      verifier: ProbeVerifier(settings: settings, decision: decision, log: host.log),
      verifyLimit: settings.verification.timeout.value,
      managers: HostManagers(forecast.managers, root: host.root), managerSteps: forecast.managers,
      moments: moments,
      makeGuardian: { () throws(TakeoverError) in
        if getpid() == 1 {
          host.log.notice(
            "this is process 1 of its container: if it is killed while vhost0 takes over, the kernel ends its guardian too, and the next start goes back"
          )
        }
        return try Self.guardian(host.root, settings)
      }, now: host.now,
      log: host.log)
  }

  /// What is allowed for the takeover's own changes, besides the time for verifying, twice.
  private static let slack = Duration.seconds(120)

  private static func guardian(_ root: HostRoot, _ settings: Settings) throws(TakeoverError)
    -> TakeoverGuardian
  {
    guard CommonOptions.processEnvironment()[TakeoverGuardian.testVariable] == nil else { return .none }
    return try .start(for: root, limit: settings.verification.timeout.value * 2 + slack)
  }

  /// For going on with, or back from, what an earlier run left.
  init(_ journal: TakeoverJournal, root: HostRoot, log: Logger) {
    let limit = journal.head.verifySeconds.map(Duration.seconds) ?? .seconds(15)
    self.init(
      root: root, subject: journal.head.subject,
      verifier: OwedVerifier(cards: journal.head.subject.cards, limit: limit, log: log),
      verifyLimit: limit,
      managers: HostManagers(journal.head.managers, root: root), managerSteps: journal.head.managers, log: log
    )
  }
}
