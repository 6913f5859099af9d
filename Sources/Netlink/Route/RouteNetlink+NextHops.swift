internal import SystemPackage

/// Nexthop objects.
extension RouteNetlink {
  /// All nexthop objects, by number. A kernel that doesn't know them (before 5.3) has none.
  public mutating func nextHopObjects() throws(NetlinkError) -> [NextHopObject] {
    let request = Self.nextHopRequest("list the nexthop objects")
    do throws(NetlinkError) {
      return try session.dump(request) { (message) throws(WireError) in try NextHopObject(message) }
    } catch {
      if error.cause == .refused(.notSupported) { return [] }
      throw error
    }
  }

  /// The nexthop object with a number; `nil` if there is none.
  public mutating func nextHopObject(id: UInt32) throws(NetlinkError) -> NextHopObject? {
    guard id != 0 else { return nil }
    var request = Self.nextHopRequest("read the nexthop object", on: "number \(id)")
    request.append(attribute: NextHopObjectAttribute.id.rawValue, id)
    do throws(NetlinkError) {
      return try session.request(request) { (message) throws(WireError) in try NextHopObject(message) }
    } catch {
      switch error.cause {
      case .refused(.noSuchFileOrDirectory), .refused(.notSupported): return nil
      default: throw error
      }
    }
  }

  private static func nextHopRequest(_ operation: String, on subject: String? = nil) -> NetlinkRequest {
    var request = NetlinkRequest(operation, on: subject, type: NextHopObject.getType)
    request.append(zeros: NextHopObject.headerSize)
    return request
  }

  /// The routes, those of which only the number of their nexthop object is known with its paths. The objects
  /// are asked for only if there are such routes.
  public mutating func resolved(_ routes: [Route]) throws(NetlinkError) -> [Route] {
    guard routes.contains(where: \.isUnresolved) else { return routes }
    let objects = Dictionary(try nextHopObjects().map { ($0.id, $0) }) { first, _ in first }
    return routes.map { $0.resolved(with: objects) }
  }
}
