import Glibc

/// The time of day.
enum HostClock {
  /// Seconds since 1970 (time(2)).
  static func seconds() -> Int { time(nil) }
}
