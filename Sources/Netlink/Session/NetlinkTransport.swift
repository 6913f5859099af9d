/// Sends requests to a kernel and receives datagrams: the seam at which tests put a fake kernel.
///
/// A transport only moves bytes. Who sent them and what they mean is judged by ``NetlinkSession``.
public protocol NetlinkTransport: ~Copyable {
  /// The port that answers are addressed to. It may change when the transport restarts.
  var portID: UInt32 { get }

  /// Sends one datagram to the kernel.
  mutating func send(_ datagram: RawSpan) throws(TransportFailure)

  /// Receives one datagram into `buffer`.
  mutating func receive(
    into buffer: inout MutableRawSpan, until limit: WaitLimit
  ) throws(TransportFailure) -> ReceivedDatagram

  /// Waits for a datagram and says how large the next one is, without receiving it; `nil` if that can't be known
  /// beforehand.
  mutating func nextSize(until limit: WaitLimit) throws(TransportFailure) -> Int?

  /// Gives up everything that is still to come, at a cost that doesn't depend on how much that is.
  ///
  /// - Returns: `false` if it can't; then nothing has changed, and what is to come can be received.
  mutating func restart() -> Bool
}

extension NetlinkTransport where Self: ~Copyable {
  /// Nothing is known.
  public mutating func nextSize(until limit: WaitLimit) throws(TransportFailure) -> Int? { nil }

  /// Most transports can't.
  public mutating func restart() -> Bool { false }
}

/// What is known of a datagram besides its bytes.
public struct ReceivedDatagram: Sendable, Hashable {
  /// Its size; more than the buffer's if it was truncated.
  public var size: Int
  /// The sender's port: 0 is the kernel, everything else is a program on this host.
  public var senderPortID: UInt32

  /// Makes a description of a datagram.
  public init(size: Int, senderPortID: UInt32 = 0) {
    self.size = size
    self.senderPortID = senderPortID
  }
}
