internal import CMnl
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// Ends what a session or a monitor waits for, from any thread: at once, and for good.
///
/// ```swift
/// let cancellation = try NetlinkCancellation()
/// netlink.session.cancellation = cancellation
/// // elsewhere
/// cancellation.cancel()  // what is being waited for throws NetlinkError.Cause.cancelled
/// ```
public final class NetlinkCancellation: Sendable {
  /// An eventfd(2), which becomes readable and stays so.
  let descriptor: Int32
  private let flag = Atomic<Bool>(false)

  /// Makes a cancellation that hasn't happened.
  ///
  /// - Throws: a ``NetlinkError`` when there are no file descriptors left.
  public init() throws(NetlinkError) {
    descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    guard descriptor >= 0 else {
      throw NetlinkError("prepare a cancellation", .system(Errno(rawValue: errno)))
    }
  }

  deinit {
    close(descriptor)
  }

  /// Cancels. Doing so twice is the same as once.
  public func cancel() {
    flag.store(true, ordering: .releasing)
    // Fails only when its counter is full, and then it's readable anyway.
    _ = eventfd_write(descriptor, 1)
  }

  /// Whether it has happened.
  public var isCancelled: Bool { flag.load(ordering: .acquiring) }
}
