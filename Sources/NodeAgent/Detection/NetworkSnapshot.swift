import Netlink

/// What was seen of a host's network at one moment: all that the choice of interface and gateway rests on.
struct NetworkSnapshot: Sendable {
  /// The host's own name (uname(2)).
  var hostName: String
  /// Every link of the host's network namespace.
  var links: [Link]
  /// Every address.
  var addresses: [Address]
  /// The routes of the main table, IPv4 and IPv6.
  var routes: [Route]
  /// What the kernel answered when asked for the route to an address.
  var routeAnswers: [IPAddress: RouteAnswer] = [:]
  /// What the system's resolver answered for a host name.
  var nameAnswers: [String: NameAnswer] = [:]

  /// The kernel's answer to "by which way to this address?".
  enum RouteAnswer: Sendable, Equatable {
    case way(RouteReply)
    /// Unreachable, prohibited, no route at all: the kernel's words.
    case refused(String)
  }

  /// The resolver's answer for one name.
  enum NameAnswer: Sendable, Equatable {
    case addresses([IPAddress])
    /// Why there is none.
    case failed(String)
  }
}

extension NetworkSnapshot {
  func link(named name: String) -> Link? {
    links.first { $0.isNamed(name) }
  }

  func link(index: Int) -> Link? {
    links.first { $0.index == index }
  }

  func addresses(of link: Link) -> [Address] {
    addresses.filter { $0.linkIndex == link.index }
  }

  /// Default routes of the main table that carry traffic, by metric, IPv4 before IPv6.
  var defaultRoutes: [Route] {
    routes.filter { $0.type == .unicast && $0.isDefault }
      .sorted { ($0.family.rawValue, $0.metric) < ($1.family.rawValue, $1.metric) }
  }
}
