import Netlink

/// What the agent's name is made of, as the resolver gave it.
struct ObservedNames: Sendable, Equatable {
  /// The name to which this node's address resolves.
  var ofAddress: String?
  /// The host's fully qualified name, or its own short one where it has no other.
  var ofHost: String
  /// What could not be found out, and what is used instead.
  var warning: String?
}

extension ObservedNames {
  /// Asks for the names. While the resolver is away, the name in the present configuration stays: a node that changes its
  /// name is another node to the cluster.
  ///
  /// - Parameters:
  ///   - address: this node's address, if one was decided on.
  ///   - present: the agent's name in the configuration that is there.
  ///   - limit: for each of the two lookups.
  init(_ names: any HostNames, address: IPAddress?, present: String?, within limit: Duration) {
    let ofAddress = address.map { names.name(of: $0, within: limit) } ?? .absent
    let full = ofAddress.name == nil ? names.fullName(within: limit) : .absent
    ofHost = full.name ?? names.ownName
    self.ofAddress = ofAddress.name
    for case .unavailable(let reason) in [ofAddress, full] where self.ofAddress == nil && present != nil {
      self.ofAddress = present
      warning = "names can't be looked up now (\(reason)): the agent keeps the name \(present ?? "")"
    }
  }
}
