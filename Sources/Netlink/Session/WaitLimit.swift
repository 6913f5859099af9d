internal import Glibc
internal import SystemPackage

/// How long something is waited for.
public struct WaitLimit: Sendable {
  /// When it's given up.
  public var deadline: ContinuousClock.Instant
  /// What ends it earlier.
  public var cancellation: NetlinkCancellation?

  /// Makes a limit.
  public init(_ deadline: ContinuousClock.Instant, _ cancellation: NetlinkCancellation? = nil) {
    self.deadline = deadline
    self.cancellation = cancellation
  }

  /// Takes what is there already.
  public static var now: WaitLimit { WaitLimit(.now) }

  /// Waits for a descriptor to become readable, or for nothing but the limit.
  func wait(for descriptor: Int32 = -1) throws(TransportFailure) {
    while true {
      if let cancellation, cancellation.isCancelled { throw .cancelled }
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else { throw .timedOut }
      let milliseconds = min(left / .milliseconds(1), 60_000).rounded(.up)
      // poll(2) passes over negative descriptors.
      var descriptors = [
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: cancellation?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
      ]
      if unsafe poll(&descriptors, 2, Int32(milliseconds)) < 0 {
        let error = Errno(rawValue: errno)
        guard error == .interrupted else { throw .system(error) }
      } else if descriptors[0].revents != 0 {
        return
      }
    }
  }
}
