import Netlink

/// Rule 2: a vhost0 that exists stands on its interface already, and may hold the node's address and routes.
extension Detector {
  func existingVhost(_ warnings: inout [String]) throws(Undecided) -> Pick? {
    for vhost in network.vhosts {
      let hasAddress = !usableAddresses(of: vhost).isEmpty
      if let uplinks = multihomed(vhost) { return Pick(uplinks: uplinks, rule: .existingVhost(vhost.name)) }
      switch behind(vhost: vhost) {
      case .one(let link):
        let pick = Pick(uplinks: [Uplink(link: link)], rule: .existingVhost(vhost.name))
        if link.macAddress != vhost.macAddress {
          warnings.append(
            "no interface has the MAC address of \(Self.described(vhost)); the last successful run tells that it stands on \(link.name) (\(link.macAddress?.description ?? "no MAC"))"
          )
        }
        warnOfOtherWays(than: pick, &warnings)
        return pick
      case .several(let links) where hasAddress:
        throw Undecided(
          .ambiguous,
          "\(Self.described(vhost)) is there already, and several interfaces have its MAC address: \(Self.names(links))",
          remedy: "name the interface in PHYSICAL_INTERFACE")
      case .nothing where hasAddress && vhost.macAddress != Self.multihomedMAC:
        throw Undecided(
          .notFound,
          "\(Self.described(vhost)) is there already, and no interface behind it has its MAC address",
          remedy: "name the interface in PHYSICAL_INTERFACE")
      // Without an address it has taken nothing over, and the other rules decide.
      case .several, .nothing: continue
      }
    }
    return nil
  }

  /// A vhost0 over several interfaces has this address rather than one of theirs.
  static let multihomedMAC = MACAddress(rawValue: 0x0000_5e00_0100)

  /// The interfaces below a vhost0 over several, which its MAC address doesn't tell: those that the last run remembered,
  /// each with its own address and the gateways in that one's subnet.
  private func multihomed(_ vhost: Link) -> [Uplink]? {
    guard let links = remembered(below: vhost), let known = validIdentity else { return nil }
    let hops = (network.defaults.byLink[vhost.index] ?? []).flatMap(\.paths).filter {
      $0.outputIndex == vhost.index
    }
    return zip(links, known).map { link, interface in
      var uplink = Uplink(link: link, address: interface.address?.address)
      for case let gateway? in hops.map(\.gateway)
      where interface.address?.contains(gateway) == true && !uplink.gateways.contains(gateway) {
        uplink.gateways.append(gateway)
      }
      return uplink
    }
  }

  /// The interfaces that were remembered, if a vhost0 is one over several, and all of them are there.
  private func remembered(below vhost: Link) -> [Link]? {
    guard vhost.macAddress == Self.multihomedMAC, !usableAddresses(of: vhost).isEmpty,
      let known = validIdentity,
      known.count > 1
    else { return nil }
    let links = known.compactMap { IdentityMatch($0, in: network).link }
    guard links.count == known.count, Set(links.map(\.index)).count == links.count,
      links.allSatisfy({ eligibility.obstacle(to: $0) == nil })
    else { return nil }
    return links
  }

  private static func described(_ vhost: Link) -> String {
    "\(vhost.name) (\(vhost.macAddress?.description ?? "no MAC"))"
  }

  /// What explicit settings say against what is there already.
  private func warnOfOtherWays(than pick: Pick, _ warnings: inout [String]) {
    var ignored: [String] = []
    let others = [try? ownerOfMappedAddress(&ignored), try? towardsGateways()]
    for other in others.compactMap({ $0 }) where other.uplinks[0].link.index != pick.uplinks[0].link.index {
      warnings.append(
        "\(pick.rule.subject) stands on \(pick.uplinks[0].link.name), though \(other.rule.subject) leads to \(other.uplinks[0].link.name)"
      )
    }
  }
}

/// What is behind a vhost0.
extension Detector {
  enum Behind {
    case nothing
    case one(Link)
    /// All of them have its MAC address, and nothing tells them apart.
    case several([Link])
  }

  /// The interface below a vhost0 has its MAC address; where several have it, the identity that the last run remembered
  /// tells, then their addresses. Where none has it, since a bond took another port's address, the identity alone tells.
  func behind(vhost: Link) -> Behind {
    if let links = remembered(below: vhost) { return .several(links) }
    let eligibility = eligibility
    let alike = network.links.filter { link in
      link.kind != "vhost" && link.macAddress != nil && link.macAddress == vhost.macAddress
        && eligibility.obstacle(to: link) == nil
    }
    if let only = alike.first, alike.count == 1 { return .one(only) }
    let known = (validIdentity ?? []).compactMap { IdentityMatch($0, in: network).link }
    guard !alike.isEmpty else {
      guard let only = known.first, known.count == 1, eligibility.obstacle(to: only) == nil,
        !usableAddresses(of: vhost).isEmpty
      else { return .nothing }
      return .one(only)
    }
    let chosen = alike.filter { link in known.contains { $0.index == link.index } }
    if let only = chosen.first, chosen.count == 1 { return .one(only) }

    let held = Set(usableAddresses(of: vhost).map(\.prefix))
    // A network manager may have put the address back on the interface below.
    let sharing = alike.filter { link in usableAddresses(of: link).contains { held.contains($0.prefix) } }
    if let only = sharing.first, sharing.count == 1 { return .one(only) }
    // What vhost0 took over has no address of its own left.
    let bare = alike.filter { usableAddresses(of: $0).isEmpty }
    if let only = bare.first, bare.count == 1, !held.isEmpty { return .one(only) }
    return .several(alike)
  }

  /// The interface behind a vhost0, or the link itself; vhost0 too, where what is behind it can't be told.
  func lookedThrough(_ link: Link) -> Link {
    guard link.kind == "vhost", case .one(let lower) = behind(vhost: link) else { return link }
    return lower
  }
}
