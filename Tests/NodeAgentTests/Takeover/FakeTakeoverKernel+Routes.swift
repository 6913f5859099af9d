import Netlink
import SystemPackage

@testable import NodeAgent

/// Routes.
extension FakeTakeoverKernel {
  /// Errors as of fib_table_insert (net/ipv4/fib_trie.c) and ip6_route_add (net/ipv6/route.c).
  func put(_ wanted: Route, _ change: Change) -> Errno? {
    if let errno = objection(to: wanted) { return errno }
    var route = wanted
    route.flags.formIntersection(.onLink)
    if let object = object(of: route) { route.follow(object) }
    let key = RouteKey(route)
    let places = contents.routes.indices.filter { RouteKey(contents.routes[$0]) == key }
    if places.contains(where: { contents.routes[$0].stored == route.stored }) {
      return change == .replace ? nil : .fileExists
    }
    switch change {
    case .replace:
      let isSharing = route.paths.contains { $0.gateway != nil }
      let alike = places.first { route.family == .ipv4 || canShare(contents.routes[$0]) == isSharing }
      if let first = alike ?? places.first {
        contents.routes[first] = route
      } else {
        contents.routes.append(route)
      }
    case .append:
      contents.routes.insert(route, at: places.last.map { $0 + 1 } ?? contents.routes.endIndex)
    default:
      guard places.isEmpty else { return .fileExists }
      contents.routes.append(route)
    }
    return nil
  }

  /// As rt6_qualify_for_ecmp (include/net/ip6_fib.h); of a router's advertisement is what a card has of that protocol.
  func canShare(_ route: Route) -> Bool {
    let isAdvertised =
      route.routeProtocol == .routerAdvertisement && route.outputIndex != link("vhost0")?.index
    return route.paths.contains { $0.gateway != nil } && !isAdvertised
  }

  private func objection(to route: Route) -> Errno? {
    if let id = route.nextHopID {
      return contents.nextHops.contains { $0.id == id } ? nil : .invalidArgument
    }
    for hop in route.paths {
      guard let link = contents.links.first(where: { $0.index == hop.outputIndex }) else {
        return .noSuchAddressOrDevice
      }
      guard link.isUp else { return Errno(rawValue: 100) }
      guard let gateway = hop.gateway, !hop.flags.contains(.onLink), !gateway.isLinkLocal else { continue }
      guard isNear(gateway, by: link.index, route.table) else { return Errno(rawValue: 101) }
    }
    if let source = route.preferredSource, !contents.addresses.contains(where: { $0.address == source }) {
      return .invalidArgument
    }
    return nil
  }

  /// Whether a gateway is a neighbour behind an interface, as the route's own table or the main one says.
  private func isNear(_ gateway: IPAddress, by index: Int, _ table: RouteTable) -> Bool {
    contents.routes.contains { route in
      [table, .main].contains(route.table) && route.destination.contains(gateway)
        && route.isConnected && (route.leaves(by: [index]) || object(of: route)?.outputIndex == index)
    }
  }

  private func object(of route: Route) -> NextHopObject? {
    route.nextHopID.flatMap { id in contents.nextHops.first { $0.id == id } }
  }

  /// Of several alike the first goes.
  func delete(_ route: Route) -> Errno? {
    guard
      let place = contents.routes.firstIndex(where: { other in
        RouteKey(other) == RouteKey(route) && other.type == route.type
          && other.paths.map(\.gateway) == route.paths.map(\.gateway)
          && other.paths.map(\.outputIndex) == route.paths.map(\.outputIndex)
          && other.routeProtocol == route.routeProtocol
          && (route.preferredSource == nil || other.preferredSource == route.preferredSource)
      })
    else { return .noSuchProcess }
    contents.routes.remove(at: place)
    return nil
  }
}

extension Route {
  /// Shows what its nexthop object leads to, as the kernel does (net.ipv4.nexthop_compat_mode).
  mutating func follow(_ object: NextHopObject) {
    (outputIndex, gateway) = (object.outputIndex, object.gateway)
  }
}
