import Netlink

/// Observes the network of the host: the seam by which tests put an imaginary one in its place.
protocol NetworkObserver: Sendable {
  /// Everything that the choice of interface and gateway may rest on.
  ///
  /// - Parameter settings: decide which names are resolved and to which addresses the way is asked.
  func observe(for settings: DetectionSettings) throws(NetlinkError) -> NetworkSnapshot
}

/// The network namespace in which this process runs, through rtnetlink.
struct KernelNetworkObserver: NetworkObserver {
  var resolver: any NameResolver = SystemResolver()

  func observe(for settings: DetectionSettings) throws(NetlinkError) -> NetworkSnapshot {
    var netlink = try RouteNetlink()
    let routes = try netlink.routes()
    var snapshot = NetworkSnapshot(
      hostName: SystemHostNames.nodeName(), links: try netlink.links(), addresses: try netlink.addresses(),
      routes: routes.filter(\.isDefault))
    for name in settings.names {
      snapshot.nameAnswers[name] = resolver.resolve(name)
    }
    for target in settings.targets(snapshot.nameAnswers) {
      snapshot.routeAnswers[target] = try Self.way(to: target, routes, &netlink)
    }
    return snapshot
  }

  private static func way(
    to target: IPAddress, _ routes: [Route], _ netlink: inout RouteNetlink
  ) throws(NetlinkError) -> NetworkSnapshot.RouteAnswer {
    do {
      return .way(.init(reply: try netlink.route(to: target), entry: entry(for: target, in: routes)))
    } catch  where error.noRoute != nil {
      return .refused(error.noRoute ?? .noRoute)
    }
  }

  /// The route of longest prefix, then of lowest metric.
  private static func entry(for target: IPAddress, in routes: [Route]) -> Route? {
    let matching = routes.filter { $0.type == .unicast && $0.destination.contains(target) }
    let longest = matching.map(\.destination.length).max()
    return matching.filter { $0.destination.length == longest }.min { $0.metric < $1.metric }
  }
}
