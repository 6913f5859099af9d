public import SystemPackage

/// Why a transport moved no datagram.
public enum TransportFailure: Error, Sendable, Hashable {
  /// Nothing came until the deadline.
  case timedOut
  /// The kernel had to drop something that was for this socket (`ENOBUFS`); what comes next is whole again.
  case overrun
  /// ``NetlinkCancellation/cancel()`` was called.
  case cancelled
  /// A recording holds no answer, or no more of it: see ``ReplayTransport``.
  case notRecorded
  /// What the system said.
  case system(Errno)

  /// The failure that an errno of a socket stands for.
  public init(_ errno: Errno) {
    switch errno {
    case .timedOut: self = .timedOut
    case .noBufferSpace: self = .overrun
    default: self = .system(errno)
    }
  }
}
