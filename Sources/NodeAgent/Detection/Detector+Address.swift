import Netlink

/// This node's address on a chosen interface.
extension Detector {
  /// Address and gateway of an interface that a rule leads to.
  func settle(_ uplink: Uplink, of pick: Pick, _ warnings: inout [String]) throws(Undecided) -> Settled {
    let link = uplink.link
    let holder = holder(of: link, rule: pick.rule, &warnings)
    let gateway = try gateway(of: uplink, holder: holder, pick: pick, &warnings)
    var uplink = uplink
    if uplink.address == nil, let source = ownDefault(of: link, holder: holder)?.route.preferredSource,
      gateway.family.map({ $0 == source.family }) ?? true
    {
      // What the host sends by its default route has that source.
      uplink.address = source
    }
    let address = try nodeAddress(of: uplink, holder: holder, rule: pick.rule, gateway: gateway, &warnings)
    return Settled(link: link, holder: holder, address: address, gateway: gateway)
  }

  /// The addresses that a node can be known by, in the kernel's order.
  func usableAddresses(of link: Link) -> [Address] {
    var usable: [Address] = []
    network.forEachAddress(of: link) { if $0.isUsable { usable.append($0) } }
    return usable
  }

  private func nodeAddress(
    of uplink: Uplink, holder: Link, rule: Decision.Rule, gateway: Decision.Gateway,
    _ warnings: inout [String]
  ) throws(Undecided) -> IPPrefix {
    let usable = usableAddresses(of: holder)
    try requireUsable(uplink.address, of: holder, rule: rule)
    if case .nodesMap = rule, let mapped = usable.first(where: { $0.address == uplink.address }) {
      if mapped.prefix.isHost,
        let other = usable.first(where: { !$0.prefix.isHost && $0.family == mapped.family })
      {
        warnings.append(
          "KUBERNETES_NODES_MAP gives this node \(mapped.prefix), a lone address beside \(other.prefix): a virtual address moves away"
        )
      }
      return mapped.prefix
    }
    guard let best = best(of: usable, uplink, gateway)?.prefix else { throw noAddress(uplink.link, holder) }
    try requireFamily(of: best, as: gateway, holder, &warnings)
    guard !best.isHost || !gateway.addresses.isEmpty || rule.isTold else {
      throw Undecided(
        .noAddress,
        "interface \(holder.name) has \(best) alone, an address without a subnet, and no gateway is reached by it",
        remedy:
          "give it an address with its subnet, or a default route with a gateway, or name another interface",
        awaits: "an address with a subnet on \(holder.name)")
    }
    return best
  }

  /// An address that the rule itself implies is waited for while it is searched for duplicates. One that the map gives is
  /// the node's or none is: no other takes its place.
  private func requireUsable(_ address: IPAddress?, of holder: Link, rule: Decision.Rule) throws(Undecided) {
    guard let address,
      let held = network.addresses(of: holder).first(where: { $0.address == address && !$0.isUsable })
    else { return }
    var isMapped = false
    if case .nodesMap = rule { isMapped = true }
    guard held.isPending || isMapped else { return }
    throw Undecided(
      .noAddress,
      "\(isMapped ? rule.subject : rule.subject + ", by its source address,") leads to \(holder.name), whose address \(held.prefix) is not usable: it is \(held.flaw)",
      remedy: held.isPending
        ? "wait until it is known to be no other host's"
        : "correct the address of \(holder.name)" + (isMapped ? ", or the entry" : ""),
      awaits: held.isPending ? "the search for duplicates of \(held.prefix) to end" : nil)
  }

  /// An address of the gateway's family is waited for while it is searched for duplicates; where there is none, it is told.
  private func requireFamily(
    of address: IPPrefix, as gateway: Decision.Gateway, _ holder: Link, _ warnings: inout [String]
  ) throws(Undecided) {
    guard let family = gateway.family, family != address.family, let first = gateway.addresses.first else {
      return
    }
    let addresses = network.addresses(of: holder).filter { $0.family == family }
    if !addresses.contains(where: \.isUsable), let pending = addresses.first(where: \.isPending) {
      throw Undecided(
        .noAddress,
        "the gateway \(first) is for \(family), and the \(family) address of \(holder.name), \(pending.prefix), is \(pending.flaw)",
        remedy: "wait until it is known to be no other host's",
        awaits: "the search for duplicates of \(pending.prefix) to end")
    }
    warnings.append(
      "this node's address \(address) is \(address.family), and the gateway \(first) is for \(family)")
  }

  /// An address with a subnet before a lone one (which is often a virtual one that moves away), the one that the last run
  /// chose, the one that the rule implies, the one beside the gateway, of the gateway's family, IPv4 before IPv6.
  private func best(of usable: [Address], _ uplink: Uplink, _ gateway: Decision.Gateway) -> Address? {
    let known = Set((validIdentity ?? []).compactMap(\.address))
    func rank(_ address: Address) -> [Bool] {
      [
        address.prefix.isHost,
        !known.contains(address.prefix),
        address.address != uplink.address,
        address.prefix.isHost || !gateway.addresses.contains { address.prefix.contains($0) },
        gateway.family.map { $0 != address.family } ?? false,
        address.family == .ipv6,
        address.flags.contains(.secondary),
      ]
    }
    return usable.enumerated().map { (rank($0.element), $0.offset, $0.element) }
      .min { left, right in
        for (one, other) in zip(left.0, right.0) where one != other { return other }
        return left.1 < right.1
      }?.2
  }

  private func noAddress(_ link: Link, _ holder: Link) -> Undecided {
    let seen = network.addresses(of: holder)
    let pending = seen.filter(\.isPending)
    let facts = seen.map { "\($0.prefix) \($0.flaw)" }
    return Undecided(
      .noAddress,
      "interface \(holder.name) has no usable address"
        + (facts.isEmpty ? "" : " (\(facts.joined(separator: ", ")))"),
      remedy: "give it an address, or wait until its DHCP client has one, or name another interface",
      awaits: pending.isEmpty
        ? "a usable address on \(holder.name)"
        : "the search for duplicates of \(pending.map(\.prefix.description).joined(separator: ", ")) to end")
  }

  /// This node's address on the way to `VROUTER_GATEWAY`, or else to the first control node to which there is one.
  func controlNetworkAddress(otherwise address: IPAddress) -> IPAddress {
    for target in settings.targets(network.snapshot.nameAnswers) where !target.isOnEveryLink {
      guard case .way(let way) = network.snapshot.routeAnswers[target] else { continue }
      if way.reply.isLocal { return target.isLoopback ? address : target }
      return way.reply.preferredSource ?? address
    }
    return address
  }

  /// The address of the interface that carries the best default route.
  func defaultAddress() -> IPAddress? {
    for route in network.defaults.carrying {
      for hop in route.paths {
        guard let link = network.link(index: hop.outputIndex) else { continue }
        let gateway = Decision.Gateway(
          addresses: [hop.gateway].compactMap(\.self), reason: "", family: route.family)
        if let best = best(
          of: usableAddresses(of: link), Uplink(link: link, address: route.preferredSource), gateway)
        {
          return best.address
        }
      }
    }
    return nil
  }
}

extension Decision.Rule {
  /// Whether an operator said which interface.
  var isTold: Bool {
    if case .named = self { true } else { false }
  }
}

extension IPAddress {
  /// Link-local of IPv6: every interface has the subnet, so that the address tells none.
  var isOnEveryLink: Bool { family == .ipv6 && isLinkLocal }
}

extension Address {
  /// Whether a node can be known by it.
  var isUsable: Bool {
    scope == .universe && !address.isLoopback && !address.isLinkLocal && !address.isMulticast
      && (!flags.contains(.tentative) || flags.contains(.optimistic)) && !flags.contains(.duplicate)
      && !flags.contains(.deprecated)
      // The kernel uses one bit for both: a secondary IPv4 address is as good as any, a temporary IPv6 one is not.
      && !(address.family == .ipv6 && flags.contains(.secondary))
  }

  /// Whether it will be usable once the search for duplicates has ended.
  var isPending: Bool {
    var later = self
    later.flags.remove(.tentative)
    return !isUsable && later.isUsable
  }

  /// Why it isn't usable, in a word or two.
  var flaw: String {
    if flags.contains(.duplicate) { return "duplicate of another host's" }
    if flags.contains(.tentative) { return "tentative" }
    if flags.contains(.deprecated) { return "deprecated" }
    if address.isLinkLocal || scope == .link { return "link-local" }
    if family == .ipv6 && flags.contains(.secondary) { return "temporary" }
    return "of scope \(scope)"
  }
}
