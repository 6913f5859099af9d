internal import CMnl
internal import Glibc
internal import SystemPackage

/// A thread that goes to another network namespace, opens a socket there, and ends.
final class NamespaceThread {
  private let netlinkProtocol: NetlinkProtocol
  private let namespace: Int32
  private var socket: NetlinkSocket?
  private var error: Errno?

  private init(_ netlinkProtocol: NetlinkProtocol, _ namespace: Int32) {
    self.netlinkProtocol = netlinkProtocol
    self.namespace = namespace
  }

  /// Opens a socket in the namespace that an open file stands for.
  static func open(
    _ netlinkProtocol: NetlinkProtocol, in namespace: Int32
  ) throws(Errno) -> NetlinkSocket {
    let work = NamespaceThread(netlinkProtocol, namespace)
    var thread = pthread_t()
    // The thread ends before this function does, so that it needs no reference of its own.
    let argument = unsafe Unmanaged.passUnretained(work).toOpaque()
    let code = unsafe pthread_create(
      &thread, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<NamespaceThread>.fromOpaque(argument).takeUnretainedValue().run()
        return nil
      }, argument)
    guard code == 0 else { throw Errno(rawValue: code) }
    pthread_join(thread, nil)
    return try withExtendedLifetime(work) { (work) throws(Errno) in try work.result() }
  }

  private func run() {
    // CLONE_NEWNET: what isn't a network namespace is refused.
    guard setns(namespace, 0x4000_0000) == 0 else {
      error = Errno(rawValue: errno)
      return
    }
    do throws(Errno) {
      socket = try NetlinkSocket(netlinkProtocol)
    } catch {
      self.error = error
    }
  }

  private func result() throws(Errno) -> NetlinkSocket {
    if let error { throw error }
    guard let socket = socket.take() else { throw .noChildProcess }
    return socket
  }
}
