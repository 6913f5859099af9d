extension Route: ReplaceableObject {
  /// The message that makes a change to the route. A route that names a nexthop object doesn't send its paths,
  /// which are the object's. Removing it names everything that tells it from other routes to the destination,
  /// but for its scope and its metrics.
  public func request(_ change: Change) -> NetlinkRequest {
    var request = NetlinkRequest(
      "\(change.verb) the route", on: "to \(destination) in table \(table)",
      type: change == .delete ? Self.deleteType : Self.messageType, flags: change.flags)
    // struct rtmsg: family, lengths, service, table, protocol, scope, type, flags.
    request.append(family.rawValue)
    request.append(UInt8(destination.length))
    request.append(UInt8(source?.length ?? 0))
    request.append(typeOfService)
    request.append(UInt8(exactly: table.rawValue) ?? 0)
    request.append(routeProtocol.rawValue)
    // Nowhere: any scope.
    request.append(change == .delete ? RouteScope.nowhere.rawValue : scope.rawValue)
    request.append(type.rawValue)
    let hasOnePath = nextHops.isEmpty && nextHopID == nil
    request.append(hasOnePath ? flags.intersection(.onLink).rawValue : UInt32(0))
    if destination.length > 0 {
      request.append(attribute: RouteAttribute.destination.rawValue, destination.network.address)
    }
    if let source, source.length > 0 {
      request.append(attribute: RouteAttribute.source.rawValue, source.network.address)
    }
    if hasOnePath, let gateway { request.append(gateway: gateway, for: family) }
    appendChoice(to: &request)
    request.append(otherAttributes)
    appendPaths(to: &request, change, hasOnePath)
    return request
  }

  /// What tells the route from others to the same destination, but for its paths.
  private func appendChoice(to request: inout NetlinkRequest) {
    if metric > 0 { request.append(attribute: RouteAttribute.metric.rawValue, metric) }
    if table.rawValue > UInt8.max {
      request.append(attribute: RouteAttribute.table.rawValue, table.rawValue)
    }
    if let preferredSource {
      request.append(attribute: RouteAttribute.preferredSource.rawValue, preferredSource)
    }
    if let preference { request.append(attribute: RouteAttribute.preference.rawValue, preference) }
    if let nextHopID { request.append(attribute: RouteAttribute.nextHopID.rawValue, nextHopID) }
  }

  private func appendPaths(to request: inout NetlinkRequest, _ change: Change, _ hasOnePath: Bool) {
    if hasOnePath, let outputIndex {
      request.append(
        attribute: RouteAttribute.outputInterface.rawValue, outputIndex, as: UInt32.self)
    }
    if change != .delete, !metrics.isEmpty {
      request.append(nested: RouteAttribute.metrics.rawValue, marked: false, metrics.append)
    }
    if nextHopID == nil, !nextHops.isEmpty {
      request.append(nested: RouteAttribute.multipath.rawValue, marked: false) { list in
        for nextHop in nextHops { nextHop.append(to: &list, for: family) }
      }
    }
  }
}

extension NextHop {
  /// Adds a `struct rtnexthop` with its attributes.
  fileprivate func append(to request: inout NetlinkRequest, for family: AddressFamily) {
    request.appendCounted { path in
      path.append(UInt8(truncatingIfNeeded: flags.intersection(.onLink).rawValue))
      // The kernel counts the weight from 0.
      path.append(weight &- 1, as: UInt8.self)
      path.append(outputIndex ?? 0, as: UInt32.self)
      if let gateway { path.append(gateway: gateway, for: family) }
      path.append(otherAttributes)
    }
  }
}

extension NetlinkRequest {
  /// Adds a gateway: `RTA_GATEWAY`, or `struct rtvia` for an address of another family than the route's.
  fileprivate mutating func append(gateway: IPAddress, for family: AddressFamily) {
    if gateway.family == family {
      append(attribute: RouteAttribute.gateway.rawValue, gateway)
    } else {
      append(nested: RouteAttribute.via.rawValue, marked: false) { via in
        via.append(UInt16(gateway.family.rawValue))
        via.append(bytes: gateway.bytes)
      }
    }
  }
}

extension RouteMetrics {
  /// Adds the metrics by number, and after them which of them are locked.
  fileprivate func append(to request: inout NetlinkRequest) {
    let locks = RouteMetric.locks.rawValue
    for (number, value) in numbers.sorted(by: { $0.key < $1.key }) where number != locks {
      request.append(attribute: number, value)
    }
    if let value = numbers[locks] { request.append(attribute: locks, value) }
    if let congestionControl {
      request.append(attribute: RouteMetric.congestionControlType, text: congestionControl)
    }
    request.append(otherAttributes)
  }
}
