internal import SystemPackage

/// Routes.
extension RouteNetlink {
  /// Routes of a family and a table (`nil`: of all), in the kernel's order.
  public mutating func routes(
    family: AddressFamily? = nil, table: RouteTable? = .main
  ) throws(NetlinkError) -> [Route] {
    try routes(matching: RouteFilter(family: family, table: table))
  }

  /// Routes that match a filter, in the kernel's order, IPv4 first, with the paths of nexthop objects. A table or interface that doesn't exist
  /// has none.
  public mutating func routes(matching filter: RouteFilter) throws(NetlinkError) -> [Route] {
    guard filter.family != nil else {
      var routes: [Route] = []
      for family in AddressFamily.allCases {
        var filter = filter
        filter.family = family
        routes += try self.routes(matching: filter)
      }
      return routes
    }
    do throws(NetlinkError) {
      let routes = try session.dump(Self.dumpRequest(filter)) { (message) throws(WireError) -> Route? in
        // Which interfaces a route leaves by may be known only with its nexthop object.
        guard let route = try Route(message), route.isUnresolved || filter.matches(route) else { return nil }
        // Kernels before 4.20 add cached copies.
        return route.flags.contains(.cloned) ? nil : route
      }
      guard routes.contains(where: \.isUnresolved) else { return routes }
      return try resolved(routes).filter(filter.matches)
    } catch {
      if filter.table != nil, error.cause == .refused(.noSuchFileOrDirectory) { return [] }
      if filter.outputIndex != nil, error.cause == .refused(.noSuchDevice) { return [] }
      throw error
    }
  }

  static func dumpRequest(_ filter: RouteFilter) -> NetlinkRequest {
    var subject: [String] = []
    if let family = filter.family { subject.append("\(family)") }
    if let table = filter.table { subject.append("table \(table)") }
    if let index = filter.outputIndex { subject.append("interface index \(index)") }
    var request = NetlinkRequest(
      "list the routes", on: subject.joined(separator: ", "), type: Route.getType)
    // struct rtmsg: family, lengths, service, table, protocol, scope, type, flags.
    request.append(filter.family?.rawValue ?? 0)
    request.append(zeros: 4)
    request.append(filter.routeProtocol?.rawValue ?? 0)
    request.append(zeros: 1)
    request.append(filter.type?.rawValue ?? 0)
    request.append(zeros: 4)
    if let table = filter.table {
      request.append(attribute: RouteAttribute.table.rawValue, table.rawValue)
    }
    if let index = filter.outputIndex {
      request.append(
        attribute: RouteAttribute.outputInterface.rawValue, Int32(clamping: index))
    }
    return request
  }

  /// Which way a packet to an address would go.
  ///
  /// - Parameters:
  ///   - destination: the address that is asked about.
  ///   - source: the packet's source address; `nil`: the kernel chooses.
  ///   - outputIndex: the interface that the packet must leave by; `nil`: any.
  /// - Throws: a ``NetlinkError`` whose ``NetlinkError/noRoute`` isn't `nil` when there is no way.
  public mutating func route(
    to destination: IPAddress, from source: IPAddress? = nil, outputIndex: Int? = nil
  ) throws(NetlinkError) -> RouteReply {
    // Which table it was found in: IPv6 always says so, and refuses the flag.
    let flags: RouteFlags = destination.family == .ipv4 ? .lookedUpTable : []
    let request = Self.getRequest("find a route", destination, source, outputIndex, flags)
    return RouteReply(try lookUp(request), for: destination)
  }

  /// The entry of the routing tables that a packet to an address would match, as it was added: with its
  /// prefix, its metric and every next hop, where ``route(to:from:outputIndex:)`` tells the one way that this
  /// packet would take. For an address of this host's own it is the entry of the local table, whose
  /// ``Route/outputIndex`` is the interface that holds the address.
  ///
  /// - Parameters: as for ``route(to:from:outputIndex:)``.
  /// - Throws: a ``NetlinkError`` whose ``NetlinkError/noRoute`` isn't `nil` when there is no way.
  public mutating func entry(
    to destination: IPAddress, from source: IPAddress? = nil, outputIndex: Int? = nil
  ) throws(NetlinkError) -> Route {
    let flags: RouteFlags =
      destination.family == .ipv4 ? [.tableEntry, .lookedUpTable] : .tableEntry
    let request = Self.getRequest("find a table's route", destination, source, outputIndex, flags)
    let route = try lookUp(request)
    // Kernels before 4.13 don't know the flag and answer with the way that the packet would take.
    guard !route.flags.contains(.cloned) else { throw NetlinkError(request, .unanswered) }
    guard route.isUnresolved else { return route }
    return try resolved([route]).first ?? route
  }

  private mutating func lookUp(_ request: NetlinkRequest) throws(NetlinkError) -> Route {
    let route: Route
    do throws(NetlinkError) {
      route = try session.request(request) { (message) throws(WireError) in try Route(message) }
    } catch {
      // A request that the kernel finds fault with comes with a sentence; a blackhole's EINVAL doesn't.
      if case .refused(let errno) = error.cause, error.extendedAck?.message == nil,
        let reason = NoRoute(errno)
      {
        throw NetlinkError(request, .noRoute(reason, errno))
      }
      throw error
    }
    if let reason = NoRoute(route.type) { throw NetlinkError(request, .noRoute(reason, nil)) }
    return route
  }

  private static func getRequest(
    _ operation: String, _ destination: IPAddress, _ source: IPAddress?, _ outputIndex: Int?,
    _ flags: RouteFlags
  ) -> NetlinkRequest {
    var request = NetlinkRequest(operation, on: "to \(destination)", type: Route.getType)
    request.append(destination.family.rawValue)
    request.append(UInt8(destination.family.addressBits))
    request.append(UInt8(source?.family.addressBits ?? 0))
    request.append(zeros: 5)
    request.append(flags.rawValue)
    request.append(attribute: RouteAttribute.destination.rawValue, destination)
    if let source { request.append(attribute: RouteAttribute.source.rawValue, source) }
    if let outputIndex {
      request.append(
        attribute: RouteAttribute.outputInterface.rawValue, Int32(clamping: outputIndex))
    }
    return request
  }
}
