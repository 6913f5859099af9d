import Netlink

/// What is said of each interface.
extension Detector {
  /// Every interface by index, with the reason for or against it.
  func candidates(_ outcome: Outcome?) -> [Candidate] {
    let chosen = Dictionary(
      (outcome?.choices ?? []).map { ($0.link.index, $0) }, uniquingKeysWith: { first, _ in first })
    let eligibility = eligibility
    let links = network.links
    // Places are sorted rather than links, which are large.
    return links.indices.sorted { links[$0].index < links[$1].index }.map { place in
      let link = links[place]
      if let outcome, chosen[link.index] != nil {
        return candidate(link, isChosen: true, reason: outcome.reason(for: link))
      }
      return candidate(
        link, isChosen: false, reason: reasonAgainst(link, outcome: outcome, eligibility: eligibility))
    }
  }

  private func candidate(_ link: Link, isChosen: Bool, reason: String) -> Candidate {
    Candidate(
      name: link.name, index: link.index, kind: link.kind, mac: link.macAddress, mtu: link.mtu,
      isUp: link.flags.contains(.up), hasCarrier: link.hasCarrier,
      addresses: prefixes(of: link),
      defaultRoutes: defaultRoutes(of: link), isChosen: isChosen, reason: reason)
  }

  private func prefixes(of link: Link) -> [IPPrefix] {
    var prefixes: [IPPrefix] = []
    network.forEachAddress(of: link) { prefixes.append($0.prefix) }
    return prefixes
  }

  private func defaultRoutes(of link: Link) -> [Candidate.DefaultRoute] {
    guard let routes = network.defaults.byLink[link.index] else { return [] }
    return routes.flatMap { route in
      let carries = network.defaults.carrying.contains(route)
      let hops = route.paths.map { hop in described(hop) }
      return route.paths.filter { $0.outputIndex == link.index }.map {
        Candidate.DefaultRoute(
          family: route.family, table: route.table, metric: route.metric, gateway: $0.gateway,
          nextHops: hops, carriesTraffic: carries, typeOfService: route.typeOfService)
      }
    }
  }

  private func described(_ hop: NextHop) -> String {
    let gateway = hop.gateway.map { "\($0) " } ?? ""
    let name = network.link(index: hop.outputIndex)?.name ?? "index \(hop.outputIndex ?? 0)"
    return "\(gateway)dev \(name)" + (hop.weight == 1 ? "" : " weight \(hop.weight)")
  }

  private func reasonAgainst(_ link: Link, outcome: Outcome?, eligibility: Eligibility) -> String {
    if let over = outcome?.choices.first(where: { $0.holder.index == link.index }) {
      return "it is the vRouter's own host interface, over \(over.link.name)"
    }
    if link.kind == "vhost", case .one(let lower) = behind(vhost: link) {
      return "it is the vRouter's own host interface, over \(lower.name)"
    }
    if let objection = eligibility.objection(to: link) { return objection }
    return outcome.map { difference(link, $0) } ?? describe(link)
  }

  /// Why the rule that decided didn't choose this one.
  private func difference(_ link: Link, _ outcome: Outcome) -> String {
    let chosen = outcome.choices.map(\.link.name).joined(separator: ", ")
    switch outcome.rule {
    case .named: return "PHYSICAL_INTERFACE names \(chosen)"
    case .existingVhost(let name): return "\(name) stands on \(chosen)"
    case .nodesMap(_, let address): return "it does not own \(address)"
    case .routeToGateway(let address): return "VROUTER_GATEWAY \(address) is not reached by it"
    case .remembered: return "the last successful run chose \(chosen)"
    case .routeToControlNode(let node, _): return "the control node \(node) is not reached by it"
    case .defaultRoute(let metric, _, _): return differenceOfDefaults(link, metric)
    case .defaultRouteOfSource(let source, _):
      return "no default route of packets from \(source) leaves by it"
    }
  }

  private func differenceOfDefaults(_ link: Link, _ metric: UInt32) -> String {
    guard let own = network.defaults.byLink[link.index]?.first else { return "no default route leaves by it" }
    guard network.defaults.leave(by: link) else {
      if own.typeOfService != 0 { return "its \(own.family) default route is \(own.service)" }
      return
        "its \(own.family) default route is in table \(own.table), which the host's own packets don't look in"
    }
    if usableAddresses(of: link).isEmpty { return "it has no usable address" }
    if own.metric > metric {
      return "its \(own.family) default route has metric \(own.metric), not the lowest"
    }
    return own.family == .ipv6
      ? "its default route is IPv6, and IPv4 comes first"
      : "the gateway of its default route is on no subnet of its own"
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
        : routes.map {
          "an \($0.family) default route of metric \($0.metric)"
            + ($0.table == .main ? "" : " in table \($0.table)")
            + ($0.typeOfService == 0 ? "" : " for type of service \($0.typeOfService)") + " leaves by it"
        }.joined(separator: ", "))
    return facts.joined(separator: ", ")
  }
}

extension Route {
  /// For whom a route with a type of service is.
  var service: String { "for packets of type of service \(typeOfService) alone" }
}

extension Detector.Outcome {
  /// Why an interface was chosen: of several entries, the one that names it.
  func reason(for link: Link) -> String {
    guard case .named(let selectors) = rule,
      let place = choices.firstIndex(where: { $0.link.index == link.index }), place < selectors.count
    else { return "\(rule)" }
    return "\(Decision.Rule.named([selectors[place]]))"
  }
}
