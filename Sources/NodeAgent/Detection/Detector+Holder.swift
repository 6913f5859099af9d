import Netlink

/// Where the address of a chosen interface lives: on it, or on the vhost0 that stands on it.
extension Detector {
  func holder(of link: Link, rule: Decision.Rule, _ warnings: inout [String]) -> Link {
    let known = holder(of: link)
    if known.index != link.index { return known }
    let own = usableAddresses(of: link)
    let vhosts = network.vhosts.filter { !usableAddresses(of: $0).isEmpty }
    guard rule.isTold, let only = vhosts.first, vhosts.count == 1, case .nothing = behind(vhost: only),
      own.isEmpty || shares(link, addressesOf: only)
    else { return link }
    warnings.append(
      "\(only.name) has the MAC address \(only.macAddress?.description ?? "none"), not \(link.name)'s \(link.macAddress?.description ?? "none"): it is taken for the one over \(link.name) because PHYSICAL_INTERFACE says so"
    )
    return only
  }

  /// The vhost0 on an interface, once it has an address; else the interface.
  func holder(of link: Link) -> Link {
    for vhost in network.vhosts where !usableAddresses(of: vhost).isEmpty {
      switch behind(vhost: vhost) {
      case .one(let lower) where lower.index == link.index: return vhost
      case .several(let lowers) where lowers.contains(where: { $0.index == link.index }):
        if usableAddresses(of: link).isEmpty { return vhost }
      case .one, .several, .nothing: continue
      }
    }
    return link
  }
}
