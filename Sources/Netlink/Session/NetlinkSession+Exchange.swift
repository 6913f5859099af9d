internal import SystemPackage

extension NetlinkSession {
  /// Sends one request and reads its answers until the last.
  ///
  /// - Parameter take: receives each message of data; says what it means.
  mutating func exchange(
    _ request: NetlinkRequest, adding flags: MessageFlags,
    take: (borrowing NetlinkMessage) throws(WireError) -> Taken
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
      do throws(TransportFailure) {
        datagram = try Self.receive(&transport, into: &buffer, until: deadline)
      } catch .overrun {
        return .overrun
      } catch {
        throw failure(of: request, error)
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
      case .enough(let outcome):
        abandon(&reader, &buffer)
        return outcome
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
    do throws(TransportFailure) {
      try transport.send(message.rawSpan)
    } catch {
      throw failure(of: request, error)
    }
    return message
  }

  private func failure(of request: NetlinkRequest, _ failure: TransportFailure) -> NetlinkError {
    switch failure {
    case .timedOut: NetlinkError(request, .timedOut(after: timeout))
    case .overrun: NetlinkError(request, .overrun(attempts: 1))
    case .notRecorded: NetlinkError(request, .notRecorded)
    case .system(let errno): NetlinkError(request, .system(errno))
    }
  }

  /// Leaves the rest of a dump unread. A short one ends in its next datagram; for others there's a new socket.
  private mutating func abandon(_ reader: inout AnswerReader, _ buffer: inout [UInt8]) {
    if let datagram = try? Self.receive(&transport, into: &buffer, until: .now),
      datagram.senderPortID == 0, datagram.size <= buffer.count,
      let progress = try? reader.read(
        WireReader(buffer.rawSpan.extracting(first: datagram.size)), take: { (_) throws(WireError) in .more })
    {
      switch progress {
      case .ended, .refused:
        hasLeftovers = false
        return
      case .nothing, .more, .enough: break
      }
    }
    if transport.restart() { hasLeftovers = false }
  }

  /// Reads what an unfinished exchange left in the socket. A dump that goes on would else answer EBUSY.
  private mutating func discardLeftovers(before request: NetlinkRequest) throws(NetlinkError) {
    guard hasLeftovers else { return }
    let deadline = ContinuousClock.now + timeout
    var discarded = 0
    while ContinuousClock.now < deadline {
      do throws(TransportFailure) {
        _ = try Self.receive(&transport, into: &buffer, until: .now)
        dropped += 1
      } catch .timedOut, .notRecorded {
        hasLeftovers = false
        return
      } catch .overrun {
        continue
      } catch {
        throw failure(of: request, error)
      }
      discarded += 1
      if discarded == Self.cheapLeftovers, transport.restart() {
        hasLeftovers = false
        return
      }
    }
    throw NetlinkError(request, .timedOut(after: timeout))
  }

  /// So many datagrams are read before a new socket is the cheaper way to be rid of them.
  private static let cheapLeftovers = 8

  private static func receive(
    _ transport: inout any NetlinkTransport & ~Copyable, into buffer: inout [UInt8],
    until deadline: ContinuousClock.Instant
  ) throws(TransportFailure) -> ReceivedDatagram {
    var span = buffer.mutableSpan
    // A byte has no padding.
    var bytes = unsafe span.mutableBytes
    return try transport.receive(into: &bytes, until: deadline)
  }
}
