import Netlink

/// IPv6 addresses in keys that the vRouter agent reads as IPv4 only.
extension AgentConfigurationBuilder {
  /// A key that the agent reads so, and what gives it an IPv4 address.
  private struct Key {
    let section: String
    let name: String
    let remedy: String
    /// Whether it holds `host:port` entries.
    var hasPorts = false
  }

  private static let interfaceAddress = "an IPv4 address on the physical interface"

  private static let keys = [
    Key(section: "CONTROL-NODE", name: "servers", remedy: "CONTROL_NODES", hasPorts: true),
    Key(section: "DEFAULT", name: "collectors", remedy: "ANALYTICS_NODES", hasPorts: true),
    Key(section: "NETWORKS", name: "control_network_ip", remedy: interfaceAddress),
    Key(section: "DNS", name: "servers", remedy: "DNS_NODES", hasPorts: true),
    Key(section: "VIRTUAL-HOST-INTERFACE", name: "ip", remedy: interfaceAddress),
    Key(
      section: "VIRTUAL-HOST-INTERFACE", name: "compute_node_address", remedy: "VROUTER_COMPUTE_NODE_ADDRESS"),
    Key(section: "VIRTUAL-HOST-INTERFACE", name: "gateway", remedy: "VROUTER_GATEWAY"),
    Key(section: "VIRTUAL-HOST-INTERFACE", name: "physical_interface_addr", remedy: interfaceAddress),
    Key(section: "VIRTUAL-HOST-INTERFACE", name: "loopback_ip", remedy: "VROUTER_COMPUTE_NODE_ADDRESS"),
  ]

  /// Tells of all of them at once. A node with IPv6 alone can be prepared; what its agent is to make of it, only the operator
  /// knows. Nothing of what an override holds: somebody wrote it so; nor of servers that the settings' own warning names.
  mutating func warnAboutIPv6() {
    let found = Self.keys.filter { key in
      guard !isOverridden(key.section, key.name), let entry = entry(key) else { return false }
      let isToldAlready = key.hasPorts && entry.origin.parameter != nil
      return !isToldAlready && Self.holdsIPv6(entry.value.reveal(), hasPorts: key.hasPorts)
    }
    guard !found.isEmpty else { return }
    let names = found.map { "[\($0.section)] \($0.name)" }.joined(separator: ", ")
    let splits = found.contains(where: \.hasPorts) ? ", and splits host:port at each colon" : ""
    var remedies: [String] = []
    for key in found where !remedies.contains(key.remedy) { remedies.append(key.remedy) }
    let parameters = remedies.filter { $0 != Self.interfaceAddress }
    let settings = parameters.isEmpty ? [] : ["IPv4 in \(parameters.joined(separator: ", "))"]
    let wanted = (remedies.contains(Self.interfaceAddress) ? [Self.interfaceAddress] : []) + settings
    warnings.append(
      "\(names): an IPv6 address, where the vRouter agent reads IPv4 alone: it goes on without what it can't read\(splits); it needs \(wanted.joined(separator: ", and "))"
    )
  }

  private func entry(_ key: Key) -> AgentConfiguration.Entry? {
    sections.first { $0.name == key.section }?.entries.first { $0.key == key.name }
  }

  private static func holdsIPv6(_ value: String, hasPorts: Bool) -> Bool {
    value.split(separator: " ").map(String.init).contains { text in
      if hasPorts {
        guard case .address(.v6)? = SettingsReader.server(text)?.host else { return false }
        return true
      }
      return (IPAddress(text) ?? IPPrefix(text)?.address)?.family == .ipv6
    }
  }
}
