import Netlink

extension Decision {
  /// The way by which an interface was chosen, in order of precedence.
  enum Rule: Sendable, Equatable {
    /// `PHYSICAL_INTERFACE` names it: an entry for each interface, in their order.
    case named([InterfaceSelector])
    /// A vhost0 that exists stands on it.
    case existingVhost(String)
    /// It owns this node's address in `KUBERNETES_NODES_MAP`.
    case nodesMap(node: String, address: IPAddress)
    /// It leads to `VROUTER_GATEWAY`.
    case routeToGateway(IPAddress)
    /// The last successful run chose it, under the same settings. The name is the one that it had then.
    case remembered(name: String, now: String)
    /// It leads to, or holds the address of, the first control node.
    case routeToControlNode(node: String, address: IPAddress)
    /// It carries the default route of lowest metric; `afterOthers`: of those over interfaces that may be chosen, as others
    /// that are as good or better were passed over.
    case defaultRoute(metric: UInt32, table: RouteTable, afterOthers: Bool)
    /// It carries the default route that packets from its own address take, and no other packets have one.
    case defaultRouteOfSource(IPPrefix, table: RouteTable)
  }
}

extension Decision.Rule: CustomStringConvertible {
  var description: String {
    switch self {
    case .named(let selectors):
      if case .name = selectors.first, selectors.count == 1 {
        "PHYSICAL_INTERFACE names it"
      } else {
        "PHYSICAL_INTERFACE names it (\(selectors.map(\.description).joined(separator: ", ")))"
      }
    case .existingVhost(let name): "\(name) stands on it"
    case .nodesMap(let node, let address):
      "it owns \(address), the address of \(node) in KUBERNETES_NODES_MAP"
    case .routeToGateway(let address): "it leads to VROUTER_GATEWAY \(address)"
    case .remembered(let name, let now):
      "the last successful run chose it" + (name == now ? "" : ": was \(name), now \(now)")
    case .routeToControlNode(let node, let address):
      "it leads to the control node \(node == address.description ? node : "\(node) (\(address))")"
    case .defaultRoute(let metric, let table, let afterOthers):
      "it carries the default route of lowest metric"
        + (afterOthers ? " among those by interfaces that may be chosen" : "")
        + (table == .main ? " (\(metric))" : " (\(metric), table \(table))")
    case .defaultRouteOfSource(let source, let table):
      "it carries the default route of table \(table), which packets from \(source) take"
    }
  }

  /// A stable name for machines.
  var name: String {
    switch self {
    case .named: "physical-interface"
    case .existingVhost: "existing-vhost"
    case .nodesMap: "kubernetes-nodes-map"
    case .routeToGateway: "route-to-gateway"
    case .remembered: "remembered"
    case .routeToControlNode: "route-to-control-node"
    case .defaultRoute, .defaultRouteOfSource: "default-route"
    }
  }

  /// The setting or fact that the rule starts from, as a subject of "leads to".
  var subject: String {
    switch self {
    case .named: "PHYSICAL_INTERFACE"
    case .existingVhost(let name): name
    case .nodesMap: "KUBERNETES_NODES_MAP"
    case .routeToGateway(let address): "the route to VROUTER_GATEWAY \(address)"
    case .remembered: "the choice of the last successful run"
    case .routeToControlNode(let node, _): "the route to the control node \(node)"
    case .defaultRoute: "the default route"
    case .defaultRouteOfSource(let source, _): "the default route of packets from \(source)"
    }
  }
}
