import Netlink

/// By which interfaces the kernel, asked now, sends packets to an address.
struct Way: CustomStringConvertible {
  /// By index, in the kernel's order: several of a multipath route, of which each flow takes one.
  private let indices: [Int]
  /// The same by name, with what gateway.
  let description: String

  /// - Parameter vrf: the VRF in whose tables it is looked for; nil: as for a program that is bound to none.
  /// - Throws: a ``NetlinkError`` whose ``NetlinkError/noRoute`` isn't nil when there is no way.
  init(to address: IPAddress, in vrf: ProbeInterface.VRF?) throws(NetlinkError) {
    var netlink = try RouteNetlink()
    let paths = try Self.paths(to: address, in: vrf, &netlink)
    indices = paths.compactMap(\.outputIndex)
    var texts: [String] = []
    for path in paths {
      let name = try path.outputIndex.flatMap { (index) throws(NetlinkError) in
        try netlink.link(index: index)?.name
      }
      texts.append("\(name ?? "no interface")\(path.gateway.map { " via \($0)" } ?? "")")
    }
    description = texts.isEmpty ? "no interface" : texts.joined(separator: " and ")
  }

  private static func paths(
    to address: IPAddress, in vrf: ProbeInterface.VRF?, _ netlink: inout RouteNetlink
  ) throws(NetlinkError) -> [NextHop] {
    do throws(NetlinkError) {
      return try netlink.entry(to: address, outputIndex: vrf?.index).paths
    } catch  where error.cause == .unanswered {
      // Before 4.13 the kernel tells only the way that this packet would take.
      let reply = try netlink.route(to: address, outputIndex: vrf?.index)
      return [NextHop(outputIndex: reply.outputIndex, gateway: reply.gateway)]
    }
  }

  /// The way that the default route of a family leads: to an address to which hardly any other route can lead, one that is
  /// set aside for documentation (RFC 5737, RFC 9637).
  static func `default`(_ family: AddressFamily, in vrf: ProbeInterface.VRF?) throws(NetlinkError) -> Way {
    switch family {
    case .ipv4: try Way(to: .v4(IPv4Address(192, 0, 2, 254)), in: vrf)
    case .ipv6:
      try Way(
        to: .v6(IPv6Address(rawValue: 0x3fff_0fff << 96 | UInt128(UInt64.max) << 32 | 0xffff_fffe)), in: vrf)
    }
  }

  func leaves(by interface: ProbeInterface) -> Bool { indices.contains(interface.index) }

  /// Whether packets to an address leave by an interface; false where the kernel doesn't say so. A link-local IPv6 address
  /// is asked for on the interface and nowhere else.
  static func leaves(by interface: ProbeInterface, to address: IPAddress) -> Bool {
    if case .v6(let address) = address, address.isLinkLocal { return true }
    return (try? Way(to: address, in: interface.vrf))?.leaves(by: interface) ?? false
  }
}
