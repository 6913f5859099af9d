import KernelModule
import Netlink

/// Watches the network namespace in which this process runs: by the timer of ``DecisionWait`` alone.
struct KernelNetworkWatcher: NetworkWatcher {
  func watch() throws(NetlinkError) -> any NetworkChanges { Changes() }

  private struct Changes: NetworkChanges {
    mutating func wait(atMost limit: Duration) throws(NetlinkError) -> Bool {
      MonotonicPacing().wait(limit)
      return false
    }
  }
}
