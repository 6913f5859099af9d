import Netlink

/// A snapshot together with what makes looking things up in it quick, so that 10,000 interfaces take 1,000 times as long
/// as ten, and not a million times.
struct HostNetwork: Sendable {
  private(set) var snapshot: NetworkSnapshot
  /// Where in ``NetworkSnapshot/links`` an index is.
  private var positions: [Int: Int] = [:]
  private var addressesByLink: [Int: [Address]] = [:]
  /// The vRouter's own host interfaces; hardly ever more than one.
  private(set) var vhosts: [Link] = []
  /// By the index of an interface, the macvlan or ipvlan above it that is the first of its kind there.
  private(set) var sharers: [Int: Link] = [:]
  /// The names of Open vSwitch's bridges that have a usable address.
  private(set) var openVSwitchBridges: [String] = []
  private(set) var defaults = DefaultRoutes()

  init(_ snapshot: NetworkSnapshot) {
    self.snapshot = snapshot
    positions.reserveCapacity(snapshot.links.count)
    for (position, link) in snapshot.links.enumerated() {
      positions[link.index] = position
      if link.kind == "vhost" { vhosts.append(link) }
      if let lower = link.lowerIndex, link.lowerNamespaceID == nil, let kind = link.kind,
        Self.sharingKinds.contains(kind), sharers[lower] == nil
      {
        sharers[lower] = link
      }
    }
    for address in snapshot.addresses { addressesByLink[address.linkIndex, default: []].append(address) }
    openVSwitchBridges = snapshot.links.filter { link in
      link.kind == "openvswitch" && addressesByLink[link.index]?.contains(where: \.isUsable) == true
    }.map(\.name)
    defaults = DefaultRoutes(of: self)
  }

  /// Kinds that take the receive handler of the interface below them, which the vRouter needs for itself
  /// (netdev_rx_handler_register in drivers/net/macvlan.c and drivers/net/ipvlan/ipvlan_main.c).
  private static let sharingKinds: Set<String> = ["macvlan", "macvtap", "ipvlan", "ipvtap"]

  var links: [Link] { snapshot.links }

  func link(index: Int) -> Link? { positions[index].map { snapshot.links[$0] } }

  func link(index: Int?) -> Link? { index.flatMap { link(index: $0) } }

  func addresses(of link: Link) -> [Address] { addressesByLink[link.index] ?? [] }

  /// The interfaces that have an address, each once.
  func holders(of address: IPAddress) -> [Link] {
    var seen: Set<Int> = []
    return snapshot.addresses.filter { $0.address == address && seen.insert($0.linkIndex).inserted }
      .compactMap { link(index: $0.linkIndex) }
  }

  /// Whether a gateway is a neighbour on an interface: within the subnet of one of its addresses, or link-local.
  func isOnSubnet(_ gateway: IPAddress, of link: Link) -> Bool {
    if case .v6 = gateway, gateway.isLinkLocal { return true }
    return addresses(of: link).contains { !$0.prefix.isHost && $0.prefix.contains(gateway) }
  }
}

/// The same network with one thing changed, for asking what would change the answer.
extension HostNetwork {
  func with(routes: [Route]) -> Self {
    var changed = self
    changed.snapshot.routes = routes
    changed.defaults = DefaultRoutes(of: changed)
    return changed
  }

  func with(answers: [IPAddress: NetworkSnapshot.RouteAnswer]) -> Self {
    var changed = self
    changed.snapshot.routeAnswers = answers
    return changed
  }

  func with(identity: RememberedIdentity?) -> Self {
    var changed = self
    changed.snapshot.identity = identity
    return changed
  }
}
