import Netlink

/// The rules, in their order: each answers nil where its setting is absent, and fails where the setting is
/// there but leads nowhere. A setting that can't be followed is never passed over in silence.
extension Detector {
  func namedInterface() throws(DetectionError) -> Pick? {
    guard let name = settings.interfaces.first else { return nil }
    guard settings.interfaces.count == 1 else {
      throw failure(
        .ambiguous,
        "PHYSICAL_INTERFACE names \(settings.interfaces.count) interfaces (\(settings.interfaces.joined(separator: ", "))); this version prepares one",
        "name one interface")
    }
    guard let link = snapshot.link(named: name) else {
      let names = snapshot.links.map(\.name).joined(separator: ", ")
      throw failure(
        .notFound, "PHYSICAL_INTERFACE names \(name), and this host has no such interface; it has \(names)",
        "correct PHYSICAL_INTERFACE, or leave it out to have the interface found")
    }
    return Pick(link: link, rule: .named)
  }

  func ownerOfMappedAddress(_ warnings: inout [String]) throws(DetectionError) -> Pick? {
    guard !settings.nodesMap.isEmpty else { return nil }
    let name = settings.nodeName ?? snapshot.hostName
    guard let (node, address) = entry(of: name) else {
      warnings.append("KUBERNETES_NODES_MAP has no entry for \(name), so it plays no part")
      return nil
    }
    let owners = owners(of: address)
    guard let owner = owners.first else {
      throw failure(
        .notFound,
        "KUBERNETES_NODES_MAP gives \(node) the address \(address), and no interface of this host has it",
        "correct the entry, or give the address to the interface")
    }
    guard owners.count == 1 else {
      throw failure(
        .ambiguous,
        "\(address), the address of \(node) in KUBERNETES_NODES_MAP, is on several interfaces: \(owners.map(\.name).joined(separator: ", "))",
        "name one of them in PHYSICAL_INTERFACE")
    }
    return Pick(link: owner, rule: .nodesMap(node: node, address: address), address: address)
  }

  /// A node is known by its full name, or by the part before the first dot, whichever the map uses.
  private func entry(of name: String) -> (String, IPAddress)? {
    if let address = settings.nodesMap[name] { return (name, address) }
    let short = name.prefix { $0 != "." }
    let matches = settings.nodesMap.filter { $0.key.prefix { $0 != "." } == short }
    return matches.count == 1 ? matches.first.map { ($0.key, $0.value) } : nil
  }

  func interfaceTowardsGateway() throws(DetectionError) -> Pick? {
    guard let first = settings.gateways.first else { return nil }
    let pick = try follow(first, rule: .routeToGateway(first))
    for other in settings.gateways.dropFirst() {
      let link = try follow(other, rule: .routeToGateway(other)).link
      guard link == pick.link else {
        throw failure(
          .ambiguous,
          "VROUTER_GATEWAY \(first) is reached by \(pick.link.name), but \(other) by \(link.name)",
          "name one interface in PHYSICAL_INTERFACE, or gateways of one interface")
      }
    }
    return pick
  }

  func interfaceTowardsControlNodes(_ warnings: inout [String]) throws(DetectionError) -> Pick? {
    guard let first = settings.controlNodes.first else { return nil }
    let pick = try follow(try resolve(first), node: first)
    for other in settings.controlNodes.dropFirst() {
      guard let address = try? resolve(other) else {
        warnings.append("the control node \(other) has no address that could be found")
        continue
      }
      let link = try follow(address, node: other).link
      guard link == pick.link else {
        throw failure(
          .ambiguous,
          "the control node \(first) is reached by \(pick.link.name), but \(other) by \(link.name): all of them must be reached by one interface",
          "correct the routes or CONTROL_NODES, or name the interface in PHYSICAL_INTERFACE")
      }
    }
    return pick
  }

  private func resolve(_ node: String) throws(DetectionError) -> IPAddress {
    if let address = IPAddress(node) { return address }
    switch snapshot.nameAnswers[node] {
    case .addresses(let addresses):
      if let address = addresses.first { return address }
      fallthrough
    case nil, .failed:
      let reason = if case .failed(let text) = snapshot.nameAnswers[node] { text } else { "no address" }
      throw failure(
        .notFound, "the name of the control node \(node) could not be resolved: \(reason)",
        "correct CONTROL_NODES or the resolver, give addresses, or name the interface in PHYSICAL_INTERFACE")
    }
  }

  private func follow(_ address: IPAddress, node: String) throws(DetectionError) -> Pick {
    try follow(address, rule: .routeToControlNode(node: node, address: address))
  }

  /// The interface by which the kernel would send to an address; for an address of this host, its owner.
  private func follow(_ address: IPAddress, rule: Decision.Rule) throws(DetectionError) -> Pick {
    let reply: RouteReply
    switch snapshot.routeAnswers[address] {
    case .way(let way): reply = way.reply
    case .refused(let answer):
      throw failure(
        .notFound, "\(rule.subject) does not exist: the kernel says of \(address) that \(answer)",
        "check the routes (ip route get \(address)), or name the interface in PHYSICAL_INTERFACE")
    case nil:
      throw failure(
        .notFound, "the kernel was not asked for the way to \(address)", "report this as a defect")
    }
    if reply.type == .local {
      return try followLocal(address, rule: rule)
    }
    guard let link = reply.outputIndex.flatMap({ index in snapshot.link(index: index) }) else {
      throw failure(
        .notFound, "\(rule.subject) leaves by no interface of this host (type \(reply.type))",
        "name the interface in PHYSICAL_INTERFACE")
    }
    let ways = parallelInterfaces(towards: address)
    guard ways.count <= 1 else {
      throw failure(
        .ambiguous,
        "\(rule.subject) has several next hops, by \(ways.joined(separator: " and ")): the kernel chooses one by hash",
        "name the interface in PHYSICAL_INTERFACE")
    }
    return Pick(link: behind(link), rule: rule, address: reply.preferredSource)
  }

  /// An address of this host itself: the interface that holds it.
  private func followLocal(_ address: IPAddress, rule: Decision.Rule) throws(DetectionError) -> Pick {
    let owners = owners(of: address).filter { !$0.flags.contains(.loopback) }
    guard let owner = owners.first, owners.count == 1 else {
      throw failure(
        owners.isEmpty ? .notFound : .ambiguous,
        owners.isEmpty
          ? "\(address) is an address of this host itself, but of no interface that has a wire"
          : "\(address) is an address of several interfaces: \(owners.map(\.name).joined(separator: ", "))",
        "name the interface in PHYSICAL_INTERFACE"
          + (address.isLoopback ? "; a host name that resolves to a loopback address is a common cause" : ""))
    }
    return Pick(link: owner, rule: rule, address: address)
  }

  func interfaceOfDefaultRoute(_ warnings: inout [String]) throws(DetectionError) -> Pick {
    let eligibility = Eligibility(snapshot: snapshot)
    // An existing vhost0 carries the default route of the interface behind it.
    let usable = snapshot.defaultRoutes.filter { route in
      links(of: route).contains { $0.kind == "vhost" || eligibility.objection(to: $0) == nil }
    }
    guard let best = usable.first else {
      let others = snapshot.defaultRoutes.flatMap(links(of:)).map(\.name)
      throw failure(
        .nothingFits,
        "nothing tells which interface to use: none of PHYSICAL_INTERFACE, KUBERNETES_NODES_MAP, VROUTER_GATEWAY and CONTROL_NODES decides, and there is no default route"
          + (others.isEmpty ? "" : " but by \(others.joined(separator: ", ")), never chosen by itself"),
        "set PHYSICAL_INTERFACE or VROUTER_GATEWAY, or give the host a default route")
    }
    let equals = usable.filter { $0.family == best.family && $0.metric == best.metric }
    let ways = names(equals.flatMap(links(of:)))
    guard ways.count == 1, let link = links(of: best).first else {
      throw failure(
        .ambiguous,
        "the \(best.family) default route of lowest metric (\(best.metric)) leaves by \(ways.joined(separator: " and ")): nothing tells which one to use",
        "set PHYSICAL_INTERFACE, or give the default routes different metrics")
    }
    if let other = usable.first(where: { $0.family != best.family && !$0.leaves(by: link) }) {
      warnings.append(
        "the \(other.family) default route leaves by \(names(links(of: other)).joined(separator: ", ")), the \(best.family) one by \(link.name)"
      )
    }
    return Pick(link: link, rule: .defaultRoute(metric: best.metric))
  }

  private func links(of route: Route) -> [Link] {
    route.paths.compactMap { hop in
      hop.outputIndex.flatMap { index in snapshot.link(index: index) }.map(behind)
    }
  }

  /// The names of links, each once, in order.
  private func names(_ links: [Link]) -> [String] {
    var seen: Set<String> = []
    return links.map(\.name).filter { seen.insert($0).inserted }
  }

  /// The interfaces between which the kernel balances traffic to an address.
  private func parallelInterfaces(towards address: IPAddress) -> [String] {
    guard case .way(let way) = snapshot.routeAnswers[address], let entry = way.entry else { return [] }
    return names(links(of: entry))
  }

  func owners(of address: IPAddress) -> [Link] {
    let indices = Set(snapshot.addresses.filter { $0.address == address }.map(\.linkIndex))
    let links = snapshot.links.filter { indices.contains($0.index) }.map(behind)
    // An address that a network manager put back on the interface is on vhost0 too.
    return links.enumerated().filter { links.firstIndex(of: $0.element) == $0.offset }.map(\.element)
  }
}
