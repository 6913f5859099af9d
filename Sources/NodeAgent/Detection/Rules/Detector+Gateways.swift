import Netlink

/// Rule 4: the interface that leads to `VROUTER_GATEWAY`; with several uplinks, those that lead to each of them.
extension Detector {
  func towardsGateways() throws(Undecided) -> Pick? {
    guard let first = settings.gateways.first else { return nil }
    var pick: Pick?
    for gateway in settings.gateways {
      let rule = Decision.Rule.routeToGateway(gateway)
      if case .way(let way) = network.snapshot.routeAnswers[gateway], way.reply.isLocal {
        throw Undecided(
          .conflict, "VROUTER_GATEWAY \(gateway) is an address of this host itself",
          remedy: "set VROUTER_GATEWAY to the address of the router")
      }
      let found = try follow(gateway, rule: rule)
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
              "name one interface in PHYSICAL_INTERFACE, or gateways of one interface, or set L3MH_CIDR for a vhost0 over all of them"
          )
        }
        known.uplinks.append(uplink)
      }
      pick = known
    }
    return pick
  }
}
