import Netlink

/// Watches the network namespace in which this process runs, through rtnetlink's events.
///
/// Links, addresses, rules and the main table's default routes are watched; what else a decision may rest on is seen by the
/// timer of ``DecisionWait``.
struct KernelNetworkWatcher: NetworkWatcher {
  func watch() throws(NetlinkError) -> any NetworkChanges { try Changes() }

  private final class Changes: NetworkChanges {
    private var monitor: RouteMonitor

    init() throws(NetlinkError) {
      monitor = try RouteMonitor(RouteInterests(addresses: true, rules: true, routes: .defaults([.main])))
    }

    func wait(atMost limit: Duration) throws(NetlinkError) -> Bool {
      try !monitor.next(until: .now + limit).isEmpty
    }
  }
}
