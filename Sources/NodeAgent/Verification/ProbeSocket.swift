import Glibc
import Netlink
import SystemPackage

/// A socket that closes itself; non-blocking and closed on exec. It lives in the network namespace of the thread that
/// opened it.
final class ProbeSocket: Sendable {
  let descriptor: CInt

  private init(_ family: CInt, _ type: __socket_type, _ networkProtocol: CInt) throws(Errno) {
    descriptor = socket(
      family, CInt(type.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), networkProtocol)
    guard descriptor >= 0 else { throw Errno(rawValue: errno) }
  }

  deinit {
    close(descriptor)
  }

  /// A raw socket for echo requests and replies, nothing else (raw(7), RFC 3542 section 3.2). It takes CAP_NET_RAW.
  static func echo(_ family: AddressFamily) throws(Errno) -> ProbeSocket {
    if family == .ipv4 {
      let socket = try ProbeSocket(AF_INET, SOCK_RAW, CInt(IPPROTO_ICMP))
      // ICMP_FILTER at the level SOL_RAW: a bit set keeps a type out; echo reply is 0.
      try socket.set(level: 255, option: 1, to: ~UInt32(1))
      return socket
    }
    let socket = try ProbeSocket(AF_INET6, SOCK_RAW, CInt(IPPROTO_ICMPV6))
    // ICMP6_FILTER: 256 bits, of which a bit set keeps a type out; echo reply is 129.
    var filter = Array(repeating: UInt32.max, count: 8)
    filter[129 >> 5] &= ~(UInt32(1) << (129 & 31))
    try socket.set(level: CInt(IPPROTO_ICMPV6), option: 1, to: filter)
    return socket
  }

  static func tcp(_ family: AddressFamily) throws(Errno) -> ProbeSocket {
    try ProbeSocket(CInt(family.rawValue), SOCK_STREAM, CInt(IPPROTO_TCP))
  }

  /// A socket that sends and receives whole frames of one type by one interface (packet(7)). It takes CAP_NET_RAW.
  ///
  /// - Parameter filter: what of them is received; the others cost the kernel a few instructions, and us nothing.
  static func frames(
    of type: UInt16, by index: Int, filter: PacketFilter? = nil
  ) throws(Errno) -> ProbeSocket {
    // No protocol until it is bound: nothing is received before the filter and the interface are set.
    let socket = try ProbeSocket(AF_PACKET, SOCK_RAW, 0)
    if let filter { try filter.attach(to: socket.descriptor) }
    // struct sockaddr_ll: family, protocol in network order, interface index, then what only receiving fills in.
    var address = native(UInt16(AF_PACKET)) + native(type.bigEndian) + native(Int32(clamping: index))
    address += Array(repeating: 0, count: 12)
    let result = unsafe address.withUnsafeBytes { bytes in
      guard let start = unsafe bytes.assumingMemoryBound(to: sockaddr.self).baseAddress else {
        return CInt(-1)
      }
      return unsafe Glibc.bind(socket.descriptor, start, socklen_t(bytes.count))
    }
    guard result == 0 else { throw Errno(rawValue: errno) }
    return socket
  }

  private static func native(_ number: some FixedWidthInteger) -> [UInt8] {
    unsafe withUnsafeBytes(of: number) { bytes in unsafe Array(bytes) }
  }

  private func set(level: CInt, option: CInt, to value: UInt32) throws(Errno) {
    try set(level: level, option: option, to: [value])
  }

  private func set(level: CInt, option: CInt, to values: [UInt32]) throws(Errno) {
    let result = unsafe values.withUnsafeBytes { bytes in
      unsafe setsockopt(descriptor, level, option, bytes.baseAddress, socklen_t(bytes.count))
    }
    guard result == 0 else { throw Errno(rawValue: errno) }
  }
}

extension ProbeSocket {
  /// Sends and receives in a VRF (SO_BINDTODEVICE of socket(7)).
  func bind(to vrf: ProbeInterface.VRF) throws(Errno) {
    let name = Array(vrf.name.utf8) + [0]
    let result = unsafe name.withUnsafeBytes { bytes in
      unsafe setsockopt(descriptor, SOL_SOCKET, SO_BINDTODEVICE, bytes.baseAddress, socklen_t(bytes.count))
    }
    guard result == 0 else { throw Errno(rawValue: errno) }
  }

  /// Connects (connect(2)): for a raw socket, says whom to send to and hear from; for TCP, begins.
  ///
  /// - Parameter scope: the interface of a link-local IPv6 address; 0 for others.
  func connect(to address: IPAddress, port: UInt16 = 0, scope: Int = 0) throws(Errno) {
    let result =
      switch address {
      case .v4(let address): connect(address, port)
      case .v6(let address): connect(address, port, scope)
      }
    guard result == 0 else { throw Errno(rawValue: errno) }
  }

  private func connect(_ address: IPv4Address, _ port: UInt16) -> CInt {
    var target = sockaddr_in()
    target.sin_family = sa_family_t(AF_INET)
    target.sin_port = port.bigEndian
    target.sin_addr.s_addr = address.rawValue.bigEndian
    return unsafe withUnsafeBytes(of: &target) { bytes in unsafe connect(bytes) }
  }

  private func connect(_ address: IPv6Address, _ port: UInt16, _ scope: Int) -> CInt {
    var target = sockaddr_in6()
    target.sin6_family = sa_family_t(AF_INET6)
    target.sin6_port = port.bigEndian
    target.sin6_scope_id = UInt32(clamping: scope)
    unsafe withUnsafeMutableBytes(of: &target.sin6_addr) { bytes in
      unsafe bytes.copyBytes(from: address.bytes)
    }
    return unsafe withUnsafeBytes(of: &target) { bytes in unsafe connect(bytes) }
  }

  private func connect(_ address: UnsafeRawBufferPointer) -> CInt {
    guard let start = unsafe address.assumingMemoryBound(to: sockaddr.self).baseAddress else { return -1 }
    return unsafe Glibc.connect(descriptor, start, socklen_t(address.count))
  }

  /// What became of a connection that is under way (SO_ERROR); nil when it came about.
  var connectionError: Errno? {
    var code: CInt = 0
    var size = socklen_t(MemoryLayout<CInt>.size)
    let result = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
    guard result == 0 else { return Errno(rawValue: errno) }
    return code == 0 ? nil : Errno(rawValue: code)
  }

  /// Sends one datagram or frame.
  func send(_ bytes: [UInt8]) throws(Errno) {
    while true {
      let sent = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.send(descriptor, buffer.baseAddress, buffer.count, CInt(MSG_NOSIGNAL))
      }
      if sent == bytes.count { return }
      let error = sent < 0 ? Errno(rawValue: errno) : .ioError
      if error != .interrupted { throw error }
    }
  }

  /// Receives what is there of one datagram or frame; nil when there is none.
  func receive(limit: Int = 2048) throws(Errno) -> ArraySlice<UInt8>? {
    var buffer = [UInt8](repeating: 0, count: limit)
    while true {
      let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
      if count >= 0 { return buffer[..<count] }
      let error = Errno(rawValue: errno)
      if error == .wouldBlock { return nil }
      if error != .interrupted { throw error }
    }
  }
}
