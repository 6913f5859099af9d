import Glibc
import Netlink
import SystemPackage

@testable import NodeAgent

/// Links and addresses.
extension FakeTakeoverKernel {
  func make(_ device: TakeoverDevice) -> Errno? {
    guard !contents.links.contains(where: { $0.name == device.name || $0.index == device.index }) else {
      return .fileExists
    }
    var link = device
    link.isUp = false
    contents.links.append(link)
    for (path, value) in contents.controls where path.contains("/default/") {
      contents.controls[path.replacing("/default/", with: "/\(device.name)/")] = value
    }
    return nil
  }

  func remove(_ index: Int) -> Errno? {
    guard let place = contents.links.firstIndex(where: { $0.index == index }) else {
      return Errno(rawValue: ENODEV)
    }
    let name = contents.links.remove(at: place).name
    contents.controls = contents.controls.filter { !$0.key.contains("/\(name)/") }
    contents.neighbours.removeAll { $0.linkIndex == index }
    contents.proxies.removeAll { $0.linkIndex == index }
    contents.addresses.removeAll { $0.linkIndex == index }
    contents.nextHops.removeAll { $0.outputIndex == index }
    flush(index, nil)
    return nil
  }

  func raise(_ index: Int) -> Errno? {
    guard let place = contents.links.firstIndex(where: { $0.index == index }) else {
      return Errno(rawValue: ENODEV)
    }
    contents.links[place].isUp = true
    return nil
  }

  func lower(_ index: Int) -> Errno? {
    guard let place = contents.links.firstIndex(where: { $0.index == index }) else {
      return Errno(rawValue: ENODEV)
    }
    contents.links[place].isUp = false
    flush(index, nil)
    return nil
  }

  /// Routes of an interface go with it.
  func flush(_ index: Int, _ family: AddressFamily?) {
    contents.routes.removeAll { route in
      (family == nil || route.family == family) && !route.paths.isEmpty
        && route.paths.allSatisfy { $0.outputIndex == index }
    }
    for place in contents.routes.indices {
      contents.routes[place].nextHops.removeAll {
        $0.outputIndex == index && (family == nil || family == contents.routes[place].family)
      }
    }
  }

  func put(_ wanted: Address) -> Errno? {
    guard contents.links.contains(where: { $0.index == wanted.linkIndex }) else {
      return Errno(rawValue: ENODEV)
    }
    var address = wanted
    address.flags.subtract([.secondary, .tentative, .deprecated, .permanent])
    if address.validLifetime == nil { address.flags.insert(.permanent) }
    if let place = contents.addresses.firstIndex(where: {
      $0.linkIndex == wanted.linkIndex && $0.isSame(as: wanted)
    }) {
      return change(place, to: address)
    }
    if address.family == .ipv4 {
      let isSecondary = contents.addresses.contains {
        $0.linkIndex == address.linkIndex && $0.prefix.network == address.prefix.network
          && $0.peer == address.peer
      }
      if isSecondary { address.flags.insert(.secondary) }
      contents.addresses.append(address)
    } else {
      let place = contents.addresses.firstIndex { $0.family == .ipv6 && $0.linkIndex == address.linkIndex }
      contents.addresses.insert(address, at: place ?? contents.addresses.endIndex)
    }
    if let route = subnet(of: address) { addSubnet(route) }
    return nil
  }

  /// IPv4 leaves the flags as they are; with IPv6 the subnet's route comes and goes with `noprefixroute`.
  private func change(_ place: Int, to address: Address) -> Errno? {
    let old = contents.addresses[place]
    var new = address
    if address.family == .ipv4 {
      new.flags = old.flags
      contents.addresses[place] = new
      return nil
    }
    contents.addresses[place] = new
    switch (subnet(of: old), subnet(of: new)) {
    case (nil, let route?): addSubnet(route)
    case (let route?, nil): dropSubnet(route)
    default: break
    }
    return nil
  }

  /// The route that comes with an address; nil when none does.
  private func subnet(of address: Address) -> Route? {
    guard !address.flags.contains(.noPrefixRoute), !address.flags.contains(.secondary),
      !address.prefix.isHost || address.peer != nil,
      let link = contents.links.first(where: { $0.index == address.linkIndex }), link.isUp
    else { return nil }
    let isIPv4 = address.family == .ipv4
    var route = Route(
      to: address.prefix.network, scope: isIPv4 ? .link : .universe, routeProtocol: .kernel)
    route.outputIndex = address.linkIndex
    if isIPv4 { route.preferredSource = address.address }
    route.metric = address.routeMetric ?? (isIPv4 ? 0 : 256)
    if let table = link.vrfTable { route.table = RouteTable(rawValue: table) }
    return route
  }

  private func addSubnet(_ route: Route) {
    guard !contents.routes.contains(where: { $0.stored == route.stored }) else { return }
    contents.routes.append(route)
  }

  private func dropSubnet(_ route: Route) {
    contents.routes.removeAll { $0.stored == route.stored }
  }

  func delete(_ address: Address) -> Errno? {
    guard
      let place = contents.addresses.firstIndex(where: {
        $0.linkIndex == address.linkIndex && $0.isSame(as: address)
      })
    else { return .addressNotAvailable }
    let old = contents.addresses.remove(at: place)
    if old.family == .ipv4, !old.flags.contains(.secondary) {
      // Without promote_secondaries.
      contents.addresses.removeAll {
        $0.linkIndex == old.linkIndex && $0.family == .ipv4 && $0.flags.contains(.secondary)
          && $0.prefix.network == old.prefix.network
      }
    }
    let isKept =
      old.family == .ipv6
      && contents.addresses.contains {
        $0.linkIndex == old.linkIndex && $0.prefix.network == old.prefix.network
          && !$0.flags.contains(.noPrefixRoute)
      }
    if !isKept, let route = subnet(of: old) { dropSubnet(route) }
    if old.family == .ipv4 {
      if !contents.addresses.contains(where: { $0.address == old.address }) {
        contents.routes.removeAll { $0.preferredSource == old.address }
      }
      if !contents.addresses.contains(where: { $0.linkIndex == old.linkIndex && $0.family == .ipv4 }) {
        flush(old.linkIndex, .ipv4)
      }
    }
    return nil
  }
}
