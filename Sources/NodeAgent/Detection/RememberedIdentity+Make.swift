import Netlink

extension RememberedIdentity {
  /// What is to be remembered of a decision.
  static func make(
    from decision: Decision, snapshot: NetworkSnapshot, settings: DetectionSettings
  ) -> RememberedIdentity {
    let links = Dictionary(snapshot.links.map { ($0.index, $0) }) { first, _ in first }
    let interfaces = decision.choices.compactMap { choice -> Interface? in
      guard let link = links[choice.interface.index] else { return nil }
      return Interface(
        name: link.name, kind: link.kind, permanentMAC: link.permanentMACAddress, mac: link.macAddress,
        parentBus: link.parentBus, parentDevice: link.parentDevice, address: choice.address)
    }
    return RememberedIdentity(
      interfaces: interfaces, settings: settings.remembered(hostName: snapshot.hostName))
  }
}

extension DetectionSettings {
  /// What a choice depends on, by parameter, as text. Of the map only this node's entry, since other nodes come and go.
  func remembered(hostName: String) -> [String: String] {
    var texts: [String: String] = [:]
    func note(_ name: String, _ values: [String]) {
      if !values.isEmpty { texts[name] = values.joined(separator: ",") }
    }
    note("PHYSICAL_INTERFACE", interfaces.map(\.description))
    note("VROUTER_GATEWAY", gateways.map(\.description))
    note("CONTROL_NODES", controlNodes)
    note("L3MH_CIDR", [multihoming].compactMap(\.self).map(\.description))
    let name = nodeName ?? hostName
    let own = nodesMap.filter { Self.isSameNode($0.key, name) }
    note("KUBERNETES_NODES_MAP", own.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
    return texts
  }
}
