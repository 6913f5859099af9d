import Netlink

/// Following the kernel's answer to "by which way to this address?".
extension Detector {
  /// What to do where a way leads over several interfaces.
  static let multihomingAdvice = "set L3MH_CIDR for a vhost0 over all of them"

  /// The interfaces by which the kernel would send to an address, each with the gateways that the route has by it; for an
  /// address of this host itself, the interface that holds it.
  func follow(_ address: IPAddress, rule: Decision.Rule) throws(Undecided) -> Pick {
    guard !address.isOnEveryLink else {
      throw Undecided(
        .conflict,
        "\(rule.subject) tells no interface: \(address) is link-local, and every interface may have such",
        remedy: "set an address that is not link-local, or name the interface in PHYSICAL_INTERFACE")
    }
    let way: NetworkSnapshot.Way
    switch network.snapshot.routeAnswers[address] {
    case .way(let known): way = known
    case .refused(let reason):
      throw Undecided(
        .notFound, "\(rule.subject) does not exist: the kernel says of \(address) that \(reason)",
        remedy: "check the routes (ip route get \(address)), or name the interface in PHYSICAL_INTERFACE",
        awaits: reason == .noRoute ? "a route to \(address)" : nil)
    case nil:
      throw Undecided(
        .notFound, "the kernel was not asked for the way to \(address)", remedy: "report this as a defect")
    }
    if way.reply.isLocal { return Pick(uplinks: [try holder(of: address, way, rule)], rule: rule) }
    guard way.reply.type == .unicast else {
      let name = network.link(index: way.reply.outputIndex).map { " of \($0.name)" } ?? ""
      throw Undecided(
        .conflict,
        "\(rule.subject) leads to no host: the kernel says that \(address) is a \(way.reply.type) address\(name)",
        remedy: "correct the address, or name the interface in PHYSICAL_INTERFACE")
    }
    let uplinks = uplinks(of: way)
    guard !uplinks.isEmpty else {
      throw Undecided(
        .notFound, "\(rule.subject) leaves by no interface of this host (type \(way.reply.type))",
        remedy: "name the interface in PHYSICAL_INTERFACE")
    }
    guard uplinks.count == 1 || settings.multihoming != nil else {
      throw Undecided(
        .ambiguous,
        "\(rule.subject) has several next hops, by \(Self.names(uplinks.map(\.link), " and ")): the kernel chooses one by hash",
        remedy: "name the interface in PHYSICAL_INTERFACE, or \(Self.multihomingAdvice)")
    }
    return Pick(uplinks: uplinks, rule: rule)
  }

  /// One for each interface, in the order of the next hops.
  private func uplinks(of way: NetworkSnapshot.Way) -> [Uplink] {
    let reply = NextHop(outputIndex: way.reply.outputIndex, gateway: way.reply.gateway)
    let hops = way.entry.map(\.paths).flatMap { $0.isEmpty ? nil : $0 } ?? [reply]
    var uplinks = grouped(hops)
    // The source address is that of the one way that was answered.
    if uplinks.count == 1 { uplinks[0].address = way.reply.preferredSource }
    return uplinks
  }

  /// Next hops by interface; where there is one interface, its own routes tell the gateways.
  func grouped(_ hops: [NextHop]) -> [Uplink] {
    var uplinks: [Uplink] = []
    for hop in hops {
      guard let link = network.link(index: hop.outputIndex).map(lookedThrough) else { continue }
      let place = uplinks.firstIndex { $0.link.index == link.index } ?? uplinks.endIndex
      if place == uplinks.endIndex { uplinks.append(Uplink(link: link)) }
      if let gateway = hop.gateway, !uplinks[place].gateways.contains(gateway) {
        uplinks[place].gateways.append(gateway)
      }
    }
    if uplinks.count == 1 { uplinks[0].gateways = [] }
    return uplinks
  }

  /// The interface that holds an address of this host itself.
  private func holder(
    of address: IPAddress, _ way: NetworkSnapshot.Way, _ rule: Decision.Rule
  ) throws(Undecided) -> Uplink {
    var owners = owners(of: address).filter { !$0.flags.contains(.loopback) }
    if owners.isEmpty, let entry = way.entry, let link = network.link(index: entry.localHolderIndex),
      !link.flags.contains(.loopback)
    {
      owners = [lookedThrough(link)]
    }
    guard let owner = owners.first, owners.count == 1 else {
      throw Undecided(
        owners.isEmpty ? .notFound : .ambiguous,
        owners.isEmpty
          ? "\(rule.subject) ends on this host itself: \(address) is an address of no interface that has a wire"
          : "\(address) is an address of several interfaces: \(Self.names(owners))",
        remedy: "name the interface in PHYSICAL_INTERFACE"
          + (address.isLoopback ? "; a host name that resolves to a loopback address is a common cause" : ""))
    }
    return Uplink(link: owner, address: address)
  }
}
