internal import Synchronization

/// Keeps what went over one or more ``RecordingTransport``s, in the order in which it was sent.
public final class ExchangeRecorder: Sendable {
  private let state = Mutex<[RecordedExchange]>([])

  /// Makes a recorder that has recorded nothing.
  public init() {}

  /// What was recorded so far.
  public var exchanges: [RecordedExchange] {
    state.withLock { $0 }
  }

  /// Adds a request; returns what its answers are added by.
  func begin(_ request: [UInt8]) -> Int {
    state.withLock { exchanges in
      exchanges.append(RecordedExchange(request: request, datagrams: []))
      return exchanges.count - 1
    }
  }

  func add(_ datagram: [UInt8], to number: Int) {
    state.withLock { $0[number].datagrams.append(datagram) }
  }
}
