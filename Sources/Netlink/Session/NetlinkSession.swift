internal import SystemPackage

/// Asks a kernel through netlink and reads its answers, one request at a time.
///
/// An answer counts only if the kernel sent it (port 0), to this socket's port, with the request's sequence
/// number; everything else is dropped. Failures are read wherever the kernel puts them: in an ERROR, and in
/// the DONE that ends a dump. A list that changed while it was dumped is dumped again, a bounded number of
/// times. Whatever an earlier request left behind is thrown away before the next one.
public struct NetlinkSession: ~Copyable {
  private var transport: any NetlinkTransport & ~Copyable
  private var buffer: [UInt8]
  private var sequence: UInt32 = 0
  private var hasLeftovers = false

  /// How long the kernel may stay silent before a request fails.
  public let timeout: Duration
  /// How often a dump is tried when it is interrupted by changes or overruns.
  public let attempts: Int
  /// Datagrams dropped since they answered nothing that was asked.
  public private(set) var dropped = 0
  /// Dumps that were made again, since they were interrupted or answers were lost.
  public private(set) var repeatedDumps = 0

  /// The largest datagram that is received whole. The kernel cuts dumps to this size at most.
  public static let bufferSize = 32 * 1024

  /// Makes a session over a transport.
  public init(
    _ transport: consuming any NetlinkTransport & ~Copyable, timeout: Duration = .seconds(10),
    attempts: Int = 10
  ) {
    self.transport = transport
    self.timeout = timeout
    self.attempts = attempts
    buffer = [UInt8](repeating: 0, count: Self.bufferSize)
  }

  /// Opens a socket in the calling thread's network namespace and makes a session over it.
  public init(_ netlinkProtocol: NetlinkProtocol, timeout: Duration = .seconds(10)) throws(NetlinkError) {
    do throws(Errno) {
      self.init(try NetlinkSocket(netlinkProtocol), timeout: timeout)
    } catch {
      throw NetlinkError("open a socket", on: "\(netlinkProtocol)", .system(error))
    }
  }

  /// Sends a request that the kernel only acknowledges.
  public mutating func request(_ request: NetlinkRequest) throws(NetlinkError) {
    let outcome = try exchange(request, adding: .acknowledge) { (_) throws(WireError) in false }
    if outcome == .overrun { throw NetlinkError(request, .overrun(attempts: 1)) }
  }

  /// Sends a request that the kernel answers with one object. It is sent once, whatever happens.
  ///
  /// - Parameter parse: makes the object from a message, or `nil` if it is none.
  public mutating func request<Answer>(
    _ request: NetlinkRequest, parse: (borrowing NetlinkMessage) throws(WireError) -> Answer?
  ) throws(NetlinkError) -> Answer {
    var answer: Answer?
    let outcome = try exchange(request, adding: []) { (message) throws(WireError) in
      if answer == nil { answer = try parse(message) }
      return !message.header.flags.contains(.multi)
    }
    switch outcome {
    case .complete:
      guard let answer else { throw NetlinkError(request, .unanswered) }
      return answer
    case .interrupted: throw NetlinkError(request, .inconsistent(attempts: 1))
    case .overrun: throw NetlinkError(request, .overrun(attempts: 1))
    }
  }

  /// Sends a request that the kernel answers with all objects of a kind.
  ///
  /// - Parameter parse: makes an object from a message, or `nil` to leave the message out.
  public mutating func dump<Object>(
    _ request: NetlinkRequest, parse: (borrowing NetlinkMessage) throws(WireError) -> Object?
  ) throws(NetlinkError) -> [Object] {
    var outcome = Outcome.complete
    for attempt in 0..<attempts {
      if attempt > 0 { repeatedDumps += 1 }
      var objects: [Object] = []
      outcome = try exchange(request, adding: .dump) { (message) throws(WireError) in
        if let object = try parse(message) { objects.append(object) }
        return false
      }
      if outcome == .complete { return objects }
    }
    switch outcome {
    case .overrun: throw NetlinkError(request, .overrun(attempts: attempts))
    case .interrupted, .complete: throw NetlinkError(request, .inconsistent(attempts: attempts))
    }
  }
}

extension NetlinkSession {
  /// Sends one request and reads its answers until the last.
  ///
  /// - Parameter take: receives each message of data; says whether it was the last.
  private mutating func exchange(
    _ request: NetlinkRequest, adding flags: MessageFlags,
    take: (borrowing NetlinkMessage) throws(WireError) -> Bool
  ) throws(NetlinkError) -> Outcome {
    try discardLeftovers(before: request)
    sequence = sequence == .max ? 1 : sequence + 1
    let sent = try send(request, adding: flags)
    hasLeftovers = true

    // A local variable, since the bytes stay borrowed while the session counts what it drops.
    var buffer: [UInt8] = []
    swap(&buffer, &self.buffer)
    defer { swap(&buffer, &self.buffer) }

    var reader = AnswerReader(request: sent, sequence: sequence, portID: transport.portID)
    var deadline = ContinuousClock.now + timeout
    while true {
      let datagram: ReceivedDatagram
      do throws(Errno) {
        datagram = try Self.receive(&transport, into: &buffer, until: deadline)
      } catch .noBufferSpace {
        return .overrun
      } catch {
        throw NetlinkError(request, error == .timedOut ? .timedOut(after: timeout) : .system(error))
      }
      guard datagram.senderPortID == 0 else {
        dropped += 1
        continue
      }
      guard datagram.size <= buffer.count else {
        throw NetlinkError(request, .truncated(size: datagram.size, capacity: buffer.count))
      }
      let progress: AnswerReader.Progress
      do throws(WireError) {
        progress = try reader.read(WireReader(buffer.rawSpan.extracting(first: datagram.size)), take: take)
      } catch {
        throw NetlinkError(request, .malformed(error))
      }
      switch progress {
      case .nothing: dropped += 1
      case .more: deadline = ContinuousClock.now + timeout
      case .ended(let outcome):
        hasLeftovers = outcome == .overrun
        return outcome
      case .refused(let errno, let extendedAck):
        hasLeftovers = false
        throw NetlinkError(request, .refused(errno), extendedAck: extendedAck)
      }
    }
  }

  private mutating func send(
    _ request: NetlinkRequest, adding flags: MessageFlags
  ) throws(NetlinkError) -> [UInt8] {
    let message: [UInt8]
    do throws(WireError) {
      message = try request.encoded(adding: flags.union(.request), sequence: sequence)
    } catch {
      throw NetlinkError(request, .unsendable(error))
    }
    do throws(Errno) {
      try transport.send(message.rawSpan)
    } catch {
      throw NetlinkError(request, .system(error))
    }
    return message
  }

  /// Reads what an unfinished exchange left in the socket. A dump that goes on would else answer EBUSY.
  private mutating func discardLeftovers(before request: NetlinkRequest) throws(NetlinkError) {
    guard hasLeftovers else { return }
    let deadline = ContinuousClock.now + timeout
    while ContinuousClock.now < deadline {
      do throws(Errno) {
        _ = try Self.receive(&transport, into: &buffer, until: .now)
        dropped += 1
      } catch .timedOut {
        hasLeftovers = false
        return
      } catch .noBufferSpace {
        continue
      } catch {
        throw NetlinkError(request, .system(error))
      }
    }
    throw NetlinkError(request, .timedOut(after: timeout))
  }

  private static func receive(
    _ transport: inout any NetlinkTransport & ~Copyable, into buffer: inout [UInt8],
    until deadline: ContinuousClock.Instant
  ) throws(Errno) -> ReceivedDatagram {
    var span = buffer.mutableSpan
    // A byte has no padding.
    var bytes = unsafe span.mutableBytes
    return try transport.receive(into: &bytes, until: deadline)
  }
}
