import Netlink

/// Rule 7: the default route by metric, then by whether its gateway is on the interface's subnet, then by family.
extension Detector {
  func byDefaultRoute(_ warnings: inout [String]) throws(Undecided) -> Pick {
    let usable = usableDefaults(&warnings)
    guard let best = usable.first else { return try byDefaultRouteOfSource(&warnings) }
    let rank = DefaultRoutes.rank(best, network)
    let equals = usable.filter { DefaultRoutes.rank($0, network) == rank }
    let uplinks = grouped(equals.flatMap(\.paths)).filter { isChosenByItself($0.link) }
    warnOfGroups(&warnings)
    let isPassedOver = warnOfUnfit(upTo: best, &warnings)
    guard uplinks.count == 1 || settings.multihoming != nil else {
      throw Undecided(
        .ambiguous,
        "the \(best.family) default route of lowest metric (\(best.metric)) leaves by \(Self.names(uplinks.map(\.link), " and ")): nothing tells which one to use",
        remedy:
          "set PHYSICAL_INTERFACE, or give the default routes different metrics, or \(Self.multihomingAdvice)"
      )
    }
    if let other = usable.first(where: { $0.family != best.family && !leaves($0, by: uplinks) }) {
      let names = Self.names(grouped(other.paths).map(\.link))
      warnings.append(
        "the \(other.family) default route leaves by \(names), the \(best.family) one by \(Self.names(uplinks.map(\.link)))"
      )
    }
    return Pick(
      uplinks: uplinks,
      rule: .defaultRoute(
        metric: best.metric, table: best.table, afterOthers: isPassedOver || lacksBetter(best)))
  }

  /// Tells of next hops as good as the chosen one's or better, over interfaces that are never chosen by themselves: the
  /// host's packets take them all the same.
  ///
  /// - Returns: whether there are any.
  private func warnOfUnfit(upTo best: Route, _ warnings: inout [String]) -> Bool {
    let rank = DefaultRoutes.rank(best, network)
    let count = warnings.count
    for route in network.defaults.carrying where DefaultRoutes.rank(route, network) <= rank {
      for uplink in grouped(route.paths) where !isChosenByItself(uplink.link) {
        let objection = eligibility.objection(to: uplink.link) ?? "it is the vRouter's own host interface"
        warnings.append(
          "the \(route.family) default route of metric \(route.metric) by \(uplink.link.name) is passed over, though the host's packets take it: \(uplink.link.name) is never chosen by itself, as \(objection)"
        )
      }
    }
    return warnings.count > count
  }

  /// Whether a default route of lower metric, by an interface that may be chosen, was passed over for want of an address.
  private func lacksBetter(_ best: Route) -> Bool {
    network.defaults.carrying.contains { $0.metric < best.metric && lacksAddress($0) }
  }

  /// Of groups of interfaces nothing is known: a rule that passes over routes by those of one is not followed in that.
  private func warnOfGroups(_ warnings: inout [String]) {
    for rule in network.snapshot.rules where rule.matchesPlainPackets {
      guard let group = rule.suppressedGroup, let table = rule.table,
        network.defaults.carrying.contains(where: { $0.family == rule.family && $0.table == table })
      else { continue }
      warnings.append(
        "the \(rule.family) rule \(rule.priority) passes over routes of table \(table) by interfaces of group \(group) (suppress_ifgroup), which is not looked at here"
      )
    }
  }

  /// Those that carry traffic over an interface that may be chosen, the best first.
  private func usableDefaults(_ warnings: inout [String]) -> [Route] {
    let fit = network.defaults.carrying.filter { route in
      grouped(route.paths).contains { isChosenByItself($0.link) }
    }
    let usable = fit.filter { !lacksAddress($0) }
    // Where none has an address, the best one's lack of it is what to tell.
    guard let best = usable.first else { return fit }
    let rank = DefaultRoutes.rank(best, network)
    for route in fit where lacksAddress(route) && DefaultRoutes.rank(route, network) <= rank {
      warnings.append(
        "the \(route.family) default route of metric \(route.metric) is passed over: \(Self.names(grouped(route.paths).map(\.link))) has no usable address"
      )
    }
    return usable
  }

  /// Whether the interfaces of a route have none but useless addresses for good. One whose address comes in a moment is
  /// waited for, so that another doesn't win by being first.
  private func lacksAddress(_ route: Route) -> Bool {
    grouped(route.paths).map(\.link).filter(isChosenByItself).allSatisfy { link in
      let addresses = network.addresses(of: link)
      return !addresses.isEmpty && !addresses.contains { $0.isUsable || $0.isPending }
    }
  }

  private func isChosenByItself(_ link: Link) -> Bool {
    link.kind != "vhost" && eligibility.objection(to: link) == nil
  }

  private func leaves(_ route: Route, by uplinks: [Uplink]) -> Bool {
    grouped(route.paths).contains { hop in uplinks.contains { $0.link.index == hop.link.index } }
  }

  /// No default route carries what the host sends of itself; one that packets from one of its addresses take may do.
  private func byDefaultRouteOfSource(_ warnings: inout [String]) throws(Undecided) -> Pick {
    var found: [(uplink: Uplink, route: DefaultRoutes.SourceRoute)] = []
    for candidate in network.defaults.bySource {
      for uplink in grouped(candidate.route.paths) where isChosenByItself(uplink.link) {
        let own = usableAddresses(of: uplink.link).first {
          candidate.rule.source?.contains($0.address) == true
        }
        guard let own, !found.contains(where: { $0.uplink.link.index == uplink.link.index }) else { continue }
        found.append((Uplink(link: uplink.link, address: own.address), candidate))
      }
    }
    guard let first = found.first else { throw nothingFits() }
    guard found.count == 1, let source = first.route.rule.source else {
      let names = found.map { "\($0.uplink.link.name) (table \($0.route.route.table))" }
      throw Undecided(
        .ambiguous,
        "only rules by source lead to a default route, and they do over \(Self.names(names, " and ")): nothing tells which one to use",
        remedy: "set PHYSICAL_INTERFACE, or give the main table a default route")
    }
    let table = first.route.route.table
    warnings.append(
      "the host has no default route but in table \(table), which only packets from \(source) take (rule \(first.route.rule.priority))"
    )
    return Pick(uplinks: [first.uplink], rule: .defaultRouteOfSource(source, table: table))
  }

  private func nothingFits() -> Undecided {
    let others = network.links.filter { network.defaults.byLink[$0.index] != nil }
    let unfit = others.filter { eligibility.objection(to: $0) != nil }
    let idle = others.filter { !network.defaults.leave(by: $0) }
    var exception = ""
    if !unfit.isEmpty {
      exception = " but by \(Self.names(unfit)), never chosen by itself"
    } else if !idle.isEmpty {
      exception = " that the host's own packets take"
    }
    return Undecided(
      .nothingFits,
      "nothing tells which interface to use: none of PHYSICAL_INTERFACE, KUBERNETES_NODES_MAP, VROUTER_GATEWAY and CONTROL_NODES decides, and there is no default route"
        + exception + (idle.isEmpty ? "" : " (\(Self.names(idle.compactMap(whyIdle))))"),
      remedy: others.isEmpty
        ? "set PHYSICAL_INTERFACE or VROUTER_GATEWAY, or give the host a default route"
        : "set PHYSICAL_INTERFACE or VROUTER_GATEWAY, or lead the default route over an interface that may be chosen",
      awaits: others.isEmpty ? "a default route" : nil)
  }

  /// Why the host's own packets don't take the default route by an interface: another one comes first that leads nowhere,
  /// or no rule leads to its table.
  private func whyIdle(_ link: Link) -> String? {
    guard let route = network.defaults.byLink[link.index]?.first else { return nil }
    let earlier = network.snapshot.routes.first {
      $0.isDefault && $0.family == route.family && $0.table == route.table && $0.type != .unicast
        && $0.metric <= route.metric
    }
    if route.typeOfService != 0 { return "\(link.name)'s is \(route.service)" }
    if let earlier {
      return "\(link.name)'s comes after one of type \(earlier.type), metric \(earlier.metric)"
    }
    return "\(link.name)'s is in table \(route.table), which the host's own packets don't look in"
  }
}
