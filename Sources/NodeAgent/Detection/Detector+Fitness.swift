import Netlink

/// What an interface must be, whichever rule leads to it.
extension Detector {
  var eligibility: Eligibility { Eligibility(network: network) }

  /// What is never chosen by itself is chosen only by name, and then with a warning.
  func requireFitness(
    of link: Link, rule: Decision.Rule, _ warnings: inout [String]
  ) throws(Undecided) {
    switch rule {
    case .existingVhost, .remembered: return  // They looked at it themselves.
    case .named:
      // A vhost0 that stands on it has its default route.
      guard holder(of: link).index == link.index else { return }
      guard let objection = eligibility.objection(to: link) else { return }
      warnings.append(
        "\(link.name) is used because PHYSICAL_INTERFACE names it, though \(objection)")
    default:
      guard let objection = eligibility.objection(to: link) else { return }
      throw Undecided(
        .ineligible,
        "\(rule.subject) leads to \(link.name), which is never chosen by itself: \(objection)",
        remedy: "name the right interface in PHYSICAL_INTERFACE")
    }
  }

  /// Traffic needs the interface up and its carrier present.
  func requireCarrier(of link: Link) throws(Undecided) {
    guard link.flags.contains(.up) else {
      throw Undecided(
        .down, "interface \(link.name) is down",
        remedy: "bring it up (ip link set dev \(link.name) up), or name another",
        awaits: "\(link.name) to be brought up")
    }
    guard link.hasCarrier else {
      let bond = bond(under: link)
      throw Undecided(
        .down,
        "interface \(link.name) is up but has no carrier (operational state \(link.operationalState)"
          + (bond.map { "; \(ports(of: $0))" } ?? "") + ")",
        remedy: "check the cable, the switch port, or the ports of a bond",
        awaits: bond.map { "a port of \($0.name) to be up" } ?? "the carrier of \(link.name)")
    }
    // Such a bond has a carrier: it uses one of its ports alone, and another one after each change.
    guard let bond = bond(under: link), bond.hasLACPPartner == false else { return }
    throw Undecided(
      .down,
      (bond.index == link.index ? "" : "interface \(link.name) lies on \(bond.name), and ")
        + "the bond \(bond.name) (802.3ad) has no LACP partner; \(ports(of: bond))",
      remedy: "make the switch's ports an LACP group, or give the bond another mode",
      awaits: "LACP on \(bond.name)")
  }

  /// The bond that an interface is, or lies on.
  private func bond(under link: Link) -> Link? {
    var link = link
    // Nothing lies on more than a few others, and a circle would be the kernel's mistake.
    for _ in 0..<8 {
      if link.kind == "bond" { return link }
      guard link.lowerNamespaceID == nil, link.kind != "veth",
        let lower = network.link(index: link.lowerIndex)
      else {
        return nil
      }
      link = lower
    }
    return nil
  }

  private func ports(of bond: Link) -> String {
    let ports = network.links.filter { $0.masterIndex == bond.index }
    guard !ports.isEmpty else { return "it has no ports" }
    let states = ports.map { port in
      "\(port.name) " + (port.flags.contains(.up) ? (port.hasCarrier ? "up" : "no carrier") : "down")
    }
    return "its ports: \(Self.names(states))"
  }

  /// vhost0 has one MTU, and takes it from what is below it.
  func requireOneMTU(_ choices: [Settled]) throws(Undecided) {
    guard Set(choices.map(\.link.mtu)).count > 1 else { return }
    throw Undecided(
      .unequalMTU,
      "the interfaces of one vhost0 must have one MTU, and "
        + choices.map { "\($0.link.name) has \($0.link.mtu)" }.joined(separator: ", "),
      remedy: "give them one MTU (ip link set dev <interface> mtu <bytes>), or name those that have one")
  }
}

extension Link {
  /// Whether frames can pass: the carrier is there (IFF_LOWER_UP) and the link is operational (IFF_RUNNING, which an
  /// unfinished 802.1X authentication withholds; Documentation/networking/operstates.rst).
  var hasCarrier: Bool {
    flags.contains(.lowerUp) && flags.contains(.running)
  }

  /// Whether somebody answers a bond's LACP; nil for what is no bond, or one without LACP.
  var hasLACPPartner: Bool? {
    if case .bond(let bond) = details { bond.hasLACPPartner } else { nil }
  }
}
