import Glibc
import HostFiles
import SystemPackage

/// An address with the length of its subnet's prefix, as the kernel's messages hold it.
struct InterfaceAddress: Equatable {
  /// AF_INET or AF_INET6.
  let family: UInt8
  /// 4 or 16, in the order in which they go over the wire.
  let bytes: [UInt8]
  let prefixLength: UInt8

  init(family: UInt8, bytes: [UInt8], prefixLength: UInt8) {
    (self.family, self.bytes, self.prefixLength) = (family, bytes, prefixLength)
  }

  /// Reads `10.0.2.15/24` (inet_pton(3)).
  init?(_ text: String) {
    let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count == 2, let address = String(parts[0]), let digits = String(parts[1]),
      let length = UInt8(digits), String(length) == digits
    else { return nil }
    let isIPv6 = parts[0].contains(UInt8(ascii: ":"))
    var bytes = [UInt8](repeating: 0, count: isIPv6 ? 16 : 4)
    let family = isIPv6 ? AF_INET6 : AF_INET
    guard Int(length) <= bytes.count * 8, unsafe inet_pton(family, address, &bytes) == 1 else { return nil }
    self.init(family: UInt8(family), bytes: bytes, prefixLength: length)
  }
}

extension InterfaceAddress: CustomStringConvertible {
  /// As ``init(_:)`` reads it (inet_ntop(3)).
  var description: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard unsafe inet_ntop(CInt(family), bytes, &text, socklen_t(text.count)) != nil else { return "?" }
    let characters = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return "\(String(decoding: characters, as: UTF8.self))/\(prefixLength)"
  }
}

/// The addresses of interfaces, asked of the kernel by one raw rtnetlink request: getifaddrs(3) would list every link and
/// address of the host, which may be thousands.
struct InterfaceAddresses {
  /// What was heard.
  private(set) var addresses: [InterfaceAddress] = []
  private let index: Int32
  /// Another change came between parts of the answer, which may therefore lack something.
  private var isTorn = false

  /// The addresses of an interface of the network namespace of this process, without those that another host was found
  /// to have (IFA_F_DADFAILED).
  ///
  /// - Throws: what the kernel said: ENODEV when there is no such interface; EBADMSG for an answer that isn't one.
  init(ofInterface index: Int32) throws(Errno) {
    self.index = index
    for attempt in 1...3 {
      (addresses, isTorn) = ([], false)
      try ask()
      if !isTorn || attempt == 3 { return }
    }
  }

  private mutating func ask() throws(Errno) {
    let number = socket(AF_NETLINK, CInt(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard number >= 0 else { throw .current }
    let netlink = Descriptor(owning: number)
    // NETLINK_GET_STRICT_CHK at the level SOL_NETLINK: the kernel then lists the addresses of that interface alone. Before
    // 4.20 it doesn't know the option and lists all.
    var on: CInt = 1
    _ = unsafe setsockopt(number, 270, 12, &on, socklen_t(MemoryLayout<CInt>.size))
    _ = try netlink.write(Self.request(index)[...])
    // The kernel makes its datagrams no larger than 8 KiB or what it is given room for (netlink_dump).
    var buffer = [UInt8](repeating: 0, count: 8 << 10)
    while true {
      let count = try receive(number, &buffer)
      if try read(buffer[..<count]) { return }
    }
  }

  /// struct nlmsghdr and struct ifaddrmsg (linux/netlink.h, linux/if_addr.h).
  private static func request(_ index: Int32) -> [UInt8] {
    // Length, RTM_GETADDR, NLM_F_REQUEST and NLM_F_DUMP, sequence 1, port 0.
    native(UInt32(24)) + native(UInt16(22)) + native(UInt16(0x301)) + native(UInt32(1)) + native(UInt32(0))
      // Family, prefix length, flags, scope: of all; the interface.
      + [0, 0, 0, 0] + native(UInt32(bitPattern: index))
  }

  /// One datagram from the kernel, whose port is 0 (netlink(7)); others' are passed over.
  private func receive(_ number: CInt, _ buffer: inout [UInt8]) throws(Errno) -> Int {
    while true {
      // struct sockaddr_nl: family, padding, port, groups.
      var sender = [UInt8](repeating: 0, count: 12)
      var size = socklen_t(sender.count)
      let count = unsafe sender.withUnsafeMutableBytes { sender in
        unsafe recvfrom(
          number, &buffer, buffer.count, CInt(MSG_TRUNC),
          sender.assumingMemoryBound(to: sockaddr.self).baseAddress, &size)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw .current
      }
      guard count <= buffer.count else { throw .badMessage }
      if sender[4..<8].allSatisfy({ $0 == 0 }) { return count }
    }
  }
}

/// Reading the answer.
extension InterfaceAddresses {
  /// Reads one datagram.
  ///
  /// - Returns: whether it was the last.
  private mutating func read(_ datagram: ArraySlice<UInt8>) throws(Errno) -> Bool {
    var rest = datagram
    while rest.count >= 16 {
      let length = Int(Self.number(rest, at: 0, 4))
      guard length >= 16, length <= rest.count else { throw .badMessage }
      let message = rest.prefix(length)
      rest = rest.dropFirst((length + 3) & ~3)
      // NLM_F_DUMP_INTR
      if Self.number(message, at: 6, 2) & 0x10 != 0 { isTorn = true }
      switch Self.number(message, at: 4, 2) {
      case 2:  // NLMSG_ERROR: a negative errno.
        guard length >= 20 else { throw .badMessage }
        throw Errno(rawValue: -Int32(truncatingIfNeeded: Self.number(message, at: 16, 4)))
      case 3: return true  // NLMSG_DONE
      case 20: try add(message.dropFirst(16))  // RTM_NEWADDR
      default: continue
      }
    }
    return false
  }

  private mutating func add(_ body: ArraySlice<UInt8>) throws(Errno) {
    guard body.count >= 8, let family = body.first else { throw .badMessage }
    let start = body.startIndex
    let length = family == UInt8(AF_INET) ? 4 : 16
    // IFA_F_DADFAILED
    guard [UInt8(AF_INET), UInt8(AF_INET6)].contains(family), body[start + 2] & 0x08 == 0,
      Self.number(body, at: 4, 4) == UInt32(bitPattern: index)
    else { return }
    var own: [UInt8]?
    var rest = body.dropFirst(8)
    while rest.count >= 4 {
      let size = Int(Self.number(rest, at: 0, 2))
      guard size >= 4, size <= rest.count else { throw .badMessage }
      let type = Self.number(rest, at: 2, 2)
      // IFA_LOCAL (2) is the own address where IFA_ADDRESS (1) is another's: the peer's.
      if size == 4 + length, type == 2 || type == 1 && own == nil {
        own = Array(rest.prefix(size).dropFirst(4))
      }
      rest = rest.dropFirst((size + 3) & ~3)
    }
    guard let own else { throw .badMessage }
    addresses.append(InterfaceAddress(family: family, bytes: own, prefixLength: body[start + 1]))
  }

  /// A number of two or four bytes in the host's order, which is little-endian here.
  private static func number(_ bytes: ArraySlice<UInt8>, at offset: Int, _ size: Int) -> UInt32 {
    (0..<size).reduce(0) { $0 | UInt32(bytes[bytes.startIndex + offset + $1]) << UInt32($1 * 8) }
  }

  private static func native<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    (0..<MemoryLayout<Number>.size).map { UInt8(truncatingIfNeeded: number >> Number($0 * 8)) }
  }
}
