/// What is to happen to an address, a route, a rule or a neighbour.
public enum Change: Sendable, Hashable, CaseIterable {
  /// It is added; that it exists already is an error (EEXIST).
  case add
  /// It is added, or takes the place of the one that exists.
  case replace
  /// It is added behind those that exist with the same destination and metric: for routes (`ip route append`).
  case append
  /// It is removed; that it doesn't exist is an error.
  case delete

  /// The header's flags.
  var flags: MessageFlags {
    switch self {
    case .add: [.create, .exclusive]
    case .replace: [.create, .replace]
    case .append: [.create, .append]
    case .delete: []
    }
  }

  /// What is done, as error messages say it.
  var verb: String {
    switch self {
    case .add: "add"
    case .replace: "replace"
    case .append: "append"
    case .delete: "delete"
    }
  }
}

/// What can be added to the kernel's network configuration and removed from it.
///
/// The request is a value: it can be looked at, sent alone (`RouteNetlink.add`) or together with others.
public protocol ChangeableObject {
  /// The message that makes a change.
  func request(_ change: Change) -> NetlinkRequest
}

extension RouteNetlink {
  /// Adds an address, a route, a rule or a neighbour.
  ///
  /// - Throws: a ``NetlinkError`` with the cause `refused(.fileExists)` if it exists.
  public mutating func add(_ object: some ChangeableObject) throws(NetlinkError) {
    try session.request(object.request(.add))
  }

  /// Adds an address, a route or a neighbour, or changes the one that exists to it: an address with the same
  /// prefix on the same interface, a route to the same destination in the same table with the same metric, a
  /// neighbour with the same address behind the same interface.
  public mutating func replace(_ object: some ReplaceableObject) throws(NetlinkError) {
    try session.request(object.request(.replace))
  }

  /// Removes an address, a route, a rule or a neighbour.
  ///
  /// - Throws: a ``NetlinkError`` with the kernel's errno if it doesn't exist: `addressNotAvailable` for
  ///   addresses, `noSuchProcess` for routes, `noSuchFileOrDirectory` for rules and neighbours.
  public mutating func delete(_ object: some ChangeableObject) throws(NetlinkError) {
    try session.request(object.request(.delete))
  }
}

/// What the kernel replaces in one step.
public protocol ReplaceableObject: ChangeableObject {}
