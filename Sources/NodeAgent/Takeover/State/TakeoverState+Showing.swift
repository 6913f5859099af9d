import Netlink

extension TakeoverState {
  /// Whether what an operation was to bring about is so: its answer may have been lost, or another one did it.
  func shows(_ operation: TakeoverOperation) -> Bool {
    switch operation {
    case .address(let change, let address, _):
      isThere(change, addresses) {
        $0.linkIndex == address.linkIndex && $0.isSame(as: address)
          && (change == .delete || $0.flags.isSettled(as: address.flags))
      }
    case .route(let change, let route, _): isThere(change, routes) { $0.stored == route.stored }
    case .rule(let change, let rule): isThere(change, rules) { $0.stored == rule.stored }
    case .neighbour(let change, let neighbour, _):
      isThere(change, neighbours + proxies) {
        $0.linkIndex == neighbour.linkIndex && $0.address == neighbour.address
      }
    case .nextHop(let object, _):
      isThere(.replace, nextHops) { $0.id == object.id && $0.outputIndex == object.outputIndex }
    case .removeVif(let name): moduleProblem == nil && !vifs.contains { $0.name == name }
    case .removeLink(_, let index): vhost?.index != index
    case .makeVhost(let device): vhost?.mac == device.mac
    case .raise(_, let index): device(index)?.isUp == true
    case .lower(_, let index): device(index)?.isUp != true
    case .setMTU(_, let index, let mtu): device(index)?.mtu == mtu
    case .hearMulticast(let isOn, _, let index): device(index)?.hearsAllMulticast == isOn
    case .setControl(let path, let value): controls[path] == nil || controls[path] == value
    case .addCard, .addHost, .announce: true
    }
  }

  private func device(_ index: Int) -> TakeoverDevice? {
    (cards + packetDevices + [vhost].compactMap(\.self)).first { $0.index == index }
  }

  private func isThere<Object>(
    _ change: Change, _ objects: [Object], where isMeant: (Object) -> Bool
  ) -> Bool {
    objects.contains(where: isMeant) == (change != .delete)
  }
}

extension AddressFlags {
  /// Whether those are alike that are set for the time of a takeover.
  fileprivate func isSettled(as other: AddressFlags) -> Bool {
    let settling: AddressFlags = [.noDuplicateDetection, .noPrefixRoute]
    return intersection(settling) == other.intersection(settling)
  }
}
