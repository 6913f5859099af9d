/// The leases that a dhclient keeps (dhclient.leases(5)).
struct LeaseFile: Equatable {
  /// A lease of an IPv4 address.
  struct Lease: Equatable {
    let interface: String
    let address: String
    /// Seconds since 1970; nil where it never ends, or that can't be read.
    let expires: Int64?
    fileprivate let statements: [DHCPStatement]
  }

  /// In the order in which they were given: the last one of an interface holds.
  let leases: [Lease]
  /// Who the host is to DHCP servers (`default-duid`), as it stands there.
  private let identifier: DHCPStatement?

  init(_ text: String) {
    let statements = DHCPStatement.all(in: text)
    identifier = statements.last { $0.words.first == "default-duid" }
    leases = statements.compactMap { statement in
      guard statement.words == ["lease"], let block = statement.block else { return nil }
      func value(_ name: String) -> String? { block.last { $0.words.first == name }?.value }
      guard let interface = value("interface"), let address = value("fixed-address") else { return nil }
      return Lease(
        interface: interface, address: address,
        expires: block.last { $0.words.first == "expire" }.flatMap { Self.time($0.words) }, statements: block)
    }
  }

  func last(of interface: String) -> Lease? { leases.last { $0.interface == interface } }

  /// What a dhclient for another interface begins with: the same lease, and the same host. Nil where there is no such lease.
  func seed(from interface: String, for other: String) -> String? {
    guard let lease = last(of: interface) else { return nil }
    let block = lease.statements.map { statement in
      statement.words.first == "interface"
        ? DHCPStatement(words: ["interface", "\"\(other)\""]) : statement
    }
    let statements = [identifier, DHCPStatement(words: ["lease"], block: block)].compactMap(\.self)
    return statements.map { "\($0)\n" }.joined()
  }

  /// `expire <weekday> <year>/<month>/<day> <hour>:<minute>:<second>`, in UTC, or `expire epoch <seconds>`.
  private static func time(_ words: [String]) -> Int64? {
    guard words.count > 2 else { return nil }
    if words[1] == "epoch" { return Int64(words[2]) }
    guard words.count > 3 else { return nil }
    let (date, clock) = (numbers(words[2], "/"), numbers(words[3], ":"))
    guard date.count == 3, clock.count == 3, (1970...9999).contains(date[0]), (1...12).contains(date[1]),
      (1...31).contains(date[2]), (0...23).contains(clock[0]), (0...59).contains(clock[1]),
      (0...60).contains(clock[2])
    else { return nil }
    return days(date[0], date[1], date[2]) * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2]
  }

  private static func numbers(_ text: String, _ separator: Character) -> [Int64] {
    text.split(separator: separator, omittingEmptySubsequences: false).compactMap { Int64($0) }
  }

  /// Days since 1970-01-01 in the Gregorian calendar; years that begin in March have their leap day last.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let year = month > 2 ? year : year - 1
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
  }
}
