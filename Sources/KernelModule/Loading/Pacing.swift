import Glibc

/// Time, as far as loading uses it: what waits, and what measures. Tests replace it.
public protocol Pacing: Sendable {
  /// Stands still for a while.
  func wait(_ duration: Duration)
  /// Time since some fixed moment, never going back.
  func now() -> Duration
}

/// The kernel's monotonic clock.
public struct MonotonicPacing: Pacing {
  /// The one clock there is.
  public init() {}

  /// Sleeps, also through signals.
  public func wait(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    guard seconds >= 0, attoseconds >= 0 else { return }
    var wanted = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    var left = timespec()
    while unsafe nanosleep(&wanted, &left) != 0, errno == EINTR { wanted = left }
  }

  /// CLOCK_MONOTONIC.
  public func now() -> Duration {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
