/// A DHCP client that runs by itself is made to stand still (SIGSTOP) while vhost0 has the address: it can be told nothing,
/// and at its next renewal it would put the address back on the interface.
///
/// Its process keeps its lease, tells the server nothing, and runs no script; undone (SIGCONT), it goes on where it stood. A
/// reboot ends it. A value that a journal can hold, without the process's number, which may be another's later:
/// ``DHCPClientHalter`` does it, does it again, and undoes it, to whatever process of that name has the interface then.
struct DHCPClientHalt: Codable, Sendable, Equatable {
  /// The process's name: `dhclient`.
  let client: String
  let interface: String
  /// The command line by which it was started, for people.
  let command: String
}

extension DHCPClientHalt: CustomStringConvertible {
  var description: String { "make \(client) stand still, which renews the address of \(interface)" }
}

/// Why a DHCP client doesn't stand still, or doesn't go on.
struct DHCPClientHaltError: Error, Equatable, CustomStringConvertible {
  let halt: DHCPClientHalt
  let reason: String

  var description: String { "\(halt): \(reason)" }
}
