import HostFiles
import Logging
import Netlink

/// Tells when something goes wrong with the lease that a DHCP client renews on vhost0, and when it is right again.
struct LeaseWatch {
  let root: HostRoot
  private var previous: [String] = []

  init(root: HostRoot) { self.root = root }

  /// Looks, and logs what is new. Nothing is asked of the kernel where no lease is followed.
  mutating func look(_ log: Logger) {
    guard let state = DHCPFollowState.observe(on: root), var netlink = try? RouteNetlink(),
      let links = try? netlink.links(), let addresses = try? netlink.addresses()
    else { return }
    let problems = state.problems(
      addresses: Diagnosis.vhostAddresses(links, addresses), now: Int64(HostClock.seconds()))
    // Without the time since, by which each would be new.
    let names = problems.map(\.name)
    for problem in problems where !previous.contains(problem.name) { log.error("\(problem)") }
    if names.isEmpty, !previous.isEmpty { log.notice("the lease of vhost0's address is renewed again") }
    previous = names
  }
}

extension DHCPFollowState.Problem {
  fileprivate var name: String {
    switch self {
    case .ended: "ended"
    case .expired: "expired"
    case .moved(let address): "moved to \(address)"
    }
  }
}
