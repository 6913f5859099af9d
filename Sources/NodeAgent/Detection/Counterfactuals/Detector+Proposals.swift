import Netlink

/// What to try for an interface that was not chosen, the most telling first.
extension Detector {
  func proposals(for link: Link, insteadOf outcome: Outcome) -> [Proposal] {
    switch outcome.rule {
    case .named, .remembered: return [naming(link)]
    case .existingVhost(let name):
      let naming = naming(link)
      return [
        Proposal(
          [.noVhost(name)] + naming.changes, "if \(name) were gone and PHYSICAL_INTERFACE named it",
          target: link)
      ]
    case .nodesMap(let node, _): return mapping(link, node) + [naming(link)]
    case .routeToGateway:
      return [leading(settings.gateways, link, "if VROUTER_GATEWAY were reached by it"), naming(link)]
    case .routeToControlNode:
      let nodes = settings.targets(network.snapshot.nameAnswers)
      let words = nodes.count == 1 ? "the control node were" : "the control nodes were"
      return [leading(nodes, link, "if \(words) reached by it"), naming(link)]
    case .defaultRoute(let metric, let table, _):
      return routing(link, metric, table, outcome) + [naming(link)]
    case .defaultRouteOfSource: return routing(link, nil, .main, outcome) + [naming(link)]
    }
  }

  /// What to try whichever interface it leads to.
  func freeProposals(_ outcome: Outcome) -> [Proposal] {
    switch outcome.rule {
    case .named:
      return [
        Proposal(
          [.setting("PHYSICAL_INTERFACE", value: nil)], "if PHYSICAL_INTERFACE were not set", isFree: true)
      ]
    case .existingVhost(let name): return [Proposal([.noVhost(name)], "if \(name) were gone", isFree: true)]
    case .remembered: return [Proposal([.noIdentity], "if \(Self.identityPath) were removed", isFree: true)]
    case .nodesMap, .routeToGateway, .routeToControlNode, .defaultRoute, .defaultRouteOfSource: return []
    }
  }

  func naming(_ link: Link) -> Proposal {
    Proposal(
      [.setting("PHYSICAL_INTERFACE", value: link.name)], "if PHYSICAL_INTERFACE named it", target: link)
  }

  private func mapping(_ link: Link, _ node: String) -> [Proposal] {
    guard let address = usableAddresses(of: link).first(where: { !$0.prefix.isHost })?.address else {
      return []
    }
    return [
      Proposal(
        [.setting("KUBERNETES_NODES_MAP", value: "\(address)")],
        "if KUBERNETES_NODES_MAP gave \(node) the address \(address)", target: link)
    ]
  }

  private func leading(_ addresses: [IPAddress], _ link: Link, _ condition: String) -> Proposal {
    Proposal(addresses.map { .way(to: $0, interface: link.name) }, condition, target: link)
  }

  /// Default routes: the link's own one with a better metric, or one that it hasn't got.
  private func routing(
    _ link: Link, _ metric: UInt32?, _ table: RouteTable, _ outcome: Outcome
  ) -> [Proposal] {
    let own = network.defaults.carrying.first { route in
      !route.paths.isEmpty && route.paths.allSatisfy { $0.outputIndex == link.index }
    }
    var proposals: [Proposal] = []
    if let own, let metric {
      proposals += lacking(link, own)
      proposals += outbidding(link, own, metric, outcome)
    } else if let gateway = imaginedGateway(of: link) {
      let lowest = Self.lowestMetric(gateway.family)
      let below = metric.flatMap { $0 > lowest ? $0 : nil }
      let place = table == .main ? "" : " of table \(table)"
      let words = below.map { "if a default route\(place) of metric below \($0) left by it" }
      proposals.append(
        Proposal(
          [
            .defaultRoute(
              interface: link.name, gateway: gateway, table: table, metric: below.map { $0 - 1 } ?? lowest,
              instead: below == nil)
          ],
          words ?? "if the default route\(place) left by it", target: link))
    }
    return proposals
  }

  /// The kernel makes 1024 of an IPv6 route's metric 0.
  private static func lowestMetric(_ family: AddressFamily) -> UInt32 { family == .ipv6 ? 1 : 0 }

  private func outbidding(_ link: Link, _ own: Route, _ metric: UInt32, _ outcome: Outcome) -> [Proposal] {
    let families = Set(network.defaults.carrying.map(\.family))
    let which = families.count > 1 ? "\(own.family) default route" : "default route"
    if metric > Self.lowestMetric(own.family) {
      return [
        Proposal(
          [.metric(interface: link.name, family: own.family, table: own.table, metric: metric - 1)],
          "if its \(which) had a metric below \(metric)", target: link)
      ]
    }
    // Nothing is below the lowest: the others' would have to be higher.
    let others = outcome.choices.flatMap { choice in
      network.defaults.carrying.filter {
        $0.metric <= own.metric && $0.paths.allSatisfy { $0.outputIndex == choice.link.index }
      }
      .map { (choice.link.name, $0) }
    }
    guard !others.isEmpty, own.metric < .max else { return [] }
    let names = Self.names(outcome.choices.map(\.link), " and ")
    return [
      Proposal(
        others.map {
          .metric(interface: $0.0, family: $0.1.family, table: $0.1.table, metric: own.metric + 1)
        },
        "if the default route of \(names) had a metric above \(own.metric)", target: link)
    ]
  }

  /// A default route that is passed over for want of an address.
  private func lacking(_ link: Link, _ own: Route) -> [Proposal] {
    guard usableAddresses(of: link).isEmpty,
      let gateway = own.paths.compactMap(\.gateway).first, let prefix = Self.neighbour(of: gateway)
    else { return [] }
    return [Proposal([.address(interface: link.name, prefix)], "if it had a usable address", target: link)]
  }

  /// A gateway that could be there: beside the interface's own address.
  private func imaginedGateway(of link: Link) -> IPAddress? {
    guard let own = usableAddresses(of: link).first else { return nil }
    return Self.neighbour(of: own.address)?.address
  }

  /// Another address of the same subnet, as a subnet of a usual size has it.
  private static func neighbour(of address: IPAddress) -> IPPrefix? {
    switch address {
    case .v4(let address):
      return IPPrefix(.v4(IPv4Address(rawValue: address.rawValue ^ 3)), length: 24)
    case .v6(let address):
      return IPPrefix(
        address.isLinkLocal
          ? .v6(IPv6Address(rawValue: 0x2001_0db8 << 96 | 3))
          : .v6(IPv6Address(rawValue: address.rawValue ^ 3)),
        length: 64)
    }
  }
}
