import Netlink

/// Which interface and gateway the vRouter is to use, and why.
struct Decision: Sendable, Equatable {
  /// The physical interface.
  let interface: Candidate
  /// Which rule chose it, and what that rule saw.
  let rule: Rule
  /// Where this node's address lives now: the physical interface, or vhost0 once that has taken over.
  let addressHolder: String
  /// This node's address with its prefix length: the one that vhost0 takes over, or has taken.
  let address: IPPrefix
  let gateway: Gateway
  /// This node's address on the interface that leads to `VROUTER_GATEWAY`, or else to the first control node.
  let controlNetworkAddress: IPAddress
  /// The address of the interface that carries the default route, if there is one.
  let defaultAddress: IPAddress?
  /// Whether the default route leaves by the chosen interface, or by the vhost0 before it.
  let carriesDefaultRoute: Bool
  /// Every interface of the host, the chosen one among them, by index.
  let candidates: [Candidate]
  /// What an operator should know, though nothing stands in the way.
  let warnings: [String]

  /// The way by which an interface was chosen, in order of precedence.
  enum Rule: Sendable, Equatable {
    /// `PHYSICAL_INTERFACE` names it.
    case named
    /// It owns this node's address in `KUBERNETES_NODES_MAP`.
    case nodesMap(node: String, address: IPAddress)
    /// It leads to `VROUTER_GATEWAY`.
    case routeToGateway(IPAddress)
    /// It leads to, or holds the address of, the first control node.
    case routeToControlNode(node: String, address: IPAddress)
    /// It carries the default route of lowest metric.
    case defaultRoute(metric: UInt32)
  }

  /// The gateway of the interface: none where traffic beyond the subnet leaves by another interface.
  struct Gateway: Sendable, Equatable {
    let addresses: [IPAddress]
    let reason: String
  }
}

extension Decision.Rule: CustomStringConvertible {
  var description: String {
    switch self {
    case .named: "PHYSICAL_INTERFACE names it"
    case .nodesMap(let node, let address):
      "it owns \(address), the address of \(node) in KUBERNETES_NODES_MAP"
    case .routeToGateway(let address): "it leads to VROUTER_GATEWAY \(address)"
    case .routeToControlNode(let node, let address):
      "it leads to the control node \(node == address.description ? node : "\(node) (\(address))")"
    case .defaultRoute(let metric): "it carries the default route of lowest metric (\(metric))"
    }
  }

  /// A stable name for machines.
  var name: String {
    switch self {
    case .named: "physical-interface"
    case .nodesMap: "kubernetes-nodes-map"
    case .routeToGateway: "route-to-gateway"
    case .routeToControlNode: "route-to-control-node"
    case .defaultRoute: "default-route"
    }
  }
}

/// An interface that was considered, what is known of it, and why it was or wasn't chosen.
struct Candidate: Sendable, Equatable {
  let name: String
  let index: Int
  /// The kernel's name for its kind ("bond", "vlan", "veth" …); nil for a network card.
  let kind: String?
  let mac: MACAddress?
  let mtu: Int
  let isUp: Bool
  let hasCarrier: Bool
  let addresses: [IPPrefix]
  let defaultRoutes: [DefaultRoute]
  let isChosen: Bool
  let reason: String

  /// A default route that leaves by this interface.
  struct DefaultRoute: Sendable, Equatable {
    let family: AddressFamily
    let metric: UInt32
    let gateway: IPAddress?
  }
}

/// No interface or gateway could be decided on.
struct DetectionError: Error, Sendable, Equatable {
  enum Problem: String, Sendable {
    /// What was asked for isn't there.
    case notFound = "not-found"
    /// More than one fits.
    case ambiguous
    /// Nothing fits.
    case nothingFits = "nothing-fits"
    /// The rule leads to an interface that is never chosen by itself.
    case ineligible
    /// The interface is down or has no carrier.
    case down
    /// The interface has no usable address.
    case noAddress = "no-address"
    /// The default route over the interface has no gateway.
    case noGateway = "no-gateway"
  }

  let problem: Problem
  /// What was looked for, and what was found.
  let message: String
  /// What the operator can do.
  let remedy: String
  /// Every interface of the host, with the reason why it was not chosen.
  let candidates: [Candidate]
}
