import Netlink

/// The lease of vhost0's address, where a DHCP client renews it there.
extension Diagnosis {
  func lease() -> [Finding] {
    guard let follow = observation.follow else { return [] }
    let network = observation.network
    let addresses = Self.vhostAddresses(network.links, network.addresses)
    return follow.problems(addresses: addresses, now: now).map { problem in
      Finding(
        .leaseUnrenewed, "\(problem)", evidence: Self.evidence(follow, addresses),
        remedy: Self.remedy(problem))
    }
  }

  /// vhost0's IPv4 addresses.
  static func vhostAddresses(_ links: [Link], _ addresses: [Address]) -> [String] {
    guard let vhost = links.first(where: { $0.name == TakeoverWish.vhostName }) else { return [] }
    return addresses.filter { $0.linkIndex == vhost.index && $0.family == .ipv4 }.map {
      "\($0.prefix.address)"
    }
  }

  private static func evidence(_ follow: DHCPFollowState, _ addresses: [String]) -> [String] {
    let lease = follow.address.map { address in
      "\(DHCPFollow.leasePath): \(address), \(follow.expires.map { "until \($0) (seconds since 1970)" } ?? "without an end")"
    }
    return [
      "\(DHCPFollow.unitPath) is there, and its dhclient \(follow.isRunning == true ? "runs" : follow.isRunning == false ? "doesn't run" : "can't be seen")",
      lease, "vhost0 has \(addresses.isEmpty ? "no IPv4 address" : addresses.joined(separator: ", "))",
    ].compactMap(\.self)
  }

  private static func remedy(_ problem: DHCPFollowState.Problem) -> String {
    switch problem {
    case .ended:
      "run: vrouter-node-agent prepare, which has systemd start it again; 'systemctl status \(DHCPFollow.unitName)' tells why it ended"
    case .expired:
      "see whether the DHCP server answers ('journalctl -u \(DHCPFollow.unitName)'), and reserve the address there"
    case .moved:
      "reserve the address at the DHCP server; or move the workloads away and run vrouter-node-agent cleanup, then prepare, which takes over what the interface gets"
    }
  }
}
