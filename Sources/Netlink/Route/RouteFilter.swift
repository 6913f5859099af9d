/// Which routes a dump is about. The kernel filters where it can (4.20 and later); what it lets through is
/// filtered again, so that the result is the same on every kernel.
public struct RouteFilter: Sendable, Hashable {
  /// Only this family's.
  public var family: AddressFamily?
  /// Only this table's.
  public var table: RouteTable?
  /// Only those with a path that leaves by this interface.
  public var outputIndex: Int?
  /// Only those of this type.
  public var type: RouteType?
  /// Only those added by this protocol.
  public var routeProtocol: RouteProtocol?

  /// Makes a filter; `nil` stands for everything.
  public init(
    family: AddressFamily? = nil, table: RouteTable? = nil, outputIndex: Int? = nil,
    type: RouteType? = nil, routeProtocol: RouteProtocol? = nil
  ) {
    self.family = family
    self.table = table
    self.outputIndex = outputIndex
    self.type = type
    self.routeProtocol = routeProtocol
  }

  /// Whether a route is one of those.
  public func matches(_ route: Route) -> Bool {
    if let family, route.family != family { return false }
    if let table, route.table != table { return false }
    if let type, route.type != type { return false }
    if let routeProtocol, route.routeProtocol != routeProtocol { return false }
    if let outputIndex {
      return route.outputIndex == outputIndex || route.nextHops.contains { $0.outputIndex == outputIndex }
    }
    return true
  }
}
