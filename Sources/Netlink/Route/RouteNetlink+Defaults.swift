internal import SystemPackage

/// Default routes.
extension RouteNetlink {
  /// The default routes of a family and a table (`nil`: of all), in the kernel's order: what
  /// ``routes(family:table:)`` lists of which ``Route/isDefault`` is true.
  ///
  /// The kernel lists a table of IPv4 routes by destination, so that reading ends after 0.0.0.0: a million routes
  /// cost no more than ten. Should a kernel list them otherwise, all are read. It lists IPv6 routes from the
  /// leaves of a tree to its root, which is ::/0: there the whole table has to come, but only the default
  /// routes of it are looked at.
  public mutating func defaultRoutes(
    family: AddressFamily? = nil, table: RouteTable? = .main
  ) throws(NetlinkError) -> [Route] {
    guard let family else {
      var routes: [Route] = []
      for family in AddressFamily.allCases { routes += try defaultRoutes(family: family, table: table) }
      return routes
    }
    let filter = RouteFilter(family: family, table: table)
    let scan: DefaultRouteScan
    do throws(NetlinkError) {
      scan = try session.dump(Self.dumpRequest(filter), into: DefaultRouteScan(filter)) {
        (scan, message) throws(WireError) in try scan.read(message)
      }
    } catch {
      if table != nil, error.cause == .refused(.noSuchFileOrDirectory) { return [] }
      throw error
    }
    return try resolved(scan.routes)
  }
}

/// Picks the default routes out of a dump of a table, and tells when there can be no more of them.
struct DefaultRouteScan {
  private let filter: RouteFilter
  /// Those that were found.
  private(set) var routes: [Route] = []
  /// The last destination of the table, as long as they come in the kernel's order.
  private var last: UInt32? = 0
  /// What remains to be read can't hold a default route.
  private var isPast = false

  init(_ filter: RouteFilter) {
    self.filter = filter
    // Several tables come one after the other, and IPv6's default routes come last.
    if filter.table == nil || filter.family != .ipv4 { last = nil }
  }

  mutating func read(_ message: borrowing NetlinkMessage) throws(WireError) -> DumpControl {
    guard message.header.type == Route.messageType else { return control }
    // Most routes need no reading beyond the prefix length of struct rtmsg.
    let isWhole = try message.payload.uint8(at: 1) == 0
    guard isWhole || last != nil else { return control }
    guard let route = try Route(message), filter.matches(route), !route.flags.contains(.cloned) else {
      return control
    }
    follow(route.destination.address)
    if route.isDefault { routes.append(route) }
    return control
  }

  private var control: DumpControl { isPast ? .enough : .more }

  /// All of 0.0.0.0 lies in the first leaf of the table's tree, whatever the length of the prefix.
  private mutating func follow(_ destination: IPAddress) {
    guard let previous = last, case .v4(let address) = destination else { return }
    guard address.rawValue >= previous else {
      // Not the order that is known: everything has to be read.
      last = nil
      isPast = false
      return
    }
    last = address.rawValue
    isPast = address.rawValue != 0
  }
}
