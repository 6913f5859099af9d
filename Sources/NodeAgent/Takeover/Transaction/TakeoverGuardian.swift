/// Takes a takeover back when the agent dies in the middle of it.
struct TakeoverGuardian: Sendable {
  static let none = TakeoverGuardian { }

  private let end: @Sendable () -> Void

  init(_ end: @escaping @Sendable () -> Void) { self.end = end }

  /// It isn't needed any more.
  func dismiss() { end() }
}
