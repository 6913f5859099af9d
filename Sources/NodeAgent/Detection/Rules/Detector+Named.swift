import Netlink

/// Rule 1: `PHYSICAL_INTERFACE`. Each of its entries fits exactly one interface.
extension Detector {
  func named() throws(Undecided) -> Pick? {
    guard !settings.interfaces.isEmpty else { return nil }
    var uplinks: [Uplink] = []
    for selector in settings.interfaces {
      let link = try only(selector)
      if let other = uplinks.firstIndex(where: { $0.link.index == link.index }) {
        throw Undecided(
          .conflict,
          "PHYSICAL_INTERFACE names \(link.name) twice: by \(settings.interfaces[other]) and by \(selector)",
          remedy: "name each interface once")
      }
      uplinks.append(Uplink(link: link))
    }
    try requireVhost(over: uplinks.map(\.link))
    return Pick(uplinks: uplinks, rule: .named(settings.interfaces))
  }

  /// The one interface that a selector fits.
  private func only(_ selector: InterfaceSelector) throws(Undecided) -> Link {
    let matcher = SelectorMatch(selector, network: network)
    let links = matcher.links
    if let link = links.first, links.count == 1 { return try below(link, selector) }
    guard links.isEmpty else {
      throw Undecided(
        .ambiguous,
        "PHYSICAL_INTERFACE has \(selector), and \(links.count) interfaces fit: \(Self.names(links))",
        remedy: "use a selector that fits one of them alone, such as its name")
    }
    throw Undecided(
      .notFound,
      "PHYSICAL_INTERFACE names \(selector), and this host has no such interface; \(matcher.nearMisses)"
        + (renamed(selector).map { "; \($0)" } ?? ""),
      remedy: "correct PHYSICAL_INTERFACE, or leave it out to have the interface found",
      awaits: "an interface that fits \(selector)")
  }

  /// A vhost0 that is named stands for the interface that it stands on.
  private func below(_ link: Link, _ selector: InterfaceSelector) throws(Undecided) -> Link {
    guard link.kind == "vhost" else { return link }
    guard case .one(let lower) = behind(vhost: link) else {
      throw Undecided(
        .ineligible,
        "PHYSICAL_INTERFACE has \(selector), which is \(link.name), the vRouter's own; what it stands on can't be told by its MAC address",
        remedy: "name the interface below \(link.name)")
    }
    return lower
  }

  /// What has become of an interface that the last successful run knew by the name that is asked for.
  private func renamed(_ selector: InterfaceSelector) -> String? {
    guard case .name(let name) = selector,
      let known = network.snapshot.identity?.interfaces.first(where: { $0.name == name }),
      let now = IdentityMatch(known, in: network).link
    else { return nil }
    return "what was \(name) at the last successful run is now \(now.name)"
  }

  /// A vhost0 that exists stands where it stands: settings that name another interface contradict it.
  private func requireVhost(over links: [Link]) throws(Undecided) {
    for vhost in network.vhosts {
      let found: [Link] =
        switch behind(vhost: vhost) {
        case .nothing: []
        case .one(let link): [link]
        case .several(let links): links
        }
      let indices = Set(found.map(\.index))
      if found.isEmpty { try requireRoom(for: vhost, on: links) }
      guard !found.isEmpty, indices.isDisjoint(with: links.map(\.index)) else { continue }
      throw Undecided(
        .conflict,
        "\(vhost.name) stands on \(Self.names(found)), and PHYSICAL_INTERFACE names \(Self.names(links))",
        remedy: "correct PHYSICAL_INTERFACE, or take \(vhost.name) down first")
    }
  }

  /// A vhost0 that has addresses and the MAC address of no interface may yet stand on a named one: on one that has no
  /// address of its own, or has vhost0's. One over several has a MAC address that is nobody's.
  private func requireRoom(for vhost: Link, on links: [Link]) throws(Undecided) {
    let held = usableAddresses(of: vhost).map(\.prefix)
    guard !held.isEmpty, links.count == 1 || vhost.macAddress != Self.multihomedMAC,
      !links.contains(where: { usableAddresses(of: $0).isEmpty || shares($0, addressesOf: vhost) })
    else { return }
    throw Undecided(
      .conflict,
      "\(vhost.name) (\(vhost.macAddress?.description ?? "no MAC")) has \(Self.names(held.map(\.description))), and nothing tells that it stands on \(Self.names(links)), which PHYSICAL_INTERFACE names: the MAC address is another one, and so are the addresses",
      remedy: "correct PHYSICAL_INTERFACE, or take \(vhost.name) down first")
  }

  /// Whether an interface has an address that a vhost0 has too.
  func shares(_ link: Link, addressesOf vhost: Link) -> Bool {
    let held = Set(usableAddresses(of: vhost).map(\.prefix))
    return usableAddresses(of: link).contains { held.contains($0.prefix) }
  }

  /// Names in a message: all of a few, the first of many.
  static func names(_ links: [Link], _ separator: String = ", ") -> String {
    names(links.map(\.name), separator)
  }

  static func names(_ names: [String], _ separator: String = ", ") -> String {
    let shown = names.prefix(12).joined(separator: separator)
    return names.count > 12 ? "\(shown) and \(names.count - 12) more" : shown
  }
}
