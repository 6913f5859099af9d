import Netlink

extension HostSettings {
  /// The settings that detection looks at, as the variables that an operator would set: what a capture keeps. None of
  /// them is a secret.
  var capturedVariables: [String: String] {
    var result: [String: String] = [:]
    func keep(_ name: String, _ value: String?) { result[name] = value }
    keep("PHYSICAL_INTERFACE", physicalInterfaces?.value.map(\.description).joined(separator: ","))
    keep("VROUTER_GATEWAY", gateways?.value.map(\.description).joined(separator: ","))
    keep("L3MH_CIDR", multihoming?.value.description)
    keep("NODE_NAME", nodeName?.value)
    keep("KUBERNETES_NODES_MAP", nodesMap?.value.map { "\($0.name)=\($0.address)" }.joined(separator: ","))
    // What isn't set itself follows from the one before it again.
    for (name, list) in [
      ("CONTROLLER_NODES", controllerNodes), ("CONFIG_NODES", configNodes), ("CONTROL_NODES", controlNodes),
    ] {
      guard case .parameter(name, _) = list.origin, case .nodes(let nodes) = list.value else { continue }
      keep(name, nodes.map(\.description).joined(separator: ","))
    }
    return result
  }
}
