/// How long to wait before a dump is made again. What interrupts dumps comes in bursts.
public struct BackOff: Sendable, Hashable {
  /// The pause before the third attempt; it is doubled each time. There is none before the second, as most
  /// interruptions come alone.
  public var first: Duration
  /// The longest pause.
  public var most: Duration

  /// Makes pauses.
  public init(first: Duration = .milliseconds(1), most: Duration = .milliseconds(100)) {
    self.first = first
    self.most = most
  }

  /// No pauses.
  public static let none = BackOff(first: .zero, most: .zero)

  /// The pause after a number of attempts.
  public func pause(after attempts: Int) -> Duration {
    guard attempts > 1 else { return .zero }
    return min(most, first * (1 << min(attempts - 2, 20)))
  }
}
