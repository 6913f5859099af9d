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
    var snapshot = NetworkSnapshot(
      hostName: SystemHostNames.nodeName(), links: try netlink.links(), addresses: try netlink.addresses(),
      routes: try netlink.routes(table: nil).filter(\.isDefault))
    for family in AddressFamily.allCases { snapshot.rules += try netlink.rules(family: family) }
    for name in settings.names {
      snapshot.nameAnswers[name] = resolver.resolve(name)
    }
    for target in settings.targets(snapshot.nameAnswers) {
      snapshot.routeAnswers[target] = try Self.way(to: target, &netlink)
    }
    return snapshot
  }

  private static func way(
    to target: IPAddress, _ netlink: inout RouteNetlink
  ) throws(NetlinkError) -> NetworkSnapshot.RouteAnswer {
    do {
      return .way(.init(reply: try netlink.route(to: target), entry: try netlink.entry(to: target)))
    } catch  where error.noRoute != nil {
      return .refused(error.noRoute ?? .noRoute)
    }
  }
}
