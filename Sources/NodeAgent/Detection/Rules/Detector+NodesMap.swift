import Netlink

/// Rule 3: the interface that owns this node's address in `KUBERNETES_NODES_MAP`.
extension Detector {
  func ownerOfMappedAddress(_ warnings: inout [String]) throws(Undecided) -> Pick? {
    guard !settings.nodesMap.isEmpty else { return nil }
    let name = settings.nodeName ?? network.snapshot.hostName
    guard let (node, address) = try entry(of: name) else {
      warnings.append("KUBERNETES_NODES_MAP has no entry for \(name), so it plays no part")
      return nil
    }
    let owners = owners(of: address)
    // With several uplinks the node's address is the loopback's, and no interface owns it.
    if settings.multihoming?.contains(address) == true, owners.allSatisfy({ $0.flags.contains(.loopback) }) {
      return nil
    }
    guard let owner = owners.first else {
      throw Undecided(
        .notFound,
        "KUBERNETES_NODES_MAP gives \(node) the address \(address), and no interface of this host has it",
        remedy: "correct the entry, or give the address to the interface",
        awaits: "an interface to have \(address)")
    }
    guard owners.count == 1 else {
      throw Undecided(
        .ambiguous,
        "\(address), the address of \(node) in KUBERNETES_NODES_MAP, is on several interfaces: \(Self.names(owners))",
        remedy: "name one of them in PHYSICAL_INTERFACE")
    }
    return Pick(
      uplinks: [Uplink(link: owner, address: address)], rule: .nodesMap(node: node, address: address))
  }

  /// A node is known by its full name, or by the part before the first dot, whichever the map uses.
  func entry(of name: String) throws(Undecided) -> (node: String, address: IPAddress)? {
    if let address = settings.nodesMap[name] { return (name, address) }
    let matches = settings.nodesMap.filter { DetectionSettings.isSameNode($0.key, name) }
    guard matches.count > 1 else { return matches.first.map { ($0.key, $0.value) } }
    throw Undecided(
      .ambiguous,
      "this node is \(name), and KUBERNETES_NODES_MAP has several of that name: \(Self.names(matches.keys.sorted()))",
      remedy: "set NODE_NAME to the one that is this node")
  }

  /// The interfaces that own an address; one that vhost0 has is that of the interface below it.
  func owners(of address: IPAddress) -> [Link] {
    var seen: Set<Int> = []
    return network.holders(of: address).map(lookedThrough).filter { seen.insert($0.index).inserted }
  }
}
