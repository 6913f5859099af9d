import Netlink

/// Rule 5: what the last successful run chose, under the same settings. It outlives renames and reboots, and keeps an
/// interface that appeared later from stealing the choice.
extension Detector {
  /// The interfaces that were remembered, where they were chosen under the settings that hold now.
  var validIdentity: [RememberedIdentity.Interface]? {
    guard let identity = network.snapshot.identity, !identity.interfaces.isEmpty,
      identity.settings == settings.remembered(hostName: network.snapshot.hostName)
    else { return nil }
    return identity.interfaces
  }

  func remembered(_ warnings: inout [String]) throws(Undecided) -> Pick? {
    guard let known = validIdentity else { return nil }
    var uplinks: [Uplink] = []
    for interface in known {
      let match = IdentityMatch(interface, in: network)
      guard let link = match.link else { throw gone(interface) }
      if let objection = eligibility.objection(to: link) {
        warnings.append(
          "the choice of the last successful run, \(interface), plays no part: \(link.name) is never chosen by itself now, as \(objection)"
        )
        return nil
      }
      if match.isReplaced {
        warnings.append(
          "\(link.name) is where \(interface) was at the last successful run, and has another MAC address (\(link.macAddress?.description ?? "none"))"
        )
      }
      if uplinks.contains(where: { $0.link.index == link.index }) { throw gone(interface) }
      uplinks.append(Uplink(link: link))
    }
    let rule = Decision.Rule.remembered(
      name: known.map(\.name).joined(separator: ", "), now: uplinks.map(\.link.name).joined(separator: ", "))
    return Pick(uplinks: uplinks, rule: rule)
  }

  private func gone(_ interface: RememberedIdentity.Interface) -> Undecided {
    Undecided(
      .notFound,
      "the last successful run chose \(interface), and no interface of this host, or no single one, is that; it has "
        + Self.names(network.links.filter { eligibility.objection(to: $0) == nil }),
      remedy:
        "if it is gone for good, remove \(Self.identityPath) to have an interface chosen anew, or name one in PHYSICAL_INTERFACE",
      awaits: "\(interface) to appear")
  }

  /// Where the identity is kept, for messages.
  static let identityPath = "/var/lib/vrouter-node-agent/identity.json"
}
