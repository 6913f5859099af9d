import Netlink

/// This node's address, and the gateway of its interface.
extension Detector {
  /// The addresses that a node can be known by, the best first: global ones that last, a subnet before a lone host
  /// address (which is often a virtual one that moves away), IPv4 before IPv6.
  func usableAddresses(of link: Link) -> [IPPrefix] {
    snapshot.addresses(of: link).filter(\.isUsable)
      .enumerated()
      .sorted { left, right in
        (left.element.rank, left.offset) < (right.element.rank, right.offset)
      }
      .map(\.element.prefix)
  }

  func nodeAddress(
    on holder: Link, of link: Link, pick: Pick, gateway: Decision.Gateway
  ) throws(DetectionError) -> IPPrefix {
    let usable = usableAddresses(of: holder)
    let implied = usable.first { $0.address == pick.address }
    let beside = usable.first { prefix in
      !prefix.isHost && gateway.addresses.contains { prefix.contains($0) }
    }
    guard let address = implied ?? beside ?? usable.first else {
      let seen = snapshot.addresses(of: link).map { $0.prefix.description }
      throw failure(
        .noAddress,
        "interface \(link.name) has no usable address"
          + (seen.isEmpty
            ? "" : " (\(seen.joined(separator: ", ")): link-local, tentative, deprecated or temporary)"),
        "give it an address, or wait until its DHCP client has one, or name another interface")
    }
    return address
  }

  /// This node's address on the way to `VROUTER_GATEWAY`, or else to the first control node.
  func controlNetworkAddress(otherwise address: IPAddress) -> IPAddress {
    guard let target = settings.targets(snapshot.nameAnswers).first,
      case .way(let way) = snapshot.routeAnswers[target]
    else { return address }
    if way.reply.isLocal { return target.isLoopback ? address : target }
    return way.reply.preferredSource ?? address
  }

  /// The address of the interface that carries the default route of lowest metric.
  func defaultAddress() -> IPAddress? {
    snapshot.defaultRoutes.lazy.flatMap(\.paths)
      .compactMap { path in path.outputIndex.flatMap { index in self.snapshot.link(index: index) } }
      .compactMap { link in self.usableAddresses(of: link).first?.address }
      .first
  }

  func gateway(
    of link: Link, holder: Link, _ warnings: inout [String]
  ) throws(DetectionError) -> Decision.Gateway {
    if !settings.gateways.isEmpty {
      return Decision.Gateway(addresses: settings.gateways, reason: "VROUTER_GATEWAY names it")
    }
    // With vhost0 in place the routes are its own.
    let links = holder == link ? [link] : [holder, link]
    let own = snapshot.defaultRoutes.filter { route in links.contains { route.leaves(by: $0) } }
    if let route = own.first {
      let hops = route.paths.filter { hop in links.contains { $0.index == hop.outputIndex } }
      let gateways = hops.compactMap(\.gateway)
      guard !gateways.isEmpty else {
        throw failure(
          .noGateway, "the default route over \(link.name) has no gateway, and the vRouter needs one",
          "set VROUTER_GATEWAY, or give the default route a gateway")
      }
      if gateways.contains(where: { $0.family != route.family }) {
        warnings.append("the gateway of the \(route.family) default route is an IPv6 address")
      }
      return Decision.Gateway(
        addresses: gateways,
        reason: "the \(route.family) default route over \(holder.name) (metric \(route.metric)) has it")
    }
    if let other = snapshot.defaultRoutes.first {
      let names = other.paths.compactMap {
        $0.outputIndex.flatMap { index in snapshot.link(index: index) }?.name
      }
      return Decision.Gateway(
        addresses: [],
        reason: "the default route leaves by \(names.joined(separator: ", ")), not by \(link.name)")
    }
    warnings.append(
      "the host has no default route and VROUTER_GATEWAY is not set: only the subnet of \(link.name) can be reached"
    )
    return Decision.Gateway(addresses: [], reason: "the host has no default route")
  }
}

extension Address {
  /// Whether a node can be known by it.
  var isUsable: Bool {
    scope == .universe && !address.isLoopback && !address.isLinkLocal && !address.isMulticast
      && !flags.contains(.tentative) && !flags.contains(.duplicate)
      && !flags.contains(.deprecated)
      // The kernel uses one bit for both: a secondary IPv4 address is as good as any, a temporary IPv6 one is not.
      && !(address.family == .ipv6 && flags.contains(.secondary))
  }

  /// Smaller is better.
  fileprivate var rank: Int {
    (prefix.isHost ? 4 : 0) + (address.family == .ipv6 ? 2 : 0) + (flags.contains(.secondary) ? 1 : 0)
  }
}
