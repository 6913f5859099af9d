import Netlink

/// Rule 4: the interface that leads to `VROUTER_GATEWAY`; with several uplinks, those that lead to each of them.
extension Detector {
  func towardsGateways() throws(Undecided) -> Pick? {
    // A link-local one is taken to be where the others lead.
    let telling = settings.gateways.filter { !$0.isOnEveryLink }
    let gateways = telling.isEmpty ? settings.gateways : telling
    guard let first = gateways.first else { return nil }
    var pick: Pick?
    for gateway in gateways {
      try requireRouter(gateway)
      let found =
        gateway.isOnEveryLink
        ? try byDefaultRoute(over: gateway) : try follow(gateway, rule: .routeToGateway(gateway))
      guard var known = pick else {
        pick = found
        continue
      }
      for uplink in found.uplinks where !known.uplinks.contains(where: { $0.link.index == uplink.link.index })
      {
        guard settings.multihoming != nil else {
          throw Undecided(
            .ambiguous,
            "VROUTER_GATEWAY \(first) is reached by \(known.uplinks[0].link.name), but \(gateway) by \(uplink.link.name)",
            remedy:
              "name one interface in PHYSICAL_INTERFACE, or gateways of one interface, or \(Self.multihomingAdvice)"
          )
        }
        known.uplinks.append(uplink)
      }
      pick = known
    }
    return pick
  }

  /// The way to a link-local gateway, which every interface may have: the default routes over it tell.
  private func byDefaultRoute(over gateway: IPAddress) throws(Undecided) -> Pick {
    let hops = network.defaults.carrying.flatMap(\.paths).filter { $0.gateway == gateway }
    let uplinks = grouped(hops)
    let what = "VROUTER_GATEWAY \(gateway) is a link-local address, which tells no interface"
    guard !uplinks.isEmpty else {
      throw Undecided(
        .notFound, "\(what), and no default route has it",
        remedy: "name the interface in PHYSICAL_INTERFACE", awaits: "a default route over \(gateway)")
    }
    guard uplinks.count == 1 || settings.multihoming != nil else {
      throw Undecided(
        .ambiguous, "\(what), and default routes by \(Self.names(uplinks.map(\.link), " and ")) have it",
        remedy: "name the interface in PHYSICAL_INTERFACE, or \(Self.multihomingAdvice)")
    }
    return Pick(uplinks: uplinks, rule: .routeToGateway(gateway))
  }
}
