import Glibc
import Netlink

/// The names of this host, asked of the system's resolver.
protocol HostNames: Sendable {
  /// The host's fully qualified name, or its short one where the resolver knows no other.
  func hostName() -> String
  /// The name to which an address resolves, if it does.
  func name(of address: IPAddress) -> String?
}

/// The running host's names (uname(2), getaddrinfo(3), getnameinfo(3)).
struct SystemHostNames: HostNames {
  func hostName() -> String {
    let name = SystemHostNames.nodeName()
    var hints = unsafe addrinfo()
    unsafe hints.ai_flags = AI_CANONNAME
    var list: UnsafeMutablePointer<addrinfo>?
    guard unsafe getaddrinfo(name, nil, &hints, &list) == 0 else { return name }
    defer { unsafe freeaddrinfo(list) }
    guard let canonical = unsafe list?.pointee.ai_canonname else { return name }
    let full = unsafe String(cString: canonical)
    return full == "localhost" || full.hasPrefix("localhost.") ? name : full
  }

  func name(of address: IPAddress) -> String? {
    var hints = unsafe addrinfo()
    unsafe hints.ai_flags = AI_NUMERICHOST
    var list: UnsafeMutablePointer<addrinfo>?
    guard unsafe getaddrinfo(address.description, nil, &hints, &list) == 0 else { return nil }
    defer { unsafe freeaddrinfo(list) }
    guard let entry = unsafe list?.pointee, let socketAddress = unsafe entry.ai_addr else { return nil }
    var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    let result = unsafe getnameinfo(
      socketAddress, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NAMEREQD)
    guard result == 0 else { return nil }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The name that the host gave itself; in a pod with the host's network it is the host's.
  static func nodeName() -> String {
    var names = utsname()
    guard unsafe uname(&names) == 0 else { return "" }
    return unsafe withUnsafeBytes(of: &names.nodename) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  /// The running kernel's release, as its module tree is named.
  static func kernelRelease() -> String {
    var names = utsname()
    guard unsafe uname(&names) == 0 else { return "" }
    return unsafe withUnsafeBytes(of: &names.release) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
