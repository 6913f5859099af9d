import Netlink

@testable import NodeAgent

extension InterfaceSelector: ExpressibleByStringLiteral {
  /// As `PHYSICAL_INTERFACE` has it.
  public init(stringLiteral text: String) {
    self = (try? InterfaceSelector(parsing: text)) ?? .name("malformed")
  }
}

/// A host's network, written down link by link, with the routes and answers that a test needs.
struct ImaginaryHost {
  var snapshot = NetworkSnapshot(hostName: "node1", links: [], addresses: [], routes: [])

  init() {
    link("lo", mac: nil, flags: [.up, .lowerUp, .running, .loopback], type: .loopback)
    address("lo", "127.0.0.1/8", scope: .host)
    address("lo", "::1/128", scope: .host)
  }

  /// One card with an address and a default route.
  static func plain() -> ImaginaryHost {
    var host = ImaginaryHost()
    host.link("eth0")
    host.address("eth0", "10.0.0.5/24")
    host.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1", metric: 100)
    return host
  }

  mutating func link(
    _ name: String, kind: String? = nil, mac: String? = "52:54:00:00:00:01",
    flags: LinkFlags = [.up, .lowerUp, .running, .broadcast, .multicast], type: HardwareType = .ethernet,
    master: String? = nil, alternative: [String] = []
  ) {
    var link = Link(index: snapshot.links.count + 1, name: name, hardwareType: type, flags: flags)
    link.kind = kind
    link.macAddress = mac.flatMap { MACAddress($0) }
    link.mtu = 1500
    link.masterIndex = master.flatMap { index(of: $0) }
    link.alternativeNames = alternative
    snapshot.links.append(link)
  }

  mutating func address(
    _ link: String, _ text: String, scope: RouteScope = .universe, flags: AddressFlags = .permanent
  ) {
    guard let prefix = IPPrefix(text), let index = index(of: link) else { return }
    snapshot.addresses.append(Address(linkIndex: index, prefix: prefix, scope: scope, flags: flags))
  }

  mutating func route(
    _ destination: String, by link: String, via gateway: String? = nil, metric: UInt32 = 0,
    table: RouteTable = .main, type: RouteType = .unicast
  ) {
    guard let prefix = IPPrefix(destination) else { return }
    var route = Route(to: prefix, table: table, type: type)
    route.outputIndex = index(of: link)
    route.gateway = gateway.flatMap { IPAddress($0) }
    route.metric = metric
    snapshot.routes.append(route)
  }

  mutating func multipath(
    _ destination: String, _ hops: [(link: String, gateway: String)], metric: UInt32 = 0
  ) {
    guard let prefix = IPPrefix(destination) else { return }
    var route = Route(to: prefix)
    route.nextHops = hops.map { NextHop(outputIndex: index(of: $0.link), gateway: IPAddress($0.gateway)) }
    route.metric = metric
    snapshot.routes.append(route)
  }

  mutating func rule(
    _ priority: UInt32, table: UInt32, from source: String? = nil, family: AddressFamily = .ipv4,
    _ change: (inout RoutingRule) -> Void = { _ in }
  ) {
    var rule = RoutingRule(family, priority: priority, table: RouteTable(rawValue: table))
    rule.source = source.flatMap { IPPrefix($0) }
    change(&rule)
    if snapshot.rules.isEmpty {
      snapshot.rules = RoutingRule.kernelDefaults(.ipv4) + RoutingRule.kernelDefaults(.ipv6)
    }
    snapshot.rules.append(rule)
  }

  /// What the last successful run wrote down, under the settings of a test that has none unless it says so.
  mutating func remember(
    _ name: String, kind: String? = nil, mac: String?, permanent: String? = nil, device: String? = nil,
    address: String? = nil, settings: [String: String] = [:]
  ) {
    let known = RememberedIdentity.Interface(
      name: name, kind: kind, permanentMAC: permanent.flatMap { MACAddress($0) },
      mac: mac.flatMap { MACAddress($0) }, parentBus: device == nil ? nil : "pci", parentDevice: device,
      address: address.flatMap { IPPrefix($0) })
    snapshot.identity = RememberedIdentity(
      interfaces: (snapshot.identity?.interfaces ?? []) + [known], settings: settings)
  }

  /// Changes a link that is there.
  mutating func change(_ name: String, _ change: (inout Link) -> Void) {
    guard let place = snapshot.links.firstIndex(where: { $0.name == name }) else { return }
    change(&snapshot.links[place])
  }

  /// What the kernel answers when asked for the way to an address; with several next hops the entry has them all.
  mutating func way(
    to address: String, by link: String, from source: String? = nil, type: RouteType = .unicast,
    hops: [(link: String, gateway: String)] = []
  ) {
    guard let target = IPAddress(address) else { return }
    var route = Route(to: .host(target), type: type)
    route.outputIndex = index(of: link)
    route.preferredSource = source.flatMap { IPAddress($0) }
    let hops = hops.map { NextHop(outputIndex: index(of: $0.link), gateway: IPAddress($0.gateway)) }
    var entry = route
    if !hops.isEmpty {
      entry.outputIndex = nil
      entry.nextHops = hops
    }
    snapshot.routeAnswers[target] = .way(.init(reply: RouteReply(route, for: target), entry: entry))
  }

  mutating func refusal(to address: String, _ reason: NoRoute) {
    IPAddress(address).map { snapshot.routeAnswers[$0] = .refused(reason) }
  }

  mutating func name(_ name: String, _ addresses: String...) {
    snapshot.nameAnswers[name] = .addresses(addresses.compactMap { IPAddress($0) })
  }

  func index(of name: String) -> Int? {
    snapshot.links.first { $0.name == name }?.index
  }
}
