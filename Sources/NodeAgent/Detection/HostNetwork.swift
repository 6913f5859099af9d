import Netlink

/// A snapshot together with what makes looking things up in it quick, so that 10,000 interfaces take 1,000 times as long
/// as ten, and not a million times.
struct HostNetwork: Sendable {
  private(set) var snapshot: NetworkSnapshot
  /// Where in ``NetworkSnapshot/links`` an index is.
  private let positions: LinkMap<Int>
  /// Where in ``NetworkSnapshot/addresses`` a link's first address is.
  private let firstAddress: LinkMap<Int>
  /// Where the link's next address is, at the place of each; negative at its last.
  private let nextAddress: [Int]
  /// The vRouter's own host interfaces; hardly ever more than one.
  let vhosts: [Link]
  /// By the index of an interface, the first macvlan, ipvlan, macsec or the like above it.
  let sharers: [Int: Link]
  /// The names of Open vSwitch's bridges that have a usable address.
  let openVSwitchBridges: [String]
  private(set) var defaults = DefaultRoutes()

  init(_ snapshot: NetworkSnapshot) {
    self.snapshot = snapshot
    let links = snapshot.links
    var positions = LinkMap<Int>(count: links.count)
    var vhosts: [Link] = []
    var sharers: [Int: Link] = [:]
    var bridges: [Link] = []
    // Places rather than links, which are large, in what is done for each.
    for place in links.indices {
      positions[links[place].index] = place
      switch links[place].kind {
      case "vhost": vhosts.append(links[place])
      case "openvswitch": bridges.append(links[place])
      case let kind? where Self.sharingKinds.contains(kind) && links[place].lowerNamespaceID == nil:
        if let lower = links[place].lowerIndex, sharers[lower] == nil { sharers[lower] = links[place] }
      default: break
      }
    }
    var first = LinkMap<Int>(count: links.count)
    var next = Array(repeating: -1, count: snapshot.addresses.count)
    for place in snapshot.addresses.indices.reversed() {
      let link = snapshot.addresses[place].linkIndex
      if let later = first[link] { next[place] = later }
      first[link] = place
    }
    (self.positions, firstAddress, nextAddress) = (positions, first, next)
    (self.vhosts, self.sharers) = (vhosts, sharers)
    var names: [String] = []
    for bridge in bridges {
      var place = first[bridge.index] ?? -1
      while place >= 0 && !snapshot.addresses[place].isUsable { place = next[place] }
      if place >= 0 { names.append(bridge.name) }
    }
    openVSwitchBridges = names
    defaults = DefaultRoutes(of: self)
  }

  /// Kinds that take the receive handler of the interface below them, which the vRouter needs for itself
  /// (netdev_rx_handler_register in drivers/net/macvlan.c, drivers/net/ipvlan/ipvlan_main.c, drivers/net/macsec.c and
  /// drivers/net/ethernet/qualcomm/rmnet/rmnet_config.c).
  private static let sharingKinds: Set<String> = [
    "macvlan", "macvtap", "ipvlan", "ipvtap", "macsec", "rmnet",
  ]

  var links: [Link] { snapshot.links }

  func link(index: Int) -> Link? { positions[index].map { snapshot.links[$0] } }

  func link(named name: String) -> Link? { links.first { $0.isNamed(name) } }

  func link(index: Int?) -> Link? { index.flatMap { link(index: $0) } }

  /// A link's addresses, in the kernel's order.
  func addresses(of link: Link) -> [Address] {
    var found: [Address] = []
    forEachAddress(of: link) { found.append($0) }
    return found
  }

  func forEachAddress(of link: Link, _ body: (Address) -> Void) {
    var place = firstAddress[link.index] ?? -1
    while place >= 0 {
      body(snapshot.addresses[place])
      place = nextAddress[place]
    }
  }

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

  /// An address more, as usable; in the place of the same one that isn't.
  func with(_ address: Address) -> Self {
    var changed = snapshot
    changed.addresses.removeAll { $0.linkIndex == address.linkIndex && $0.prefix == address.prefix }
    changed.addresses.append(address)
    return HostNetwork(changed)
  }

  /// Without a vhost0; what it took over is back on the interface below it.
  func without(_ vhost: Link, below: Link?) -> Self {
    var snapshot = snapshot
    snapshot.links.removeAll { $0.index == vhost.index }
    func moved(_ index: Int?) -> Int? { index == vhost.index ? below?.index : index }
    snapshot.addresses = snapshot.addresses.compactMap { address in
      guard let index = moved(address.linkIndex) else { return nil }
      var address = address
      address.linkIndex = index
      return address
    }
    snapshot.routes = snapshot.routes.map { $0.leaving(by: moved) }
    snapshot.routeAnswers = snapshot.routeAnswers.mapValues { answer in
      guard case .way(var way) = answer else { return answer }
      way.reply.outputIndex = moved(way.reply.outputIndex)
      way.entry = way.entry?.leaving(by: moved)
      return .way(way)
    }
    return HostNetwork(snapshot)
  }
}

extension Route {
  fileprivate func leaving(by moved: (Int?) -> Int?) -> Route {
    var route = self
    route.outputIndex = moved(outputIndex)
    for place in route.nextHops.indices {
      route.nextHops[place].outputIndex = moved(nextHops[place].outputIndex)
    }
    return route
  }
}
