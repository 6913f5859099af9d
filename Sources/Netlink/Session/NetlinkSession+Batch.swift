internal import SystemPackage

/// Several requests at once.
extension NetlinkSession {
  /// Sends requests that the kernel only acknowledges, many in one datagram, and says of each what came of it.
  ///
  /// The kernel takes them in order, and goes on after one that it refuses: a batch is no transaction. Each is sent
  /// once, whatever happens. When answers are lost or don't come, those that have none fail for that reason, and
  /// may have been carried out or not; what wasn't sent by then isn't, and fails as ``NetlinkError/Cause/notSent``.
  ///
  /// - Returns: as many results as requests, in their order.
  public mutating func batch(_ requests: [NetlinkRequest]) -> [Result<Void, NetlinkError>] {
    let end = ContinuousClock.now + timeLimit
    var results: [Result<Void, NetlinkError>] = []
    var batch = Batch()
    var isBroken = false
    for request in requests {
      if isBroken {
        results.append(.failure(NetlinkError(request, .notSent)))
        continue
      }
      if batch.isFull(with: request) {
        isBroken = !send(&batch, into: &results, until: end)
        if isBroken {
          results.append(.failure(NetlinkError(request, .notSent)))
          continue
        }
      }
      sequence = sequence == .max ? 1 : sequence + 1
      batch.add(request, sequence: sequence)
    }
    if !isBroken { _ = send(&batch, into: &results, until: end) }
    return results
  }

  /// Sends a datagram and reads its answers.
  ///
  /// - Returns: whether each request of it was answered.
  private mutating func send(
    _ batch: inout Batch, into results: inout [Result<Void, NetlinkError>], until end: ContinuousClock.Instant
  ) -> Bool {
    defer { batch = Batch() }
    guard let first = batch.firstSent else {
      results += batch.results(unanswered: .notSent)
      return true
    }
    do throws(NetlinkError) {
      try exchange(&batch, first, until: end)
      results += batch.results(unanswered: .notSent)
      return true
    } catch {
      results += batch.results(unanswered: error.cause)
      return false
    }
  }

  private mutating func exchange(
    _ batch: inout Batch, _ first: NetlinkRequest, until end: ContinuousClock.Instant
  ) throws(NetlinkError) {
    if let cancellation, cancellation.isCancelled { throw NetlinkError(first, .cancelled) }
    try discardLeftovers(before: first)
    do throws(TransportFailure) {
      try transport.send(batch.datagram.rawSpan)
    } catch {
      throw failure(of: first, error)
    }
    hasLeftovers = true
    var buffer = DatagramBuffer(size: 0)
    swap(&buffer, &self.buffer)
    defer { swap(&buffer, &self.buffer) }
    var silence = ContinuousClock.now + timeout
    while !batch.isAnswered {
      let datagram: ReceivedDatagram
      do throws(TransportFailure) {
        datagram = try buffer.receive(
          from: &transport, until: WaitLimit(min(silence, end), cancellation))
      } catch .timedOut where silence > end {
        throw NetlinkError(first, .unfinished(after: timeLimit))
      } catch {
        throw failure(of: first, error)
      }
      if let cancellation, cancellation.isCancelled { throw NetlinkError(first, .cancelled) }
      guard ContinuousClock.now < end else { throw NetlinkError(first, .unfinished(after: timeLimit)) }
      guard datagram.senderPortID == 0 else {
        dropped += 1
        continue
      }
      guard datagram.size <= buffer.bytes.count else {
        throw NetlinkError(first, .truncated(size: datagram.size, capacity: buffer.bytes.count))
      }
      do throws(WireError) {
        let reader = WireReader(buffer.bytes.rawSpan.extracting(first: datagram.size))
        if try batch.read(reader, portID: transport.portID) {
          silence = ContinuousClock.now + timeout
        } else {
          dropped += 1
        }
      } catch {
        throw NetlinkError(first, .malformed(error))
      }
    }
    hasLeftovers = false
  }
}

/// Requests that go in one datagram, and what came of each.
private struct Batch {
  /// A request on its way.
  private struct Entry {
    let request: NetlinkRequest
    /// Its bytes, if it can be sent.
    let sent: [UInt8]
    var result: Result<Void, NetlinkError>?
  }

  private var entries: [Entry] = []
  /// Where in ``entries`` the answers to a sequence number belong.
  private var positions: [UInt32: Int] = [:]
  private var unanswered = 0
  /// All messages, one after the other.
  private(set) var datagram: [UInt8] = []

  /// An acknowledgement is small, but the kernel drops those that don't fit into the socket's buffer.
  private static let mostRequests = 64
  private static let mostBytes = 32 * 1024

  /// A further request wants a datagram of its own.
  func isFull(with request: NetlinkRequest) -> Bool {
    unanswered >= Self.mostRequests
      || !datagram.isEmpty && datagram.count + MessageHeader.size + request.payload.count > Self.mostBytes
  }

  /// The first request that can be sent.
  var firstSent: NetlinkRequest? { entries.first { !$0.sent.isEmpty }?.request }

  var isAnswered: Bool { unanswered == 0 }

  mutating func add(_ request: NetlinkRequest, sequence: UInt32) {
    do throws(WireError) {
      let sent = try request.encoded(adding: [.request, .acknowledge], sequence: sequence)
      datagram += sent
      datagram.pad(to: MessageHeader.alignment)
      positions[sequence] = entries.count
      entries.append(Entry(request: request, sent: sent))
      unanswered += 1
    } catch {
      entries.append(
        Entry(request: request, sent: [], result: .failure(NetlinkError(request, .unsendable(error)))))
    }
  }

  /// Reads a datagram; returns whether it answered anything.
  mutating func read(_ datagram: WireReader, portID: UInt32) throws(WireError) -> Bool {
    var isAnswer = false
    var cursor = MessageCursor(datagram)
    while let message = try cursor.next() {
      guard message.header.portID == portID, let position = positions[message.header.sequence] else {
        continue
      }
      isAnswer = true
      let entry = entries[position]
      var reader = AnswerReader(request: entry.sent, sequence: message.header.sequence, portID: portID)
      guard let end = try reader.end(of: message), entry.result == nil else { continue }
      switch end {
      case .refused(let errno, let extendedAck):
        entries[position].result = .failure(
          NetlinkError(entry.request, .refused(errno), extendedAck: extendedAck))
      case .ended(.overrun):
        entries[position].result = .failure(NetlinkError(entry.request, .overrun(attempts: 1)))
      default: entries[position].result = .success(())
      }
      unanswered -= 1
    }
    return isAnswer
  }

  /// What came of each request, and what became of those without an answer.
  func results(unanswered cause: NetlinkError.Cause) -> [Result<Void, NetlinkError>] {
    entries.map { $0.result ?? .failure(NetlinkError($0.request, cause)) }
  }
}
