/// Answers from a recording in the kernel's place.
///
/// An answer is a function of the request alone: of its messages' types, flags and payloads. When a request was
/// recorded several times, as a dump that had to be made again is, the last recording that holds a whole answer
/// answers, every time; without a whole one, the last of which nothing was lost on the way.
/// What wasn't recorded is answered by ``TransportFailure/notRecorded``, at once, and so is
/// waiting for more than was recorded. The recording may come from anywhere: it is read as
/// distrustfully as the kernel's own words.
public struct ReplayTransport: NetlinkTransport, ~Copyable {
  /// Always the same: it appears in no file.
  public let portID: UInt32 = 1

  private let exchanges: [[UInt8]: RecordedExchange]
  private var pending: ArraySlice<[UInt8]> = []

  /// Answers from exchanges in the order in which they were recorded.
  public init(_ exchanges: [RecordedExchange]) {
    self.exchanges = Dictionary(
      exchanges.map { (RecordedExchange.identity(of: $0.request), $0) },
      uniquingKeysWith: { $0.soundness > $1.soundness ? $0 : $1 })
  }

  /// Looks a request up.
  public mutating func send(_ datagram: RawSpan) throws(TransportFailure) {
    let request = datagram.array()
    guard let exchange = exchanges[RecordedExchange.identity(of: request)] else { throw .notRecorded }
    // The kernel knows which port a request came from.
    var sent = request
    for position in RecordedExchange.messages(in: sent) {
      sent.replace(portID, at: position + MessageHeader.portPosition)
    }
    pending = exchange.answers(to: sent, portID: portID)[...]
  }

  /// The next datagram of the answer.
  public mutating func receive(
    into buffer: inout MutableRawSpan, until limit: WaitLimit
  ) throws(TransportFailure) -> ReceivedDatagram {
    guard let datagram = pending.popFirst() else { throw .notRecorded }
    buffer.copy(datagram)
    return ReceivedDatagram(size: datagram.count)
  }

  /// The size of the next datagram of the answer.
  public mutating func nextSize(until limit: WaitLimit) throws(TransportFailure) -> Int? {
    pending.first?.count
  }

  /// Forgets the rest of the answer.
  public mutating func restart() -> Bool {
    pending = []
    return true
  }
}
