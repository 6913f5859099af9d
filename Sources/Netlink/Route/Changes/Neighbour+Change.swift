extension Neighbour: ReplaceableObject {
  /// The message that makes a change to the neighbour.
  public func request(_ change: Change) -> NetlinkRequest {
    var request = NetlinkRequest(
      "\(change.verb) the neighbour", on: "\(address) at interface index \(linkIndex)",
      type: change == .delete ? Self.deleteType : Self.messageType, flags: change.flags)
    // struct ndmsg: family, three unused, index, state, flags, type (the kernel's own).
    request.append(family.rawValue)
    request.append(zeros: 3)
    request.append(linkIndex, as: UInt32.self)
    request.append(state.rawValue)
    request.append(flags.subtracting(.offloaded).rawValue)
    request.append(zeros: 1)
    if change != .delete, let neighbourProtocol {
      request.append(
        attribute: NeighbourAttribute.neighbourProtocol.rawValue, neighbourProtocol.rawValue)
    }
    request.append(attribute: NeighbourAttribute.address.rawValue, address)
    if change != .delete, !linkLayerAddress.isEmpty {
      request.append(attribute: NeighbourAttribute.linkLayerAddress.rawValue, bytes: linkLayerAddress)
    }
    return request
  }
}
