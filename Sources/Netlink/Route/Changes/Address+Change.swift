extension Address: ReplaceableObject {
  /// The message that makes a change to the address. Flags that are the kernel's own, such as tentative, aren't
  /// sent. Removing it names the interface, the prefix and the peer, and nothing else.
  public func request(_ change: Change) -> NetlinkRequest {
    var request = NetlinkRequest(
      "\(change.verb) the address", on: "\(prefix) at interface index \(linkIndex)",
      type: change == .delete ? Self.deleteType : Self.messageType, flags: change.flags)
    let settable = change == .delete ? [] : flags.intersection(.settable)
    // struct ifaddrmsg: family, prefix length, the lower eight flags, scope, index.
    request.append(family.rawValue)
    request.append(UInt8(prefix.length))
    request.append(UInt8(truncatingIfNeeded: settable.rawValue))
    request.append(change == .delete ? RouteScope.universe.rawValue : scope.rawValue)
    request.append(linkIndex, as: UInt32.self)
    request.append(attribute: AddressAttribute.local.rawValue, address)
    if change != .delete { appendDetails(to: &request, settable) }
    request.append(attribute: AddressAttribute.address.rawValue, peer ?? address)
    if change != .delete { appendLifetimes(to: &request) }
    return request
  }

  private func appendDetails(to request: inout NetlinkRequest, _ settable: AddressFlags) {
    if let broadcast { request.append(attribute: AddressAttribute.broadcast.rawValue, broadcast) }
    if let label { request.append(attribute: AddressAttribute.label.rawValue, text: label) }
    if let routeMetric { request.append(attribute: AddressAttribute.routeMetric.rawValue, routeMetric) }
    // The header has eight bits for them.
    if settable.rawValue > 0xff {
      request.append(attribute: AddressAttribute.flags.rawValue, settable.rawValue)
    }
  }

  private func appendLifetimes(to request: inout NetlinkRequest) {
    if preferredLifetime != nil || validLifetime != nil {
      request.append(nested: AddressAttribute.cacheInfo.rawValue, marked: false) { info in
        // struct ifa_cacheinfo; the time stamps are the kernel's.
        info.append(preferredLifetime ?? .max)
        info.append(validLifetime ?? .max)
        info.append(zeros: 8)
      }
    }
    if let addressProtocol {
      request.append(attribute: AddressAttribute.addressProtocol.rawValue, addressProtocol)
    }
  }
}
