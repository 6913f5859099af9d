public import SystemPackage

/// Why something that was asked of the kernel through netlink didn't happen.
public struct NetlinkError: Error, Sendable, Hashable {
  /// What came back.
  public enum Cause: Sendable, Hashable {
    /// The kernel answered with an errno.
    case refused(Errno)
    /// A system call of the socket failed.
    case system(Errno)
    /// No answer came in time.
    case timedOut(after: Duration)
    /// The answers went on and on.
    case unfinished(after: Duration)
    /// ``NetlinkCancellation/cancel()`` was called.
    case cancelled
    /// It wasn't sent, since what was sent before it had no answer.
    case notSent
    /// An answer was larger than the buffer, and the rest of it is lost.
    case truncated(size: Int, capacity: Int)
    /// An answer didn't follow the wire format.
    case malformed(WireError)
    /// The request couldn't be built.
    case unsendable(WireError)
    /// What was listed changed during every one of the attempts.
    case inconsistent(attempts: Int)
    /// The kernel had to drop answers in every one of the attempts.
    case overrun(attempts: Int)
    /// The kernel answered, but with nothing that answers the question.
    case unanswered
    /// The recording that answers in the kernel's place doesn't hold the answer, or not all of it.
    case notRecorded
    /// There is no way to the address that a route was asked for; with the kernel's errno if it gave one.
    case noRoute(NoRoute, Errno?)
  }

  /// What was tried, as in "list the links".
  public let operation: String
  /// What it was tried on, as in "eth0".
  public let subject: String?
  /// What came back.
  public let cause: Cause
  /// What the kernel said besides an errno.
  public let extendedAck: ExtendedAck?

  /// Makes an error.
  public init(
    _ operation: String, on subject: String? = nil, _ cause: Cause, extendedAck: ExtendedAck? = nil
  ) {
    self.operation = operation
    self.subject = subject
    self.cause = cause
    self.extendedAck = extendedAck
  }

  init(_ request: NetlinkRequest, _ cause: Cause, extendedAck: ExtendedAck? = nil) {
    self.init(request.operation, on: request.subject, cause, extendedAck: extendedAck)
  }

  /// Why there is no way to an address, if that is what came back.
  public var noRoute: NoRoute? {
    if case .noRoute(let reason, _) = cause { reason } else { nil }
  }

  /// The errno, where there is one.
  public var errno: Errno? {
    switch cause {
    case .refused(let errno), .system(let errno): errno
    case .timedOut, .unfinished: .timedOut
    case .cancelled: .canceled
    case .overrun: .noBufferSpace
    case .noRoute(_, let errno): errno
    case .truncated, .malformed, .unsendable, .inconsistent, .unanswered, .notRecorded, .notSent: nil
    }
  }
}
