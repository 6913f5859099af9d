import Netlink

/// The settings that the choice of interface and gateway depends on.
struct DetectionSettings: Sendable, Equatable {
  /// `PHYSICAL_INTERFACE`.
  var interfaces: [String] = []
  /// The name under which this node stands in `KUBERNETES_NODES_MAP`: `NODE_NAME`; nil means the host's own name.
  var nodeName: String?
  /// `KUBERNETES_NODES_MAP`.
  var nodesMap: [String: IPAddress] = [:]
  /// `VROUTER_GATEWAY`.
  var gateways: [IPAddress] = []
  /// `CONTROL_NODES` through the chain of defaults: names or addresses; empty when nothing of the chain is set.
  var controlNodes: [String] = []
  /// `VROUTER_RESOLVE_TIMEOUT`: how long the resolver may take for all names together. It is no part of what an identity
  /// was chosen under.
  var resolveTimeout: Duration = .seconds(5)
}

extension DetectionSettings {
  /// Whether the decision needs ``NetworkSnapshot/hardware``.
  var needsHardware: Bool { false }

  /// The host names that have to be resolved before a decision.
  var names: [String] {
    guard interfaces.isEmpty || gateways.isEmpty else { return [] }
    return controlNodes.filter { IPAddress($0) == nil }
  }

  /// The addresses to which the kernel is to be asked the way.
  func targets(_ names: [String: NetworkSnapshot.NameAnswer]) -> [IPAddress] {
    gateways
      + controlNodes.compactMap { node in
        if let address = IPAddress(node) { return address }
        guard case .addresses(let addresses) = names[node] else { return nil }
        return addresses.first
      }
  }
}
