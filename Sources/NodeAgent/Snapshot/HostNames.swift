import Glibc
import Netlink

/// What the system's resolver answers when asked for a name.
enum NameLookup: Sendable, Equatable {
  case found(String)
  /// There is none.
  case absent
  /// It could not be found out: the resolver's words. Not the same as ``absent``: a node must not change its name because
  /// DNS is away.
  case unavailable(String)

  var name: String? {
    if case .found(let name) = self { name } else { nil }
  }
}

/// The names of this host, asked of the system's resolver.
protocol HostNames: Sendable {
  /// The name that the host gave itself.
  var ownName: String { get }
  /// The host's fully qualified name; ``NameLookup/unavailable(_:)`` when there was no answer in time.
  func fullName(within limit: Duration) -> NameLookup
  /// The name to which an address resolves; ``NameLookup/unavailable(_:)`` when there was no answer in time.
  func name(of address: IPAddress, within limit: Duration) -> NameLookup
}

/// The running host's names (uname(2), getaddrinfo(3), getnameinfo(3)).
struct SystemHostNames: HostNames {
  var ownName: String { Self.nodeName() }

  func fullName(within limit: Duration) -> NameLookup {
    let name = ownName
    return Self.bounded(limit) { Self.fullName(of: name) }
  }

  func name(of address: IPAddress, within limit: Duration) -> NameLookup {
    Self.bounded(limit) { Self.lookUp(address) }
  }

  private static func bounded(
    _ limit: Duration, _ call: @escaping @Sendable () -> NameLookup
  ) -> NameLookup {
    BoundedCalls.run([call], within: limit).first.flatMap(\.self)
      ?? .unavailable("the resolver gave no answer within \(limit)")
  }

  private static func fullName(of ownName: String) -> NameLookup {
    var hints = unsafe addrinfo()
    unsafe hints.ai_flags = AI_CANONNAME
    var list: UnsafeMutablePointer<addrinfo>?
    let result = unsafe getaddrinfo(ownName, nil, &hints, &list)
    guard result == 0 else { return failure(result) }
    defer { unsafe freeaddrinfo(list) }
    guard let canonical = unsafe list?.pointee.ai_canonname else { return .absent }
    let full = unsafe String(cString: canonical)
    // What a hosts file says of 127.0.1.1 is a name of the host; what it says of localhost is not.
    return full == "localhost" || full.hasPrefix("localhost.") ? .absent : .found(full)
  }

  private static func lookUp(_ address: IPAddress) -> NameLookup {
    var hints = unsafe addrinfo()
    unsafe hints.ai_flags = AI_NUMERICHOST
    var list: UnsafeMutablePointer<addrinfo>?
    let parsed = unsafe getaddrinfo(address.description, nil, &hints, &list)
    guard parsed == 0 else { return failure(parsed) }
    defer { unsafe freeaddrinfo(list) }
    guard let entry = unsafe list?.pointee, let socketAddress = unsafe entry.ai_addr else { return .absent }
    var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    let result = unsafe getnameinfo(
      socketAddress, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NAMEREQD)
    guard result == 0 else { return failure(result) }
    return .found(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }

  /// EAI_NODATA, which glibc declares for programs that ask for GNU extensions (netdb.h).
  private static let noAddress: CInt = -5

  private static func failure(_ result: CInt) -> NameLookup {
    result == EAI_NONAME || result == noAddress
      ? .absent : .unavailable(unsafe String(cString: gai_strerror(result)))
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
