/// Something about the network that is other than it was.
public enum RouteEvent: Sendable, Hashable {
  /// An interface.
  case link(ObjectChange<Link>)
  /// An IP address.
  case address(ObjectChange<Address>)
  /// A rule, which has no identity beyond what it says: it's never changed but removed and added.
  case rule(ObjectChange<RoutingRule>)
  /// A route.
  case route(ObjectChange<Route>)
}

/// What became of an object.
public enum ObjectChange<Object: Sendable & Hashable>: Sendable, Hashable {
  /// It is new.
  case added(Object)
  /// It says something else.
  case changed(from: Object, to: Object)
  /// It is gone.
  case removed(Object)

  /// The object as it is now, or as it was last if it's gone.
  public var object: Object {
    switch self {
    case .added(let object), .changed(_, let object), .removed(let object): object
    }
  }

  /// The object is there.
  public var isPresent: Bool {
    if case .removed = self { false } else { true }
  }
}
