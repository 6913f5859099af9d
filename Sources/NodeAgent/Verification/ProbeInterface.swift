import Netlink

/// The interface by which frames now come and go: the physical one before a takeover, vhost0 after it.
struct ProbeInterface: Sendable, Hashable {
  let name: String
  let index: Int
  let mac: MACAddress
  /// Its own addresses of both families, with their subnets; link-local ones too.
  let addresses: [IPPrefix]
  /// The VRF that it is in: without it, neither programs nor routes lead by the interface
  /// (Documentation/networking/vrf.rst).
  var vrf: VRF?

  struct VRF: Sendable, Hashable {
    let name: String
    let index: Int
  }

  /// The address that a question to a neighbour comes from: the one whose subnet the neighbour is in, else, for IPv6, a
  /// link-local one, which every neighbour may be asked from, else the first of the family.
  func source(towards neighbour: IPAddress) -> IPAddress? {
    let own = addresses.filter { $0.family == neighbour.family }
    let near = own.first { !$0.isHost && $0.contains(neighbour) }
    let linkLocal = neighbour.family == .ipv6 ? own.first { $0.address.isLinkLocal } : nil
    return (near ?? linkLocal ?? own.first)?.address
  }
}

extension ProbeInterface {
  /// A link with what it has of a list of addresses; nil where it has no MAC address. Addresses that can't be used
  /// (tentative, duplicate) are left out.
  init?(_ link: Link, addresses: [Address]) {
    guard let mac = link.macAddress else { return nil }
    let own = addresses.filter {
      $0.linkIndex == link.index && $0.flags.isDisjoint(with: [.tentative, .duplicate])
    }
    self.init(name: link.name, index: link.index, mac: mac, addresses: own.map(\.prefix))
  }

  /// The interface of that name as it is now, in the network namespace of the calling thread; nil where there is none, or
  /// none with a MAC address.
  static func observe(_ name: String) throws(NetlinkError) -> ProbeInterface? {
    var netlink = try RouteNetlink()
    guard let link = try netlink.link(named: name) else { return nil }
    var interface = ProbeInterface(link, addresses: try netlink.addresses(linkIndex: link.index))
    if let index = link.masterIndex, let master = try netlink.link(index: index), master.kind == "vrf" {
      interface?.vrf = VRF(name: master.name, index: index)
    }
    return interface
  }
}
