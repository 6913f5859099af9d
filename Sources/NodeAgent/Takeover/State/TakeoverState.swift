import Netlink
import VRouter

/// Everything that a takeover is about, at one moment: the physical interfaces, vhost0, and what hangs on them.
///
/// A takeover's journal keeps the state before; what is to be done or undone is always worked out from that and from
/// the state as it is now, never from what was noted as done.
struct TakeoverState: Codable, Sendable, Equatable {
  /// The physical interfaces, in the order in which the module knows them. Never empty, but where all are gone and what was
  /// made over them is taken back.
  var cards: [TakeoverDevice]
  /// vhost0; nil while there is none.
  var vhost: TakeoverDevice?
  /// The addresses of all of these, in the kernel's order.
  var addresses: [Address] = []
  /// The routes of every table that leave by one of these and can be moved (``Route/isMovable``), in the kernel's order.
  var routes: [Route] = []
  /// The nexthop objects that leave by one of these; routes that name one follow it.
  var nextHops: [NextHopObject] = []
  /// The rules that name one of these.
  var rules: [RoutingRule] = []
  /// The neighbours behind these that are usable.
  var neighbours: [Neighbour] = []
  /// The addresses that this host answers for by these.
  var proxies: [Neighbour] = []
  /// What /proc/sys says of each of these, by path.
  var controls: [String: String] = [:]
  /// The module's interfaces; none while it isn't loaded.
  var vifs: [TakeoverVif] = []
  /// The module's interfaces have indexes below this; nil while it isn't loaded.
  var vifLimit: Int?
  /// Why the module, which is loaded, can't be asked for its interfaces.
  var moduleProblem: String?
  /// Those of the subject's destinations to which routes of other interfaces lead.
  var foreignDestinations: [IPPrefix]?
  /// The module's own packet interfaces.
  var packetDevices: [TakeoverDevice] = []
  /// The highest index of any link.
  var highestIndex: Int
  /// Of ``routes``, those that can't be replaced: the kernel would take another interface's route with the same key.
  var contested: Set<RouteKey> = []
  /// The keys of ``routes`` that other interfaces' routes have, too, with the order among them.
  var shared: [SharedKey] = []
}

/// A link of a takeover.
struct TakeoverDevice: Codable, Sendable, Hashable {
  var name: String
  var index: Int
  var mac: MACAddress?
  /// Largest packet in bytes.
  var mtu: Int
  /// The VRF that it is in.
  var master: Int?
  /// The table of that VRF, in which the routes are that come with its addresses; nil: the main one.
  var vrfTable: UInt32?
  var isUp: Bool
  /// The kernel's name for its kind; nil for hardware.
  var kind: String?
  /// Whether it was told to receive every multicast frame (`IFF_ALLMULTI`).
  var hearsAllMulticast = false

  init(_ link: Link) {
    (name, index, mac, mtu) = (link.name, link.index, link.macAddress, link.mtu)
    (master, isUp, kind) = (link.masterIndex, link.isUp, link.kind)
    hearsAllMulticast = link.flags.contains(.allMulticast)
    if case .vrf(let port) = link.portDetails { vrfTable = port.table.rawValue }
  }

  init(
    name: String, index: Int, mac: MACAddress?, mtu: Int, master: Int? = nil, isUp: Bool = true,
    kind: String? = nil
  ) {
    (self.name, self.index, self.mac, self.mtu) = (name, index, mac, mtu)
    (self.master, self.isUp, self.kind) = (master, isUp, kind)
  }
}

/// An interface of the module, as far as a takeover is about it.
struct TakeoverVif: Codable, Sendable, Hashable {
  var index: Int
  var name: String
  /// `VRouterInterface.Kind`
  var kind: Int32
  /// The index of its link; 0 is none.
  var link: Int
}

/// What the kernel tells routes of one table apart by: of two with the same key it takes the first.
struct RouteKey: Codable, Sendable, Hashable {
  let destination: IPPrefix
  let source: IPPrefix?
  let table: UInt32
  let typeOfService: UInt8
  let metric: UInt32

  init(_ route: Route) {
    (destination, source) = (route.destination, route.source)
    (table, typeOfService, metric) = (route.table.rawValue, route.typeOfService, route.metric)
  }
}

extension TakeoverState {
  var cardIndices: Set<Int> { Set(cards.map(\.index)) }
  var cardNames: Set<String> { Set(cards.map(\.name)) }

  /// The addresses of one link.
  func addresses(of device: TakeoverDevice) -> [Address] {
    addresses.filter { $0.linkIndex == device.index }
  }

  /// The module's interface of a link.
  func vif(of device: TakeoverDevice) -> TakeoverVif? {
    vifs.first { $0.link == device.index } ?? vifs.first { $0.name == device.name }
  }

  /// The module's physical interfaces that are none of these.
  var otherCards: [TakeoverVif] {
    let known = Set(cards.compactMap { vif(of: $0)?.index })
    return vifs.filter {
      $0.kind == VRouterInterface.Kind.physical.rawValue && !known.contains($0.index)
    }
  }

  /// Whether the module has none of the physical interfaces.
  var hasNoCard: Bool { cards.allSatisfy { vif(of: $0) == nil } }
}

/// Layer-3 multihoming: several physical interfaces below one vhost0.
extension TakeoverState {
  /// Whether each physical interface keeps what it has. The module leaves ARP to each of several, which answers for the
  /// address that it has, and the vRouter agent is told of these addresses (`physical_interface_addr`): what the node
  /// receives arrives on vhost0 all the same, and what it sends leaves by the interfaces' own routes.
  var isMultihomed: Bool { cards.count > 1 }

  /// What there is for vhost0 to have: of several interfaces, nothing.
  var movable: TakeoverState {
    guard isMultihomed else { return self }
    var state = self
    let (indices, names) = (cardIndices, cardNames)
    state.addresses.removeAll { indices.contains($0.linkIndex) }
    state.routes.removeAll { $0.leaves(by: indices) }
    state.nextHops.removeAll { $0.outputIndex.map(indices.contains) ?? false }
    state.rules.removeAll { $0.names(anyOf: names) }
    state.neighbours.removeAll { indices.contains($0.linkIndex) }
    state.proxies.removeAll { indices.contains($0.linkIndex) }
    return state
  }
}

extension Route {
  /// Whether the route leaves by one of some links.
  func leaves(by indices: Set<Int>) -> Bool {
    paths.contains { $0.outputIndex.map(indices.contains) ?? false }
  }

  /// Whether it can be put onto another interface: all but what the kernel makes for each interface by itself.
  var isMovable: Bool {
    if flags.contains(.cloned) { return false }
    // With every address: the host's own, broadcasts, and IPv6's anycast.
    if routeProtocol == .kernel, [.local, .broadcast, .anycast, .multicast].contains(type) { return false }
    guard family == .ipv6 else { return true }
    // With every interface: its groups, and the subnet of link-local addresses.
    if destination.address.isMulticast, type == .multicast || table == .local { return false }
    if destination.address.isLinkLocal, routeProtocol == .kernel { return false }
    return table != .local || ![.kernel, .unspecified].contains(routeProtocol)
  }

  /// The route with one interface in the place of others.
  func leaving(by index: Int, inPlaceOf old: Set<Int>) -> Route {
    var route = self
    if let own = outputIndex, old.contains(own) { route.outputIndex = index }
    for place in nextHops.indices {
      if let hop = nextHops[place].outputIndex, old.contains(hop) {
        route.nextHops[place].outputIndex = index
      }
    }
    route.flags.subtract([.dead, .linkDown])
    return route
  }
}

extension Address {
  /// Whether vhost0 takes it over: those that others know the node by. Link-local ones every interface has.
  var isTakenOver: Bool {
    !(family == .ipv6 && address.isLinkLocal) && !address.isLoopback && scope != .host
  }

  /// What tells addresses of one interface apart.
  func isSame(as other: Address) -> Bool {
    prefix == other.prefix && peer == other.peer
  }
}
