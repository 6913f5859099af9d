internal import SystemPackage

/// Why there is no way to an address.
public enum NoRoute: Sendable, Hashable {
  /// No table has a route to it, or a rule says `unreachable`.
  case noRoute
  /// A route of type `unreachable` says so.
  case unreachable
  /// A route of type `prohibit` or a rule says so.
  case prohibited
  /// A route of type `blackhole` or a rule would drop the packets.
  case blackhole

  /// From the errno of a refused route lookup. IPv4 answers EINVAL for a blackhole.
  init?(_ errno: Errno) {
    switch errno {
    case .networkUnreachable: self = .noRoute
    case .noRouteToHost: self = .unreachable
    case .permissionDenied: self = .prohibited
    case .invalidArgument: self = .blackhole
    default: return nil
    }
  }

  /// From a route's type: for some types IPv6 answers with a route rather than with an errno.
  init?(_ type: RouteType) {
    switch type {
    case .unreachable: self = .unreachable
    case .prohibit: self = .prohibited
    case .blackhole: self = .blackhole
    default: return nil
    }
  }
}

extension NoRoute: CustomStringConvertible {
  /// The reason in words.
  public var description: String {
    switch self {
    case .noRoute: "there is no route"
    case .unreachable: "a route of type unreachable leads there"
    case .prohibited: "a route or rule of type prohibit leads there"
    case .blackhole: "a route or rule of type blackhole leads there"
    }
  }

  /// What an operator can do about it.
  var remedy: String {
    switch self {
    case .noRoute: "Add a route or a default gateway: see 'ip route' and 'ip rule'."
    case .unreachable, .prohibited, .blackhole:
      "Find the one that matches with 'ip route show table all' and 'ip rule', and remove it if it's wrong."
    }
  }
}
