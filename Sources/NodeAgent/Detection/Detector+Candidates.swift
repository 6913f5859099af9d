import Netlink

/// What is said of each interface.
extension Detector {
  func candidates(chosen: Link?, rule: Decision.Rule?) -> [Candidate] {
    snapshot.links.sorted { $0.index < $1.index }.map { link in
      link == chosen
        ? candidate(link, chosenBy: rule)
        : candidate(link, reason: reasonAgainst(link, chosen: chosen, rule: rule))
    }
  }

  func candidate(_ link: Link, chosenBy rule: Decision.Rule?) -> Candidate {
    candidate(link, isChosen: true, reason: rule.map { "\($0)" } ?? "")
  }

  private func candidate(_ link: Link, isChosen: Bool = false, reason: String) -> Candidate {
    Candidate(
      name: link.name, index: link.index, kind: link.kind, mac: link.macAddress, mtu: link.mtu,
      isUp: link.flags.contains(.up), hasCarrier: link.hasCarrier,
      addresses: snapshot.addresses(of: link).map(\.prefix),
      defaultRoutes: defaultRoutes(of: link), isChosen: isChosen, reason: reason)
  }

  private func defaultRoutes(of link: Link) -> [Candidate.DefaultRoute] {
    snapshot.defaultRoutes.flatMap { route in
      route.paths.filter { $0.outputIndex == link.index }
        .map { Candidate.DefaultRoute(family: route.family, metric: route.metric, gateway: $0.gateway) }
    }
  }

  private func reasonAgainst(_ link: Link, chosen: Link?, rule: Decision.Rule?) -> String {
    if link.kind == "vhost", let chosen, link.macAddress == chosen.macAddress {
      return "it is the vRouter's own host interface, over \(chosen.name)"
    }
    if let objection = Eligibility(snapshot: snapshot).objection(to: link) { return objection }
    if let rule, let chosen { return difference(link, chosen: chosen, rule: rule) }
    return describe(link)
  }

  /// Why the rule that decided didn't choose this one.
  private func difference(_ link: Link, chosen: Link, rule: Decision.Rule) -> String {
    switch rule {
    case .named: return "PHYSICAL_INTERFACE names \(chosen.name)"
    case .nodesMap(_, let address): return "it does not own \(address)"
    case .routeToGateway(let address): return "VROUTER_GATEWAY \(address) is not reached by it"
    case .routeToControlNode(let node, _): return "the control node \(node) is not reached by it"
    case .defaultRoute(let metric):
      guard let own = defaultRoutes(of: link).first else { return "no default route leaves by it" }
      if own.metric > metric {
        return "its \(own.family) default route has metric \(own.metric), not the lowest"
      }
      return "its default route is \(own.family), and IPv4 comes first"
    }
  }

  /// What stands for and against an interface when none was chosen.
  private func describe(_ link: Link) -> String {
    var facts: [String] = []
    if !link.flags.contains(.up) {
      facts.append("it is down")
    } else if !link.hasCarrier {
      facts.append("no carrier")
    }
    if usableAddresses(of: link).isEmpty { facts.append("no usable address") }
    let routes = defaultRoutes(of: link)
    facts.append(
      routes.isEmpty
        ? "no default route leaves by it"
        : routes.map { "an \($0.family) default route of metric \($0.metric) leaves by it" }.joined(
          separator: ", "))
    return facts.joined(separator: ", ")
  }
}
