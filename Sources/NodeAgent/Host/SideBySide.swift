import Synchronization

/// Does two things at the same time.
enum SideBySide {
  /// Runs both, the second in a thread of its own, and waits for both.
  ///
  /// The thread has this one's network namespace. Where no thread can be had, one comes after the other.
  static func run<First, Second: Sendable>(
    _ first: () -> First, _ second: @escaping @Sendable () -> Second
  ) -> (First, Second) {
    let place = Place<Second>()
    guard
      DetachedThread.start({
        let result = second()
        place.result.withLock { $0 = result }
        place.bell.ring()
      })
    else { return (first(), second()) }
    let own = first()
    while true {
      place.bell.wait(for: 1, within: .seconds(3600))
      if let result = place.result.withLock({ $0 }) { return (own, result) }
    }
  }

  /// Where the thread leaves its result.
  private final class Place<Value: Sendable>: Sendable {
    let result = Mutex<Value?>(nil)
    let bell = Bell()
  }
}
