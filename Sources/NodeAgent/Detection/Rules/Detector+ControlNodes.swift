import Netlink

/// Rule 6: the interface that leads to the control nodes, to all of them; on a node that is one of them, the interface
/// that holds its address.
extension Detector {
  func towardsControlNodes(_ warnings: inout [String]) throws(Undecided) -> Pick? {
    guard !settings.controlNodes.isEmpty else { return nil }
    var ways: [(node: String, pick: Pick)] = []
    var nameless: [(node: String, reason: String)] = []
    var unanswered: [String] = []
    for node in settings.controlNodes {
      switch resolved(node) {
      case .addresses(let addresses): ways.append((node, try follow(addresses, node: node)))
      case .failed(let reason): nameless.append((node, reason))
      case .unanswered(let reason):
        nameless.append((node, reason))
        unanswered.append(node)
      }
    }
    guard let first = ways.first else {
      let names = nameless.map { "\($0.node) (\($0.reason))" }
      throw Undecided(
        .notFound,
        "\(nameless.count == 1 ? "the name of the control node" : "the names of the control nodes") could not be resolved: \(Self.names(names))",
        remedy:
          "correct CONTROL_NODES or the resolver, give addresses, or name the interface in PHYSICAL_INTERFACE",
        awaits: unanswered.isEmpty ? nil : "the resolver to know \(Self.names(unanswered))")
    }
    for (node, reason) in nameless {
      warnings.append("the control node \(node) has no address that could be found: \(reason)")
    }
    try requireAgreement(ways)
    return first.pick
  }

  private func resolved(_ node: String) -> NetworkSnapshot.NameAnswer {
    if let address = IPAddress(node) { return .addresses([address]) }
    switch network.snapshot.nameAnswers[node] {
    case .addresses(let addresses) where !addresses.isEmpty: return .addresses(addresses)
    case .failed(let reason): return .failed(reason)
    case .unanswered(let reason): return .unanswered(reason)
    case .addresses, nil: return .failed("no address")
    }
  }

  /// By the first of a node's addresses to which there is a way: an IPv6 host can't reach the IPv4 one.
  private func follow(_ addresses: [IPAddress], node: String) throws(Undecided) -> Pick {
    let usable = addresses.first { address in
      if address.isOnEveryLink { return false }
      return if case .way = network.snapshot.routeAnswers[address] { true } else { false }
    }
    let address = usable ?? addresses[0]
    return try follow(address, rule: .routeToControlNode(node: node, address: address))
  }

  /// All of them by the same interfaces; the odd one is named.
  private func requireAgreement(_ ways: [(node: String, pick: Pick)]) throws(Undecided) {
    func names(_ pick: Pick) -> String { Self.names(pick.uplinks.map(\.link), " and ") }
    var groups: [(interfaces: String, nodes: [String])] = []
    for (node, pick) in ways {
      if let place = groups.firstIndex(where: { $0.interfaces == names(pick) }) {
        groups[place].nodes.append(node)
      } else {
        groups.append((names(pick), [node]))
      }
    }
    guard groups.count > 1 else { return }
    let most = groups.map(\.nodes.count).max() ?? 0
    let usual = groups.first { $0.nodes.count == most } ?? groups[0]
    let odd = groups.filter { $0.interfaces != usual.interfaces }
    throw Undecided(
      .ambiguous,
      "\(Self.controlNodes(usual.nodes)) reached by \(usual.interfaces), but "
        + odd.map { "\($0.nodes.joined(separator: ", ")) by \($0.interfaces)" }.joined(separator: ", ")
        + ": all of them must be reached by one interface",
      remedy: "correct the routes or CONTROL_NODES, or name the interface in PHYSICAL_INTERFACE")
  }

  private static func controlNodes(_ nodes: [String]) -> String {
    nodes.count == 1
      ? "the control node \(nodes[0]) is" : "the control nodes \(nodes.joined(separator: ", ")) are"
  }
}
