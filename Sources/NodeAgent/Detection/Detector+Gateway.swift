import Netlink

/// The gateway of a chosen interface.
extension Detector {
  func gateway(
    of uplink: Uplink, holder: Link, pick: Pick, _ warnings: inout [String]
  ) throws(Undecided) -> Decision.Gateway {
    if !settings.gateways.isEmpty {
      return try namedGateway(of: uplink, holder: holder, pick: pick, &warnings)
    }
    if !uplink.gateways.isEmpty {
      return Decision.Gateway(
        addresses: uplink.gateways, reason: "\(pick.rule.subject) has it by \(uplink.link.name)",
        family: uplink.gateways.first?.family)
    }
    return try ownGateway(of: uplink.link, holder: holder, &warnings)
  }

  /// The gateways of `VROUTER_GATEWAY` that are reached by an interface.
  private func namedGateway(
    of uplink: Uplink, holder: Link, pick: Pick, _ warnings: inout [String]
  ) throws(Undecided) -> Decision.Gateway {
    let link = uplink.link
    var own: [IPAddress] = []
    for gateway in settings.gateways {
      try requireRouter(gateway)
      let others = interfaces(towards: gateway).filter { !isOf($0, link, holder) }
      let isReached = others.isEmpty || interfaces(towards: gateway).contains { isOf($0, link, holder) }
      if isReached {
        own.append(gateway)
      } else if pick.uplinks.count == 1 {
        try allowElsewhere(gateway, others, link, holder, &warnings)
        own.append(gateway)
      }
    }
    guard !own.isEmpty else {
      throw Undecided(
        .conflict,
        "none of VROUTER_GATEWAY \(Self.names(settings.gateways.map(\.description))) is reached by \(link.name)",
        remedy: "give each interface a gateway in VROUTER_GATEWAY, or leave it out")
    }
    return Decision.Gateway(addresses: own, reason: "VROUTER_GATEWAY names it", family: own[0].family)
  }

  /// A gateway is another host's address.
  func requireRouter(_ gateway: IPAddress) throws(Undecided) {
    guard !gateway.isOnEveryLink, case .way(let way) = network.snapshot.routeAnswers[gateway],
      way.reply.type != .unicast
    else { return }
    throw Undecided(
      .conflict,
      way.reply.isLocal
        ? "VROUTER_GATEWAY \(gateway) is an address of this host itself"
        : "VROUTER_GATEWAY \(gateway) is no host's address: the kernel says that its type is \(way.reply.type)",
      remedy: "set VROUTER_GATEWAY to the address of the router")
  }

  private func isOf(_ other: Link, _ link: Link, _ holder: Link) -> Bool {
    other.index == link.index || other.index == holder.index
  }

  /// The interfaces by which a gateway is reached: the kernel's answer, else those on whose subnet it is.
  private func interfaces(towards gateway: IPAddress) -> [Link] {
    // On every link there is one: it is taken to be the one there.
    guard !gateway.isOnEveryLink else { return [] }
    if case .way(let way) = network.snapshot.routeAnswers[gateway], !way.reply.isLocal {
      let hops =
        way.entry.map(\.paths).flatMap { $0.isEmpty ? nil : $0 } ?? [
          NextHop(outputIndex: way.reply.outputIndex)
        ]
      return hops.compactMap { network.link(index: $0.outputIndex) }.map(lookedThrough)
    }
    let near = network.snapshot.addresses.filter { !$0.prefix.isHost && $0.prefix.contains(gateway) }
    return near.compactMap { network.link(index: $0.linkIndex) }.map(lookedThrough)
  }

  /// A gateway on another card works where the default route doesn't leave by vhost0.
  private func allowElsewhere(
    _ gateway: IPAddress, _ others: [Link], _ link: Link, _ holder: Link, _ warnings: inout [String]
  ) throws(Undecided) {
    let names = Self.names(others)
    guard !network.defaults.leave(by: link), !network.defaults.leave(by: holder) else {
      throw Undecided(
        .conflict,
        "VROUTER_GATEWAY \(gateway) is reached by \(names), but the default route leaves by \(link.name), which vhost0 takes over",
        remedy:
          "set VROUTER_GATEWAY to a gateway on \(link.name), or leave it out, or name \(names) in PHYSICAL_INTERFACE"
      )
    }
    warnings.append("VROUTER_GATEWAY \(gateway) is reached by \(names), not by \(link.name)")
  }

  /// The default route of a chosen interface, and the link that has it: one that carries the host's traffic before one of another table,
  /// IPv4 before IPv6.
  func ownDefault(of link: Link, holder: Link) -> (route: Route, link: Link)? {
    // With vhost0 in place the routes are its own.
    let links = holder.index == link.index ? [link] : [holder, link]
    for place in links {
      let routes = network.defaults.byLink[place.index] ?? []
      let carrying = routes.filter { route in network.defaults.carrying.contains(route) }
      let ordered = carrying.isEmpty ? routes : carrying
      if let route = ordered.first(where: { $0.family == .ipv4 }) ?? ordered.first { return (route, place) }
    }
    return nil
  }

  /// The gateway of the interface's own default route.
  private func ownGateway(
    of link: Link, holder: Link, _ warnings: inout [String]
  ) throws(Undecided) -> Decision.Gateway {
    if let own = ownDefault(of: link, holder: holder) {
      return try gateway(of: own.route, by: own.link, &warnings)
    }
    if let other = network.defaults.carrying.first {
      let names = other.paths.compactMap { network.link(index: $0.outputIndex)?.name }
      return Decision.Gateway(
        addresses: [],
        reason: "the default route leaves by \(names.joined(separator: ", ")), not by \(link.name)")
    }
    warnings.append(
      "the host has no default route and VROUTER_GATEWAY is not set: only the subnet of \(link.name) can be reached"
    )
    return Decision.Gateway(addresses: [], reason: "the host has no default route", mayCome: true)
  }

  private func gateway(
    of route: Route, by link: Link, _ warnings: inout [String]
  ) throws(Undecided) -> Decision.Gateway {
    var gateways: [IPAddress] = []
    for case let gateway? in route.paths.filter({ $0.outputIndex == link.index }).map(\.gateway)
    where !gateways.contains(gateway) {
      gateways.append(gateway)
    }
    guard !gateways.isEmpty else {
      throw Undecided(
        .noGateway, "the default route over \(link.name) has no gateway, and the vRouter needs one",
        remedy: "set VROUTER_GATEWAY, or give the default route a gateway")
    }
    if gateways.contains(where: { $0.family != route.family }) {
      warnings.append("the gateway of the \(route.family) default route is an IPv6 address")
    }
    let place = route.table == .main ? "" : ", table \(route.table)"
    return Decision.Gateway(
      addresses: gateways,
      reason: "the \(route.family) default route over \(link.name) (metric \(route.metric)\(place)) has it",
      family: route.family)
  }
}
