import Netlink

/// One question about the network that is asked before vhost0 takes over and again after it: what passed before has to
/// pass after, or the takeover is undone.
///
/// Codable, so that a journal can hold which ones are owed to a node.
struct VerificationProbe: Sendable, Hashable, Codable {
  /// What is asked.
  enum Kind: Sendable, Hashable, Codable {
    /// The gateway answers ARP (RFC 826), or for IPv6 a neighbour solicitation (RFC 4861), on the interface itself.
    case gatewayNeighbour(IPAddress)
    /// The gateway answers an echo request (RFC 792, RFC 4443), sent where the kernel's routes lead.
    case gatewayEcho(IPAddress)
    /// A server takes a TCP connection, made where the kernel's routes lead.
    case tcp(Server)
    /// The default route of a family leaves by the interface, as the kernel says when it is asked.
    case defaultRoute(AddressFamily)
  }

  let kind: Kind

  /// A server and what it is to this node.
  struct Server: Sendable, Hashable, Codable {
    enum Role: String, Sendable, Codable {
      case controlNode
      case kubernetesAPI
    }

    let role: Role
    /// As the operator calls it: a name, or the address itself.
    let name: String
    let address: IPAddress
    let port: UInt16
    /// A refused connection passes too: it shows that the host is reached, though nothing listens there. Asked for where
    /// the server refused before the takeover.
    var mayRefuse = false
  }

  init(_ kind: Kind) { self.kind = kind }

  /// Whether passing shows that frames leave by the interface and come back, so that one such probe is enough for a
  /// takeover to be verified.
  ///
  /// A default route is only an entry of a table, which is as good on a dead network. The Kubernetes API may be answered
  /// by this host itself, as kube-proxy rewrites the addresses of services. Neither suffices alone; both must still hold
  /// after the takeover if they did before.
  var isMandatory: Bool {
    switch kind {
    case .gatewayNeighbour, .gatewayEcho: true
    case .tcp(let server): server.role == .controlNode
    case .defaultRoute: false
    }
  }
}

extension VerificationProbe: CustomStringConvertible {
  /// As a noun: "gateway 10.0.2.2 by ARP".
  var description: String {
    switch kind {
    case .gatewayNeighbour(let gateway):
      "gateway \(gateway) by \(gateway.family == .ipv4 ? "ARP" : "neighbour discovery")"
    case .gatewayEcho(let gateway):
      "gateway \(gateway) by \(gateway.family == .ipv4 ? "ICMP" : "ICMPv6") echo"
    case .tcp(let server): "\(server)"
    case .defaultRoute(let family): "\(family) default route"
    }
  }
}

extension VerificationProbe.Server: CustomStringConvertible {
  /// "control node ctl1 (10.0.0.9) by TCP port 5269".
  var description: String {
    let subject = role == .controlNode ? "control node" : "Kubernetes API"
    let place = name == address.description ? name : "\(name) (\(address))"
    return "\(subject) \(place) by TCP port \(port)"
  }
}
