import Glibc
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
      hostName: Self.hostName(), links: try netlink.links(), addresses: try netlink.addresses(),
      routes: try netlink.routes())
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
      return .way(try netlink.route(to: target))
    } catch where error.noRoute != nil {
      return .refused(error.noRoute.map { "\($0)" } ?? "")
    }
  }

  /// The host's name (uname(2)); in a pod with the host's network it is the host's.
  private static func hostName() -> String {
    var names = utsname()
    guard unsafe uname(&names) == 0 else { return "" }
    return unsafe withUnsafeBytes(of: &names.nodename) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
