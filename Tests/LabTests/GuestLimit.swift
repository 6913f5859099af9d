import Testing

extension Trait where Self == TimeLimitTrait {
  /// The limit of suites that boot guests. A test's time begins before its guest has a slot (`GuestSlots`), and on a
  /// small machine it may wait for most of the others: this one only ends what hangs. What limits a guest itself is
  /// `Guest.timeout`.
  static var withGuests: Self { .timeLimit(.minutes(75)) }
}
