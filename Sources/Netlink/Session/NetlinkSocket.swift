internal import CMnl
internal import Glibc
public import SystemPackage

/// A netlink protocol (linux/netlink.h).
public enum NetlinkProtocol: Int32, Sendable {
  /// Links, addresses, routes, rules, neighbours (`NETLINK_ROUTE`).
  case route = 0
  /// Families that modules register by name (`NETLINK_GENERIC`).
  case generic = 16
}

/// A netlink socket of its own: closed on exec, with a port that the kernel chose, closed when it goes.
///
/// It lives in the network namespace of the thread that opened it, wherever it is used later.
public struct NetlinkSocket: NetlinkTransport, ~Copyable {
  private let handle: Handle

  /// What the socket speaks.
  public let netlinkProtocol: NetlinkProtocol

  /// The port that answers are addressed to.
  public let portID: UInt32

  /// The kernel checks requests strictly and so honours filters in dumps (4.20 and later).
  public let checksStrictly: Bool

  /// Opens and binds a socket.
  ///
  /// - Throws: what socket(2), bind(2) or setsockopt(2) said.
  public init(_ netlinkProtocol: NetlinkProtocol) throws(Errno) {
    let handle = try Handle(netlinkProtocol)
    let portID = try handle.bind()
    _ = try handle.enable(NETLINK_EXT_ACK)
    _ = try handle.enable(NETLINK_CAP_ACK)
    let checksStrictly = try handle.enable(NETLINK_GET_STRICT_CHK)
    self.handle = handle
    self.netlinkProtocol = netlinkProtocol
    self.portID = portID
    self.checksStrictly = checksStrictly
  }

  /// Sends one datagram to the kernel, which for netlink means that the request is handled within the call.
  public mutating func send(_ datagram: RawSpan) throws(TransportFailure) {
    while true {
      let sent = unsafe datagram.withUnsafeBytes { bytes in
        unsafe mnl_socket_sendto(handle.socket, bytes.baseAddress, bytes.count)
      }
      if sent >= 0 { return }
      let error = Errno(rawValue: errno)
      // Here ENOBUFS means that there was no memory for the request: nothing that was to come is lost.
      guard error == .interrupted else { throw .system(error) }
    }
  }

  /// Receives one datagram, waiting for it until the deadline.
  public mutating func receive(
    into buffer: inout MutableRawSpan, until deadline: ContinuousClock.Instant
  ) throws(TransportFailure) -> ReceivedDatagram {
    while true {
      // An answer is nearly always there already, so waiting comes second.
      do throws(Errno) {
        return try receiveNow(into: &buffer)
      } catch .interrupted {
        continue
      } catch .wouldBlock {
        try wait(until: deadline)
      } catch {
        throw TransportFailure(error)
      }
    }
  }

  /// Takes another socket in the place of this one: closing it is the only way to make the kernel forget a dump.
  public mutating func restart() -> Bool {
    // The calling thread may be in another namespace than the one that opened this socket.
    guard let fresh = try? NetlinkSocket(netlinkProtocol), let here = handle.namespaceCookie,
      fresh.handle.namespaceCookie == here
    else { return false }
    self = fresh
    return true
  }

  private func receiveNow(into buffer: inout MutableRawSpan) throws(Errno) -> ReceivedDatagram {
    var sender = sockaddr_nl()
    let size = unsafe buffer.withUnsafeMutableBytes { bytes in
      unsafe withUnsafeMutablePointer(to: &sender) { sender in
        var part = unsafe iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
        return unsafe withUnsafeMutablePointer(to: &part) { part in
          var header = unsafe msghdr()
          unsafe header.msg_name = UnsafeMutableRawPointer(sender)
          unsafe header.msg_namelen = socklen_t(MemoryLayout<sockaddr_nl>.size)
          unsafe header.msg_iov = part
          unsafe header.msg_iovlen = 1
          // MSG_TRUNC: the true size is returned even where the buffer is too small for it.
          return unsafe recvmsg(handle.descriptor, &header, Int32(MSG_DONTWAIT | MSG_TRUNC))
        }
      }
    }
    guard size >= 0 else { throw Errno(rawValue: errno) }
    return ReceivedDatagram(size: size, senderPortID: sender.nl_pid)
  }

  private func wait(until deadline: ContinuousClock.Instant) throws(TransportFailure) {
    while true {
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else { throw .timedOut }
      let milliseconds = min(left / .milliseconds(1), 60_000).rounded(.up)
      var poll = pollfd(fd: handle.descriptor, events: Int16(POLLIN), revents: 0)
      switch unsafe Glibc.poll(&poll, 1, Int32(milliseconds)) {
      case 0: continue
      case 1...: return
      default:
        let error = Errno(rawValue: errno)
        guard error == .interrupted else { throw .system(error) }
      }
    }
  }
}

/// libmnl's socket, which closes itself.
@safe
private struct Handle: ~Copyable {
  let socket: OpaquePointer

  init(_ netlinkProtocol: NetlinkProtocol) throws(Errno) {
    guard let socket = unsafe mnl_socket_open2(netlinkProtocol.rawValue, Int32(SOCK_CLOEXEC.rawValue)) else {
      throw Errno(rawValue: errno)
    }
    unsafe self.socket = socket
  }

  deinit {
    _ = unsafe mnl_socket_close(socket)
  }

  var descriptor: Int32 { unsafe mnl_socket_get_fd(socket) }

  /// Takes a port that the kernel chooses, so that several sockets of a process don't collide.
  func bind() throws(Errno) -> UInt32 {
    guard unsafe mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) == 0 else { throw Errno(rawValue: errno) }
    return unsafe mnl_socket_get_portid(socket)
  }

  /// Identifies the socket's network namespace until the next boot; `nil` before 5.14.
  var namespaceCookie: UInt64? {
    // SO_NETNS_COOKIE, which glibc's headers may be too old to name.
    let option: Int32 = 71
    var cookie: UInt64 = 0
    var size = socklen_t(MemoryLayout<UInt64>.size)
    guard unsafe getsockopt(descriptor, SOL_SOCKET, option, &cookie, &size) == 0 else { return nil }
    return cookie
  }

  /// Switches an option on; `false` if the kernel is too old to know it.
  func enable(_ option: some BinaryInteger) throws(Errno) -> Bool {
    var one: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    if unsafe mnl_socket_setsockopt(socket, Int32(option), &one, size) == 0 { return true }
    let error = Errno(rawValue: errno)
    guard error == .protocolNotAvailable else { throw error }
    return false
  }
}
