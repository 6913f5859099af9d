import Netlink

/// The settings that the choice of interface and gateway depends on.
struct DetectionSettings: Sendable, Equatable {
  /// `PHYSICAL_INTERFACE`.
  var interfaces: [InterfaceSelector] = []
  /// The name under which this node stands in `KUBERNETES_NODES_MAP`: `NODE_NAME`; nil means the host's own name.
  var nodeName: String?
  /// `KUBERNETES_NODES_MAP`.
  var nodesMap: [String: IPAddress] = [:]
  /// `VROUTER_GATEWAY`.
  var gateways: [IPAddress] = []
  /// `CONTROL_NODES` through the chain of defaults: names or addresses; empty when nothing of the chain is set.
  var controlNodes: [String] = []
  /// `L3MH_CIDR`: with it, a way over several interfaces means all of them; without it, it is ambiguous.
  var multihoming: IPPrefix?
  /// `VROUTER_RESOLVE_TIMEOUT`: how long the resolver may take for all names together. No choice depends on it.
  var resolveTimeout: Duration = .seconds(5)
}

/// What a snapshot has to hold for them.
extension DetectionSettings {
  /// Whether the decision needs ``NetworkSnapshot/hardware``.
  var needsHardware: Bool { interfaces.contains(where: \.needsHardware) }

  /// Whether two names may be one node's: they are equal, or one is short and is the other's part before the first dot. Two
  /// full names that differ are two nodes'.
  static func isSameNode(_ one: String, _ other: String) -> Bool {
    func short(_ name: String) -> Substring { name.prefix { $0 != "." } }
    guard !one.contains(".") || !other.contains(".") else { return one == other }
    return short(one) == short(other)
  }

  /// The host names that have to be resolved before a decision: with gateways set, control nodes decide nothing.
  var names: [String] {
    gateways.isEmpty ? controlNodes.filter { IPAddress($0) == nil } : []
  }

  /// The addresses to which the kernel is to be asked the way, each once: the gateways, and every address of the control
  /// nodes.
  func targets(_ names: [String: NetworkSnapshot.NameAnswer]) -> [IPAddress] {
    var seen: Set<IPAddress> = []
    let nodes = controlNodes.flatMap { node -> [IPAddress] in
      if let address = IPAddress(node) { return [address] }
      guard case .addresses(let addresses) = names[node] else { return [] }
      return addresses
    }
    return (gateways + nodes).filter { seen.insert($0).inserted }
  }
}
