import Netlink

/// An interface that was considered, what is known of it, and why it was or wasn't chosen.
struct Candidate: Sendable, Equatable {
  let name: String
  let index: Int
  /// The kernel's name for its kind ("bond", "vlan", "veth" …); nil for a network card.
  let kind: String?
  let mac: MACAddress?
  let mtu: Int
  let isUp: Bool
  let hasCarrier: Bool
  let addresses: [IPPrefix]
  /// Those that carry the host's traffic come first, then those of other tables.
  let defaultRoutes: [DefaultRoute]
  let isChosen: Bool
  let reason: String

  /// A default route that leaves by this interface.
  struct DefaultRoute: Sendable, Equatable {
    let family: AddressFamily
    let table: RouteTable
    let metric: UInt32
    /// The gateway of the next hop by this interface; nil where it has none.
    let gateway: IPAddress?
    /// Every next hop of the route, by this interface and others: `10.0.0.1 dev eth0 weight 1`. One of them where the
    /// route has only that.
    let nextHops: [String]
    /// Whether the host's own traffic takes it, if no other is better.
    let carriesTraffic: Bool
    /// Only packets with this type of service take it; 0: all do.
    var typeOfService: UInt8 = 0
  }
}
