import Netlink

/// Chooses interface, address and gateway: a pure function of what was seen and what was set.
struct Detector: Sendable {
  let snapshot: NetworkSnapshot
  let settings: DetectionSettings

  /// The choice, or why there is none.
  func decide() throws(DetectionError) -> Decision {
    var warnings: [String] = []
    let pick = try pick(&warnings)
    let link = try physicalInterface(of: pick.link)
    if let objection = Eligibility(snapshot: snapshot).objection(to: link) {
      guard case .named = pick.rule else {
        throw failure(
          .ineligible,
          "\(pick.rule.subject) leads to \(link.name), which is never chosen by itself: \(objection)",
          "name the right interface in PHYSICAL_INTERFACE")
      }
      warnings.append("\(link.name) is used because PHYSICAL_INTERFACE names it, though \(objection)")
    }
    try requireLink(link)
    let holder = addressHolder(for: link, rule: pick.rule, &warnings)
    let gateway = try gateway(of: link, holder: holder, &warnings)
    let address = try nodeAddress(on: holder, of: link, pick: pick, gateway: gateway)
    return Decision(
      interface: candidate(link, chosenBy: pick.rule), rule: pick.rule, addressHolder: holder.name,
      address: address, gateway: gateway,
      controlNetworkAddress: controlNetworkAddress(otherwise: address.address),
      defaultAddress: defaultAddress(),
      carriesDefaultRoute: snapshot.defaultRoutes.contains { $0.leaves(by: link) || $0.leaves(by: holder) },
      candidates: candidates(chosen: link, rule: pick.rule), warnings: warnings)
  }

  /// What a rule chose, before it is looked at closely.
  struct Pick {
    let link: Link
    let rule: Decision.Rule
    /// The address of this node that the rule itself implies.
    var address: IPAddress?
  }

  private func pick(_ warnings: inout [String]) throws(DetectionError) -> Pick {
    if let pick = try namedInterface() { return pick }
    if let pick = try ownerOfMappedAddress(&warnings) { return pick }
    if let pick = try interfaceTowardsGateway() { return pick }
    if let pick = try interfaceTowardsControlNodes(&warnings) { return pick }
    return try interfaceOfDefaultRoute(&warnings)
  }

  /// Traffic needs the interface up and its carrier present.
  private func requireLink(_ link: Link) throws(DetectionError) {
    guard link.flags.contains(.up) else {
      throw failure(
        .down, "interface \(link.name) is down",
        "bring it up (ip link set dev \(link.name) up), or name another")
    }
    guard link.hasCarrier else {
      throw failure(
        .down, "interface \(link.name) is up but has no carrier (operational state \(link.operationalState))",
        "check the cable, the switch port, or the ports of a bond")
    }
  }

  /// Which of an interface and the vhost0 before it has this node's address.
  private func addressHolder(for link: Link, rule: Decision.Rule, _ warnings: inout [String]) -> Link {
    let own = Set(usableAddresses(of: link))
    let vhosts = snapshot.links.filter { $0.kind == "vhost" && !usableAddresses(of: $0).isEmpty }
    // They share their MAC address, and so does a VLAN with the interface below it: an interface with addresses of its own
    // is not the one that this vhost0 took over.
    let sameMAC = vhosts.first { $0.macAddress != nil && $0.macAddress == link.macAddress }
    if let vhost = sameMAC, own.isEmpty || !own.isDisjoint(with: usableAddresses(of: vhost)) { return vhost }
    if case .named = rule, own.isEmpty, let only = vhosts.first, vhosts.count == 1 {
      warnings.append(
        "\(only.name) has the MAC address \(only.macAddress?.description ?? "none"), not \(link.name)'s \(link.macAddress?.description ?? "none"): it is taken for the one over \(link.name) because PHYSICAL_INTERFACE says so"
      )
      return only
    }
    return link
  }

  /// The interface behind a vhost0, or the link itself; vhost0 too, where what is behind it can't be told.
  func behind(_ link: Link) -> Link {
    (try? physicalInterface(of: link)) ?? link
  }

  /// An existing vhost0 is looked through: the interface behind it has its MAC address.
  func physicalInterface(of link: Link) throws(DetectionError) -> Link {
    guard link.kind == "vhost" else { return link }
    let eligibility = Eligibility(snapshot: snapshot)
    let behind = snapshot.links.filter {
      $0.kind != "vhost" && $0.macAddress != nil && $0.macAddress == link.macAddress
        && eligibility.objection(to: $0) == nil
    }
    guard let only = behind.first, behind.count == 1 else {
      let mac = link.macAddress?.description ?? "no MAC"
      throw failure(
        behind.isEmpty ? .notFound : .ambiguous,
        "\(link.name) (\(mac)) is there already, and "
          + (behind.isEmpty
            ? "no interface behind it has its MAC address"
            : "several interfaces have its MAC address: \(behind.map(\.name).joined(separator: ", "))"),
        "name the interface in PHYSICAL_INTERFACE")
    }
    return only
  }

  func failure(
    _ problem: DetectionError.Problem, _ message: String, _ remedy: String
  ) -> DetectionError {
    DetectionError(
      problem: problem, message: message, remedy: remedy, candidates: candidates(chosen: nil, rule: nil))
  }
}

extension Decision.Rule {
  /// The setting or fact that the rule starts from, as a subject of "leads to".
  var subject: String {
    switch self {
    case .named: "PHYSICAL_INTERFACE"
    case .nodesMap: "KUBERNETES_NODES_MAP"
    case .routeToGateway(let address): "the route to VROUTER_GATEWAY \(address)"
    case .routeToControlNode(let node, _): "the route to the control node \(node)"
    case .defaultRoute: "the default route"
    }
  }
}

extension Link {
  /// Whether frames can pass: the carrier is there (IFF_LOWER_UP) and the link is operational (IFF_RUNNING, which an
  /// unfinished 802.1X authentication withholds; Documentation/networking/operstates.rst).
  var hasCarrier: Bool {
    flags.contains(.lowerUp) && flags.contains(.running)
  }
}
