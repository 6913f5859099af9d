import Netlink

/// Which interface and gateway the vRouter is to use, and why.
struct Decision: Sendable, Equatable {
  /// What was chosen: one interface, or with several cards each of them, in order. Never empty.
  let choices: [Choice]
  /// Which rule chose, and what that rule saw.
  let rule: Rule
  /// This node's address on the interface that leads to `VROUTER_GATEWAY`, or else to the first control node.
  let controlNetworkAddress: IPAddress
  /// The address of the interface that carries the default route, if there is one.
  let defaultAddress: IPAddress?
  /// Whether the default route leaves by a chosen interface, or by the vhost0 before it.
  let carriesDefaultRoute: Bool
  /// Every interface of the host, the chosen ones among them, by index.
  let candidates: [Candidate]
  /// What an operator should know, though nothing stands in the way.
  let warnings: [String]
  /// What would make another interface win; each was tried on this host as it was seen.
  let whatWouldChange: [Counterfactual]

  /// One chosen interface.
  struct Choice: Sendable, Equatable {
    /// The physical interface.
    let interface: Candidate
    /// Where this node's address lives now: the physical interface, or vhost0 once that has taken over.
    let holder: String
    /// This node's address with its prefix length: the one that vhost0 takes over, or has taken.
    let address: IPPrefix
    let gateway: Gateway
  }

  /// The gateway of an interface: none where traffic beyond the subnet leaves by another interface.
  struct Gateway: Sendable, Equatable {
    let addresses: [IPAddress]
    let reason: String
    /// The family whose traffic it carries; the gateway of an IPv4 route may be an IPv6 address.
    var family: AddressFamily?
    /// There is none since the host has no default route at all, which a moment later it may have.
    var mayCome = false
  }
}

/// With one interface, which is the rule.
extension Decision {
  private var first: Choice {
    // A decision without a choice isn't made: Detector.
    choices[choices.startIndex]
  }

  /// The physical interface: the first one, where there are several.
  var interface: Candidate { first.interface }
  /// Where its address lives: ``Choice/holder``.
  var addressHolder: String { first.holder }
  /// This node's address on it: ``Choice/address``.
  var address: IPPrefix { first.address }
  /// Its gateway.
  var gateway: Gateway { first.gateway }
  /// One of them has no gateway, and may have one a moment later.
  var mayGainGateway: Bool { choices.contains { $0.gateway.mayCome } }
  /// The largest packet in bytes that every chosen interface takes: they all have the same.
  var mtu: Int { first.interface.mtu }
}
