internal import SystemPackage

/// Neighbours.
extension RouteNetlink {
  /// Neighbours, in the kernel's order, those that need no resolving included.
  ///
  /// - Parameters:
  ///   - family: only this family's.
  ///   - linkIndex: only those behind this interface; none if there's no such interface.
  ///   - areProxies: those instead that this host answers for (`ip neighbour show proxy`), which the kernel lists apart.
  public mutating func neighbours(
    family: AddressFamily? = nil, linkIndex: Int? = nil, areProxies: Bool = false
  ) throws(NetlinkError) -> [Neighbour] {
    var request = NetlinkRequest(
      "list the neighbours", on: linkIndex.map { "interface index \($0)" }, type: Neighbour.getType)
    // struct ndmsg: only the family and of the flags NTF_PROXY may be set.
    request.append(family?.rawValue ?? 0)
    request.append(zeros: 9)
    request.append(areProxies ? NeighbourFlags.proxy.rawValue : 0)
    request.append(zeros: Neighbour.headerSize - 11)
    if let linkIndex {
      guard let number = Int32(exactly: linkIndex), number > 0 else { return [] }
      request.append(attribute: NeighbourAttribute.linkIndex.rawValue, number)
    }
    do throws(NetlinkError) {
      return try session.dump(request) { (message) throws(WireError) in
        guard let neighbour = try Neighbour(message) else { return nil }
        // Kernels before 4.20 ignore what they don't know of the request.
        if let family, neighbour.family != family { return nil }
        if let linkIndex, neighbour.linkIndex != linkIndex { return nil }
        return neighbour
      }
    } catch {
      if linkIndex != nil, error.cause == .refused(.noSuchDevice) { return [] }
      throw error
    }
  }
}
