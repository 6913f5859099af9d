import Netlink

/// The route that the kernel makes with an address (fib_add_ifaddr in net/ipv4/fib_frontend.c, addrconf_prefix_route in
/// net/ipv6/addrconf.c).
extension Route {
  /// Whether it leads to the subnet of an address, and says that the kernel made it: others say so, too.
  func isSubnet(of address: Address) -> Bool {
    routeProtocol == .kernel && isConnected && destination == address.prefix.network
      && (family == .ipv6 || preferredSource == address.address)
  }

  /// Whether the kernel makes this very one with an address: copies of it are in other tables, or have other metrics.
  func comes(with address: Address, on device: TakeoverDevice) -> Bool {
    isSubnet(of: address) && table.rawValue == device.vrfTable ?? RouteTable.main.rawValue
      && metric == address.routeMetric ?? Self.subnetMetric(family)
  }

  /// The metric of an address that names none: 0, or `IP6_RT_PRIO_ADDRCONF` (net/ipv6/route.h).
  private static func subnetMetric(_ family: AddressFamily) -> UInt32 { family == .ipv4 ? 0 : 256 }
}
