extension NextHopObject: ReplaceableObject {
  /// The message that makes a change to the object. Routes that name it follow a replacement at once.
  ///
  /// The kernel takes no scope in a request (net/ipv4/nexthop.c: `nh_scope` must be 0): it finds it out.
  public func request(_ change: Change) -> NetlinkRequest {
    var request = NetlinkRequest(
      "\(change.verb) the nexthop object", on: "number \(id)",
      type: change == .delete ? Self.deleteType : Self.messageType, flags: change.flags)
    // struct nhmsg: family, scope, protocol, one unused, flags.
    request.append(change == .delete ? 0 : family?.rawValue ?? 0)
    request.append(zeros: 1)
    request.append(change == .delete ? 0 : routeProtocol.rawValue)
    request.append(zeros: 1)
    request.append(change == .delete ? 0 : flags.intersection(.onLink).rawValue)
    request.append(attribute: NextHopObjectAttribute.id.rawValue, id)
    if change != .delete { appendPaths(to: &request) }
    return request
  }

  private func appendPaths(to request: inout NetlinkRequest) {
    guard members.isEmpty else {
      request.append(nested: NextHopObjectAttribute.group.rawValue, marked: false) { list in
        // struct nexthop_grp: number, weight less one, its upper byte, unused.
        for member in members {
          list.append(member.id)
          list.append(UInt8(truncatingIfNeeded: member.weight - 1))
          list.append(UInt8(truncatingIfNeeded: (member.weight - 1) >> 8))
          list.append(zeros: 2)
        }
      }
      if let groupType {
        request.append(attribute: NextHopObjectAttribute.groupType.rawValue, groupType.rawValue)
      }
      return
    }
    if isBlackhole {
      request.append(attribute: NextHopObjectAttribute.blackhole.rawValue, bytes: [])
      return
    }
    if let outputIndex {
      request.append(
        attribute: NextHopObjectAttribute.outputInterface.rawValue, outputIndex, as: UInt32.self)
    }
    if let gateway { request.append(attribute: NextHopObjectAttribute.gateway.rawValue, gateway) }
    if isTunnelEnd { request.append(attribute: NextHopObjectAttribute.tunnelEnd.rawValue, bytes: []) }
    request.append(otherAttributes)
  }
}
