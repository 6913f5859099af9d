/// How often, and after which waits, a load that failed is tried again.
public struct RetryPolicy: Equatable, Sendable {
  /// Tries in all, the first one counted; at least 1.
  public let attempts: Int
  /// Wait after the first try; each later one is twice as long.
  public let firstDelay: Duration
  /// No wait is longer than this, jitter apart.
  public let longestDelay: Duration
  /// By which part of itself a wait may be longer or shorter, 0 to 1, so that many nodes don't act in step.
  public let jitter: Double

  /// A module that is coming or going is waited for at least as long, however few tries or short waits there are: its
  /// init or exit function is at work, which says nothing about how often this program may try.
  public static let leastSettling = Duration.seconds(5)

  /// Five tries within some eight seconds.
  public static let standard = RetryPolicy()

  /// A policy; values out of range are moved to the nearest that makes sense.
  public init(
    attempts: Int = 5, firstDelay: Duration = .milliseconds(500), longestDelay: Duration = .seconds(4),
    jitter: Double = 0.2
  ) {
    self.attempts = max(1, attempts)
    self.firstDelay = max(.zero, firstDelay)
    self.longestDelay = max(.zero, longestDelay)
    self.jitter = min(1, max(0, jitter))
  }

  /// How long to wait after a failed try; nil when it isn't to be followed by another.
  ///
  /// - Parameter attempt: number of the failed try, from 1.
  public func delay(
    after attempt: Int, _ failure: LoadFailure, using generator: inout some RandomNumberGenerator
  ) -> Duration? {
    guard failure.isRetryable, attempt < attempts else { return nil }
    return delay(after: attempt, using: &generator)
  }

  /// The wait after a try, from 1.
  func delay(after attempt: Int, using generator: inout some RandomNumberGenerator) -> Duration {
    var delay = firstDelay
    for _ in 1..<max(1, min(attempt, 32)) where delay < longestDelay { delay *= 2 }
    let factor = 1 + Double.random(in: -jitter...jitter, using: &generator)
    return min(delay, longestDelay) * factor
  }
}
