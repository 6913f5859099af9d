internal import SystemPackage

extension NetlinkSession {
  /// Sends one request and reads its answers until the last.
  ///
  /// - Parameters:
  ///   - end: when the operation has to be over, of which this may be a part.
  ///   - take: receives each message of data; says what it means.
  mutating func exchange(
    _ request: NetlinkRequest, adding flags: MessageFlags, until end: ContinuousClock.Instant,
    take: (borrowing NetlinkMessage) throws(WireError) -> Taken
  ) throws(NetlinkError) -> Outcome {
    if let cancellation, cancellation.isCancelled { throw NetlinkError(request, .cancelled) }
    try discardLeftovers(before: request)
    sequence = sequence == .max ? 1 : sequence + 1
    let sent = try send(request, adding: flags)
    hasLeftovers = true

    // A local variable, since the bytes stay borrowed while the session counts what it drops.
    var buffer = DatagramBuffer(size: 0)
    swap(&buffer, &self.buffer)
    defer { swap(&buffer, &self.buffer) }

    var reader = AnswerReader(request: sent, sequence: sequence, portID: transport.portID)
    var silence = ContinuousClock.now + timeout
    // While a datagram is received, the kernel makes the next of the size of the largest buffer that it has met.
    // The first may be all that is wanted.
    var isFirst = true
    while true {
      let datagram: ReceivedDatagram
      do throws(TransportFailure) {
        datagram = try buffer.receive(
          from: &transport, until: WaitLimit(min(silence, end), cancellation), withoutSpare: isFirst)
      } catch .overrun {
        return .overrun
      } catch .timedOut where silence > end {
        throw NetlinkError(request, .unfinished(after: timeLimit))
      } catch {
        throw failure(of: request, error)
      }
      isFirst = false
      // Answers without end leave no time for waiting.
      if let cancellation, cancellation.isCancelled { throw NetlinkError(request, .cancelled) }
      guard ContinuousClock.now < end else { throw NetlinkError(request, .unfinished(after: timeLimit)) }
      guard datagram.senderPortID == 0 else {
        dropped += 1
        continue
      }
      guard datagram.size <= buffer.bytes.count else {
        throw NetlinkError(request, .truncated(size: datagram.size, capacity: buffer.bytes.count))
      }
      let progress: AnswerReader.Progress
      do throws(WireError) {
        progress = try reader.read(
          WireReader(buffer.bytes.rawSpan.extracting(first: datagram.size)), take: take)
      } catch {
        throw NetlinkError(request, .malformed(error))
      }
      switch progress {
      case .nothing: dropped += 1
      case .more: silence = ContinuousClock.now + timeout
      case .enough(let outcome):
        abandon(&reader, &buffer, after: datagram.size)
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

  func failure(of request: NetlinkRequest, _ failure: TransportFailure) -> NetlinkError {
    switch failure {
    case .timedOut: NetlinkError(request, .timedOut(after: timeout))
    case .overrun: NetlinkError(request, .overrun(attempts: 1))
    case .cancelled: NetlinkError(request, .cancelled)
    case .notRecorded: NetlinkError(request, .notRecorded)
    case .system(let errno): NetlinkError(request, .system(errno))
    }
  }

  /// Leaves the rest of a dump unread. A short one ends in its next datagram; for others there's a new socket.
  ///
  /// - Parameter size: that of the last datagram. The kernel fills them as long as there's something to dump.
  private mutating func abandon(_ reader: inout AnswerReader, _ buffer: inout DatagramBuffer, after size: Int)
  {
    if size < Self.fullDatagram, let datagram = try? buffer.receive(from: &transport, until: .now),
      datagram.senderPortID == 0, datagram.size <= buffer.bytes.count,
      let progress = try? reader.read(
        WireReader(buffer.bytes.rawSpan.extracting(first: datagram.size)),
        take: { (_) throws(WireError) in .more })
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
  mutating func discardLeftovers(before request: NetlinkRequest) throws(NetlinkError) {
    guard hasLeftovers else { return }
    let deadline = ContinuousClock.now + timeout
    var discarded = 0
    var scrap = [UInt8](repeating: 0, count: MessageHeader.size)
    while ContinuousClock.now < deadline {
      do throws(TransportFailure) {
        // Nobody reads it, so that it doesn't matter how much of it fits.
        var span = scrap.mutableSpan
        var bytes = unsafe span.mutableBytes
        _ = try transport.receive(into: &bytes, until: .now)
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

  /// The smallest buffer that the kernel dumps into is a page less its own bookkeeping, of which what the next object
  /// didn't fit into stays empty.
  private static let fullDatagram = 3000

  /// So many datagrams are read before a new socket is the cheaper way to be rid of them.
  private static let cheapLeftovers = 8

  /// Waits before a dump is made again.
  func pause(_ duration: Duration, before request: NetlinkRequest) throws(NetlinkError) {
    do throws(TransportFailure) {
      try WaitLimit(.now + duration, cancellation).wait()
    } catch {
      if error != .timedOut { throw failure(of: request, error) }
    }
  }
}
