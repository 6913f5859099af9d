import FoundationEssentials
import Netlink

extension SettingsReader {
  static let nodesExpected = "host names or IP addresses, separated by commas"

  /// The nodes of a role, else those of the role before it in the chain of defaults.
  mutating func nodes(_ name: String, else fallback: Sourced<NodeList>) -> Sourced<NodeList> {
    list(name, expected: Self.nodesExpected, Self.node)?.map { .nodes($0) }
      ?? fallback.standingIn(for: raw(name)?.name)
  }

  static func node(_ text: String) -> NodeReference? {
    guard case .address(let address)? = NodeReference(text) else { return NodeReference(text) }
    return unicast(address.description).map { .address($0) }
  }

  /// Servers named with their ports, else the nodes of a role with the role's port.
  mutating func servers(
    _ name: String, else nodes: Sourced<NodeList>, port: Sourced<UInt16>
  ) -> Sourced<ServerList> {
    let expected = "host:port entries, separated by blanks or commas"
    if let servers = list(name, separators: ", \t", expected: expected, Self.server) {
      warnAboutIPv6(servers.value.map(\.host), in: name)
      return servers.map { .servers($0) }
    }
    if case .nodes(let references) = nodes.value, case .parameter(let parameter, _) = nodes.origin {
      warnAboutIPv6(references, in: parameter)
    }
    return Sourced(value: .nodes(nodes.value, port: port.value), origin: nodes.origin.with(port.origin))
      .standingIn(for: raw(name)?.name)
  }

  /// `host:port`, or `[address]:port`.
  static func server(_ text: String) -> ServerReference? {
    guard let colon = text.lastIndex(of: ":"), let port = port(String(text[text.index(after: colon)...]))
    else {
      return nil
    }
    var host = String(text[..<colon])
    if host.hasPrefix("[") && host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    return node(host).map { ServerReference(host: $0, port: port, text: text) }
  }

  /// The agent's own reader of server lists splits an entry at every colon.
  private mutating func warnAboutIPv6(_ nodes: [NodeReference], in name: String) {
    let hasIPv6 = nodes.contains { if case .address(.v6) = $0 { true } else { false } }
    let message =
      "the vRouter agent splits host:port at each colon: it may not understand an IPv6 address there"
    if hasIPv6 { warn([name], message) }
  }

  /// `KUBERNETES_NODES_MAP`, ordered by name.
  mutating func nodesMap() -> Sourced<[NodeAddress]>? {
    let name = "KUBERNETES_NODES_MAP"
    guard let raw = raw(name) else { return nil }
    let pairs: [(String, String)]
    switch raw.value {
    case .map(let entries):
      pairs = entries.map { ($0.key, $0.value) }
    case .text:
      guard let (text, _) = text(name), let read = mapPairs(text, raw) else { return nil }
      pairs = read
    }
    var nodes: [String: IPAddress] = [:]
    var isFit = true
    for (node, text) in pairs {
      guard HostName.isNodeName(node), let address = Self.unicast(Self.trimmed(text)) else {
        isFit = false
        refuse(raw, found: shown("\(node)=\(text)", of: raw), expected: "a node's name and its IP address")
        continue
      }
      if let other = nodes.updateValue(address, forKey: node), other != address {
        isFit = false
        refuse(raw, found: "\(node) with \(other) and with \(address)", expected: "each node once")
      }
    }
    guard isFit else { return nil }
    let sorted = nodes.sorted { $0.key < $1.key }.map { NodeAddress(name: $0.key, address: $0.value) }
    return sorted.isEmpty ? nil : Sourced(value: sorted, origin: raw.origin)
  }

  private mutating func mapPairs(_ text: String, _ raw: Raw) -> [(String, String)]? {
    if Self.trimmed(text).hasPrefix("{") {
      guard let object = try? JSONDecoder().decode([String: String].self, from: Data(text.utf8)) else {
        refuse(raw, found: shown(text, of: raw), expected: "a JSON object of names and addresses, as text")
        return nil
      }
      return object.map { ($0.key, $0.value) }
    }
    var pairs: [(String, String)] = []
    for entry in Self.entries(text) {
      guard let equals = entry.firstIndex(of: "=") else {
        refuse(
          raw, found: shown(entry, of: raw),
          expected: "name=address entries separated by commas, or a JSON object")
        return nil
      }
      pairs.append(
        (Self.trimmed(String(entry[..<equals])), Self.trimmed(String(entry[entry.index(after: equals)...]))))
    }
    return pairs
  }
}
