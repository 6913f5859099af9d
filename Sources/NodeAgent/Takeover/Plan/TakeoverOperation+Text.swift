import Netlink

/// Each operation as the command that it equals: of iproute2, of the vRouter's `vif`, or of a shell.
extension TakeoverOperation: CustomStringConvertible {
  var description: String {
    switch self {
    case .makeVhost(let device):
      "ip link add name \(device.name) index \(device.index) mtu \(device.mtu) address \(Self.text(device.mac))"
        + (device.master.map { " master index \($0)" } ?? "") + " type vhost"
    case .removeLink(let name, _): "ip link del dev \(name)"
    case .raise(let name, _): "ip link set dev \(name) up"
    case .lower(let name, _): "ip link set dev \(name) down"
    case .setMTU(let name, _, let mtu): "ip link set dev \(name) mtu \(mtu)"
    case .hearMulticast(let isOn, let name, _): "ip link set dev \(name) allmulticast \(isOn ? "on" : "off")"
    case .setControl(let path, let value): "echo \(value) >\(path)"
    case .address(let change, let address, let name): Self.text(change, address, name)
    case .route(let change, let route, let names): Self.text(change, route, names)
    case .nextHop(let object, let names): Self.text(object, names)
    case .rule(let change, let rule):
      "\(Self.family(rule.family)) rule \(Self.verb(change)) \(rule.words.joined(separator: " "))"
    case .neighbour(let change, let neighbour, let name): Self.text(change, neighbour, name)
    case .addCard(let device):
      "vif --add \(device.name) --mac \(Self.text(device.mac)) --vrf 0 --vhost-phys --type physical"
    case .addHost(let device, let cards):
      "vif --add \(device.name) --mac \(Self.text(device.mac)) --vrf 0 --type vhost --xconnect \(cards.map(\.name).joined(separator: ","))"
    case .removeVif(let name): "vif --delete \(name)"
    case .announce(let addresses, let device):
      addresses.map { address in
        address.family == .ipv4
          ? "arping -U -c 1 -I \(device.name) \(address)"
          : "unsolicited neighbour advertisement of \(address) by \(device.name)"
      }.joined(separator: "; ")
    }
  }

  private static func text(_ mac: MACAddress?) -> String { mac?.description ?? "00:00:00:00:00:00" }

  private static func verb(_ change: Change) -> String {
    switch change {
    case .add: "add"
    case .replace: "replace"
    case .append: "append"
    case .delete: "del"
    }
  }

  private static func family(_ family: AddressFamily) -> String { family == .ipv6 ? "ip -6" : "ip" }

  private static func text(_ change: Change, _ address: Address, _ name: String) -> String {
    var words = ["\(family(address.family)) addr \(verb(change))"]
    if let peer = address.peer {
      words += ["\(address.address) peer \(peer)/\(address.prefix.length)"]
    } else {
      words.append("\(address.prefix)")
    }
    words.append("dev \(name)")
    guard change != .delete else { return words.joined(separator: " ") }
    if let broadcast = address.broadcast { words.append("brd \(broadcast)") }
    if let label = address.label { words.append("label \(label)") }
    if address.scope != .universe { words.append("scope \(address.scope)") }
    if let metric = address.routeMetric { words.append("metric \(metric)") }
    if let valid = address.validLifetime { words.append("valid_lft \(valid)") }
    if let preferred = address.preferredLifetime { words.append("preferred_lft \(preferred)") }
    if address.flags.contains(.noDuplicateDetection) { words.append("nodad") }
    if address.flags.contains(.home) { words.append("home") }
    if address.flags.contains(.managesTemporary) { words.append("mngtmpaddr") }
    if address.flags.contains(.noPrefixRoute) { words.append("noprefixroute") }
    return words.joined(separator: " ")
  }

  private static func text(_ change: Change, _ route: Route, _ names: [Int: String]) -> String {
    var words = ["\(family(route.family)) route \(verb(change))"]
    if route.type != .unicast { words.append("\(route.type)") }
    words.append(route.destination.isDefault ? "default" : "\(route.destination)")
    if let source = route.source { words.append("from \(source)") }
    if route.typeOfService != 0 { words.append("tos 0x\(String(route.typeOfService, radix: 16))") }
    if let id = route.nextHopID {
      words.append("nhid \(id)")
    } else if route.nextHops.isEmpty {
      words += path(
        NextHop(outputIndex: route.outputIndex, gateway: route.gateway, flags: route.flags), route.family,
        names)
    }
    if route.table != .main { words.append("table \(route.table)") }
    words.append("proto \(route.routeProtocol)")
    if route.family == .ipv4, route.scope != .universe { words.append("scope \(route.scope)") }
    if let source = route.preferredSource { words.append("src \(source)") }
    if route.metric != 0 { words.append("metric \(route.metric)") }
    if change != .delete { words += route.metrics.words }
    if let preference = route.preference, let name = Self.preferences[preference] {
      words.append("pref \(name)")
    }
    for hop in route.nextHops {
      words.append("nexthop")
      words += path(hop, route.family, names)
      words.append("weight \(hop.weight)")
    }
    if !route.otherAttributes.isEmpty { words.append(Self.unspoken) }
    return words.joined(separator: " ")
  }

  /// Of a router (RFC 4191 section 2.1): two bits, of which one is a sign.
  private static let preferences: [UInt8: String] = [0: "medium", 1: "high", 3: "low"]

  /// What has no words here is carried over as it came.
  private static let unspoken = "# and attributes as they are"

  private static func path(_ hop: NextHop, _ family: AddressFamily, _ names: [Int: String]) -> [String] {
    var words: [String] = []
    if let gateway = hop.gateway {
      words.append(
        "via \(gateway.family == family ? "" : gateway.family == .ipv6 ? "inet6 " : "inet ")\(gateway)")
    }
    if let index = hop.outputIndex { words.append("dev \(names[index] ?? "index \(index)")") }
    if hop.flags.contains(.onLink) { words.append("onlink") }
    return words
  }

  private static func text(_ object: NextHopObject, _ names: [Int: String]) -> String {
    var words = ["\(family(object.family ?? .ipv4)) nexthop replace id \(object.id)"]
    words += path(
      NextHop(outputIndex: object.outputIndex, gateway: object.gateway, flags: object.flags),
      object.family ?? .ipv4, names)
    if object.routeProtocol != .unspecified { words.append("proto \(object.routeProtocol)") }
    if !object.otherAttributes.isEmpty { words.append(Self.unspoken) }
    return words.joined(separator: " ")
  }

  private static func text(_ change: Change, _ neighbour: Neighbour, _ name: String) -> String {
    if neighbour.flags.contains(.proxy) {
      return "ip neigh \(verb(change)) proxy \(neighbour.address) dev \(name)"
    }
    var words = ["ip neigh \(verb(change)) \(neighbour.address)"]
    if let mac = neighbour.macAddress { words.append("lladdr \(mac)") }
    words += ["dev \(name)", "nud \(neighbour.state.description.lowercased())"]
    return words.joined(separator: " ")
  }
}
