/// What a ``RouteMonitor`` keeps an eye on.
public struct RouteInterests: Sendable, Hashable {
  /// Which routes.
  public enum Routes: Sendable, Hashable {
    /// None.
    case none
    /// The default routes of these tables: cheap for IPv4, however many other routes there are.
    case defaults(Set<RouteTable>)
    /// All, which are listed again after every change to one of them.
    case all
  }

  /// IP addresses.
  public var addresses: Bool
  /// Rules.
  public var rules: Bool
  /// Routes.
  public var routes: Routes

  /// Links, and what is said here.
  public init(addresses: Bool = true, rules: Bool = false, routes: Routes = .none) {
    self.addresses = addresses
    self.rules = rules
    self.routes = routes
  }

  /// The groups of `NETLINK_ROUTE` that tell of it (`enum rtnetlink_groups` in linux/rtnetlink.h).
  var groups: [UInt32] {
    var groups: [UInt32] = [1]
    if addresses { groups += [5, 9] }
    if rules { groups += [8, 19] }
    if routes != .none { groups += [7, 11] }
    return groups
  }

  /// A group that kernels before 5.3 don't have: they have no nexthop objects either.
  var optionalGroups: [UInt32] { routes == .none ? [] : [32] }
}
