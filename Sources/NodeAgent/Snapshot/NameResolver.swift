import Glibc
import Netlink

/// Resolves host names as every program of the host does.
protocol NameResolver: Sendable {
  /// The addresses of names, asked for side by side.
  ///
  /// - Parameter limit: for all of them together: a name server that is away must not hold a node up.
  func resolve(_ names: [String], within limit: Duration) -> [String: NetworkSnapshot.NameAnswer]
}

/// The system's resolver: hosts file, DNS, whatever nsswitch.conf says (getaddrinfo(3)).
struct SystemResolver: NameResolver {
  /// Looks one name up, for as long as it takes.
  var ask: @Sendable (String) -> NetworkSnapshot.NameAnswer = { name in Self.lookUp(name) }

  func resolve(_ names: [String], within limit: Duration) -> [String: NetworkSnapshot.NameAnswer] {
    let names = Array(Set(names)).sorted()
    let answers = BoundedCalls.run(names.map { name in { ask(name) } }, within: limit)
    var result: [String: NetworkSnapshot.NameAnswer] = [:]
    for (name, answer) in zip(names, answers) {
      result[name] =
        answer
        ?? .unanswered("the resolver gave no answer within \(limit), as VROUTER_RESOLVE_TIMEOUT says")
    }
    return result
  }

  private static func lookUp(_ name: String) -> NetworkSnapshot.NameAnswer {
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let result = unsafe getaddrinfo(name, nil, &hints, &list)
    guard result == 0 else {
      let reason = unsafe String(cString: gai_strerror(result))
      return result == EAI_AGAIN ? .unanswered(reason) : .failed(reason)
    }
    defer { unsafe freeaddrinfo(list) }
    var addresses: [IPAddress] = []
    var next = unsafe list
    while let entry = unsafe next {
      if let address = unsafe Self.address(entry.pointee), !addresses.contains(address) {
        addresses.append(address)
      }
      unsafe next = entry.pointee.ai_next
    }
    // IPv4 first, as vRouter's own addresses are; the resolver's order within a family stays.
    let ordered = addresses.filter { $0.family == .ipv4 } + addresses.filter { $0.family == .ipv6 }
    return ordered.isEmpty ? .failed("it has no address") : .addresses(ordered)
  }

  private static func address(_ entry: addrinfo) -> IPAddress? {
    guard let socketAddress = unsafe entry.ai_addr else { return nil }
    var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    let result = unsafe getnameinfo(
      socketAddress, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
    guard result == 0 else { return nil }
    let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return IPAddress(String(decoding: bytes, as: UTF8.self))
  }
}

/// What was resolved before: nobody is asked again.
struct KnownNames: NameResolver {
  private let answers: [String: NetworkSnapshot.NameAnswer]

  init(_ answers: [String: NetworkSnapshot.NameAnswer]) { self.answers = answers }

  func resolve(_ names: [String], within limit: Duration) -> [String: NetworkSnapshot.NameAnswer] {
    answers.filter { names.contains($0.key) }
  }
}
