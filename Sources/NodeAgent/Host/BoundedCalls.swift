import Glibc
import Synchronization

/// Calls that may block for as long as the system likes, made side by side and given up on after a time.
///
/// C has no way to end such a call (getaddrinfo(3) waits for every name server in turn), so that one which is given up on
/// goes on in a thread that nobody waits for; it ends by itself, or with the process.
enum BoundedCalls {
  /// As many calls are under way at once at the most.
  static let threadLimit = 16

  /// Makes all calls and answers what each gave, in their order; nil for one that gave nothing in time.
  ///
  /// - Parameter limit: for all of them together.
  static func run<Answer: Sendable>(
    _ calls: [@Sendable () -> Answer], within limit: Duration
  ) -> [Answer?] {
    guard limit > .zero else { return calls.map { _ in nil } }
    let board = Board(calls)
    for _ in 0..<min(calls.count, threadLimit) {
      // Where no thread can be had, the calls of those there are have to do; without any there is no answer.
      guard DetachedThread.start({ board.work() }) else { break }
    }
    return board.answers(within: limit)
  }

  /// The calls that nobody took yet, and the answers that came.
  private final class Board<Answer: Sendable>: Sendable {
    private let calls: [@Sendable () -> Answer]
    private let state: Mutex<(next: Int, isOver: Bool, answers: [Answer?])>
    private let bell = Bell()

    init(_ calls: [@Sendable () -> Answer]) {
      self.calls = calls
      state = Mutex((0, false, Array(repeating: nil, count: calls.count)))
    }

    /// Makes one call after the other until there are no more, or nobody waits any longer.
    func work() {
      while let index = take() {
        let answer = calls[index]()
        state.withLock { $0.answers[index] = answer }
        bell.ring()
      }
    }

    private func take() -> Int? {
      state.withLock { state in
        guard !state.isOver, state.next < calls.count else { return nil }
        defer { state.next += 1 }
        return state.next
      }
    }

    func answers(within limit: Duration) -> [Answer?] {
      bell.wait(for: calls.count, within: limit)
      return state.withLock { state in
        state.isOver = true
        return state.answers
      }
    }
  }
}

/// A thread that nobody waits for.
enum DetachedThread {
  private final class Body {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Runs the body; false when the system has no thread to give.
  static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    let box = unsafe Unmanaged.passRetained(Body(body))
    var thread: pthread_t = 0
    let result = unsafe pthread_create(
      &thread, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    // The thread took it over; without one it is still ours.
    guard result == 0 else {
      unsafe box.release()
      return false
    }
    pthread_detach(thread)
    return true
  }
}
