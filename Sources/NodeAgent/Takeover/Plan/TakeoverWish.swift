import Netlink

/// What a takeover is to lead to, as settings and decision say.
struct TakeoverWish: Codable, Sendable, Equatable {
  /// The MAC address that vhost0 is to have: its interface's, or the common one over several.
  var mac: MACAddress
  /// Largest packet in bytes.
  var mtu: Int
  /// Routes that are to lead over vhost0 besides those that are moved.
  var routes: [Wanted] = []

  static let vhostName = "vhost0"

  /// A route to be added.
  struct Wanted: Codable, Sendable, Equatable {
    var destination: IPPrefix
    /// Nil over several interfaces, where the module chooses one.
    var gateway: IPAddress?
  }
}
