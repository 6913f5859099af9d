internal import SystemPackage

/// How an exchange ended, other than by an error.
enum Outcome: Equatable {
  /// All answers were read.
  case complete
  /// All answers were read, but what they list changed meanwhile.
  case interrupted
  /// Answers were lost.
  case overrun
}

/// What a message of data means for the exchange.
enum Taken {
  /// More is expected.
  case more
  /// More may come, but isn't wanted.
  case enough
  /// It was the last.
  case last
}

/// Tells which messages answer a request, and which of them is the last.
struct AnswerReader {
  /// What a datagram meant.
  enum Progress {
    /// It doesn't belong to the request.
    case nothing
    /// More is to come.
    case more
    /// More may come, but there is no use in reading it; the outcome is known.
    case enough(Outcome)
    case ended(Outcome)
    case refused(Errno, ExtendedAck?)
  }

  private let request: [UInt8]
  private let sequence: UInt32
  private let portID: UInt32
  private var isInterrupted = false

  /// - Parameter request: the message as it was sent.
  init(request: [UInt8], sequence: UInt32, portID: UInt32) {
    self.request = request
    self.sequence = sequence
    self.portID = portID
  }

  /// Reads a datagram. `take` receives each message of data and says what it means; after
  /// ``Taken/enough`` it still receives the others of this datagram.
  mutating func read(
    _ datagram: WireReader, take: (borrowing NetlinkMessage) throws(WireError) -> Taken
  ) throws(WireError) -> Progress {
    var progress = Progress.nothing
    var isEnough = false
    var cursor = MessageCursor(datagram)
    while let message = try cursor.next() {
      guard message.header.sequence == sequence, message.header.portID == portID else { continue }
      progress = .more
      if message.header.flags.contains(.dumpInterrupted) { isInterrupted = true }
      switch ControlType(rawValue: message.header.type) {
      case .noOperation: continue
      case .overrun: return .ended(.overrun)
      case .error, .done: return try end(message)
      case nil:
        // What was interrupted is asked for again, so that there is no use in reading it.
        if isInterrupted { continue }
        switch try take(message) {
        case .more: isEnough = false
        case .enough: isEnough = true
        case .last: return .ended(.complete)
        }
      }
    }
    if isInterrupted { return .enough(.interrupted) }
    return isEnough ? .enough(.complete) : progress
  }

  /// What a message of an exchange ends it with; `nil` if it doesn't.
  mutating func end(of message: borrowing NetlinkMessage) throws(WireError) -> Progress? {
    switch ControlType(rawValue: message.header.type) {
    case .error, .done: try end(message)
    case .overrun: .ended(.overrun)
    case .noOperation, nil: nil
    }
  }

  /// Reads an ERROR or DONE: the errno is negative, 0 means success.
  private func end(_ message: borrowing NetlinkMessage) throws(WireError) -> Progress {
    let isError = message.header.type == ControlType.error.rawValue
    // Not every family gives its DONE an errno.
    if !isError, message.payload.count == 0 { return ended }
    let code = try message.payload.int32(at: 0)
    if code == 0 { return ended }
    // What isn't an errno is a failure all the same.
    let errno = Errno(rawValue: code < 0 && code > -4096 ? -code : Errno.ioError.rawValue)
    guard message.header.flags.contains(.extendedAck) else { return .refused(errno, nil) }
    var start = 4
    if isError {
      let capped = message.header.flags.contains(.capped)
      let length = capped ? MessageHeader.size : Int(try message.payload.uint32(at: start))
      start += aligned(length, to: MessageHeader.alignment)
    }
    let attributes = AttributeCursor(try message.payload.suffix(from: start))
    return .refused(errno, try ExtendedAck(attributes, request: request))
  }

  private var ended: Progress { .ended(isInterrupted ? .interrupted : .complete) }
}
