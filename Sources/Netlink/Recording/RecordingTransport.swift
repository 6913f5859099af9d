/// Passes everything on to another transport and keeps a copy of it.
///
/// ```swift
/// let recorder = ExchangeRecorder()
/// var netlink = RouteNetlink(NetlinkSession(RecordingTransport(try NetlinkSocket(.route), recorder)))
/// _ = try netlink.links()
/// let recording = recorder.exchanges  // answers the same requests through a ReplayTransport
/// ```
public struct RecordingTransport<Base: NetlinkTransport & ~Copyable>: NetlinkTransport, ~Copyable {
  private var transport: Base
  private let recorder: ExchangeRecorder
  private var current: Int?

  /// Records what goes over a transport.
  public init(_ transport: consuming Base, _ recorder: ExchangeRecorder) {
    self.transport = transport
    self.recorder = recorder
  }

  /// The port of the transport below.
  public var portID: UInt32 { transport.portID }

  /// Sends and keeps a datagram.
  public mutating func send(_ datagram: RawSpan) throws(TransportFailure) {
    var request = datagram.array()
    for position in RecordedExchange.messages(in: request) {
      request.replace(transport.portID, at: position + MessageHeader.portPosition)
    }
    try transport.send(datagram)
    current = recorder.begin(request)
  }

  /// Receives and keeps a datagram. One that doesn't fit into the buffer isn't kept, as it isn't known; nor is what
  /// comes after it or after a loss, which would look like a whole answer.
  public mutating func receive(
    into buffer: inout MutableRawSpan, until limit: WaitLimit
  ) throws(TransportFailure) -> ReceivedDatagram {
    let datagram: ReceivedDatagram
    do throws(TransportFailure) {
      datagram = try transport.receive(into: &buffer, until: limit)
    } catch {
      if error == .overrun { current = nil }
      throw error
    }
    guard let current, datagram.senderPortID == 0 else { return datagram }
    if datagram.size <= buffer.byteCount {
      recorder.add(buffer.bytes.extracting(first: datagram.size).array(), to: current)
    } else {
      self.current = nil
    }
    return datagram
  }

  /// Asks the transport below.
  public mutating func nextSize(until limit: WaitLimit) throws(TransportFailure) -> Int? {
    do throws(TransportFailure) {
      return try transport.nextSize(until: limit)
    } catch {
      // A loss is told once, to whoever asks first.
      if error == .overrun { current = nil }
      throw error
    }
  }

  /// Makes the transport below give up what is to come.
  public mutating func restart() -> Bool { transport.restart() }
}
