internal import CMnl
internal import Glibc
internal import SystemPackage

/// libmnl's socket, which closes itself.
///
/// It may go from thread to thread: libmnl keeps nothing but the descriptor and the address in it, and whoever
/// holds it is its only owner.
@safe
struct SocketHandle: ~Copyable, @unchecked Sendable {
  private let socket: OpaquePointer

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

  /// Sends one datagram to the kernel; an interrupted call is made again.
  func send(_ datagram: RawSpan) throws(Errno) {
    while true {
      let sent = unsafe datagram.withUnsafeBytes { bytes in
        unsafe mnl_socket_sendto(socket, bytes.baseAddress, bytes.count)
      }
      if sent >= 0 { return }
      let error = Errno(rawValue: errno)
      guard error == .interrupted else { throw error }
    }
  }

  /// Receives one datagram that is there, or only looks how large it is.
  func receive(
    into buffer: inout MutableRawSpan, flags: Int = 0
  ) throws(Errno) -> ReceivedDatagram {
    while true {
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
            return unsafe recvmsg(descriptor, &header, Int32(MSG_DONTWAIT | MSG_TRUNC | flags))
          }
        }
      }
      if size >= 0 { return ReceivedDatagram(size: size, senderPortID: sender.nl_pid) }
      let error = Errno(rawValue: errno)
      guard error == .interrupted else { throw error }
    }
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
    do throws(Errno) {
      try set(option, to: 1)
      return true
    } catch .protocolNotAvailable {
      return false
    }
  }

  /// Sets an option of netlink sockets.
  func set(_ option: some BinaryInteger, to value: Int32) throws(Errno) {
    var value = value
    let size = socklen_t(MemoryLayout<Int32>.size)
    guard unsafe mnl_socket_setsockopt(socket, Int32(option), &value, size) == 0 else {
      throw Errno(rawValue: errno)
    }
  }

  /// Sets an option of any socket.
  func setGeneral(_ option: Int32, to value: Int32) throws(Errno) {
    var value = value
    let size = socklen_t(MemoryLayout<Int32>.size)
    guard unsafe setsockopt(descriptor, SOL_SOCKET, option, &value, size) == 0 else {
      throw Errno(rawValue: errno)
    }
  }
}
