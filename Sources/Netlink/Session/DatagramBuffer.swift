/// Room for one datagram after the other.
struct DatagramBuffer: ~Copyable {
  private(set) var bytes: [UInt8]

  init(size: Int) {
    bytes = [UInt8](repeating: 0, count: size)
  }

  /// Receives a datagram; grows if it's too small for it. What is still larger has a size beyond ``bytes``.
  ///
  /// - Parameter withoutSpare: shows the kernel no more room than the datagram needs.
  mutating func receive(
    from transport: inout any NetlinkTransport & ~Copyable, until limit: WaitLimit, withoutSpare: Bool = false
  ) throws(TransportFailure) -> ReceivedDatagram {
    let size = try transport.nextSize(until: limit)
    if let size, size > bytes.count, size <= NetlinkSession.largestBuffer {
      bytes = [UInt8](repeating: 0, count: size)
    }
    var room = bytes.count
    if withoutSpare, let size { room = min(size, room) }
    var span = bytes.mutableSpan
    // A byte has no padding.
    var raw = unsafe span.mutableBytes
    var part = raw._mutatingExtracting(first: room)
    return try transport.receive(into: &part, until: limit)
  }
}
