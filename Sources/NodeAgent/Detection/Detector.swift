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
    let holder = vhost0(over: link).flatMap { usableAddresses(of: $0).isEmpty ? nil : $0 } ?? link
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

  /// The vhost0 that stands before an interface: they share their MAC address.
  func vhost0(over link: Link) -> Link? {
    snapshot.links.first { $0.kind == "vhost" && $0.macAddress != nil && $0.macAddress == link.macAddress }
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
  /// Whether frames can pass: the kernel's IFF_LOWER_UP, or IFF_RUNNING for drivers that tell no carrier.
  var hasCarrier: Bool {
    flags.contains(.lowerUp) && flags.contains(.running)
  }
}
