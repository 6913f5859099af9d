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
    case .named(let selector):
      guard let objection = eligibility.objection(to: link) else { return }
      warnings.append(
        "\(link.name) is used because PHYSICAL_INTERFACE names it (\(selector)), though \(objection)")
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
      let isBond = link.kind == "bond"
      throw Undecided(
        .down,
        "interface \(link.name) is up but has no carrier (operational state \(link.operationalState))",
        remedy: "check the cable, the switch port, or the ports of a bond",
        awaits: isBond ? "a port of \(link.name) to be up" : "the carrier of \(link.name)")
    }
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
}
