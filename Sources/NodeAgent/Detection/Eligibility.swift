import Netlink

/// Why an interface is never chosen unless `PHYSICAL_INTERFACE` names it.
struct Eligibility {
  let snapshot: NetworkSnapshot

  /// Kinds (IFLA_INFO_KIND) whose packets travel inside those of another interface.
  private static let tunnels: Set<String> = [
    "bareudp", "erspan", "geneve", "gre", "gretap", "gtp", "ip6erspan", "ip6gre", "ip6gretap", "ip6tnl",
    "ipip",
    "ovpn", "sit", "tun", "vti", "vti6", "vxlan", "wireguard", "xfrm",
  ]

  /// Hardware types (linux/if_arp.h) of tunnels that have no kind: ARPHRD_TUNNEL, TUNNEL6, SIT, IPGRE, IP6GRE, NONE.
  private static let tunnelHardware: Set<HardwareType> = [
    .ipTunnel, .init(rawValue: 769), .init(rawValue: 776), .gre, .init(rawValue: 823), .none,
  ]

  /// ARPHRD_VOID: what the vrouter module gives its own pkt interfaces.
  private static let packetInterface = HardwareType(rawValue: 0xFFFF)

  /// The reason, as a phrase that continues "because", or nil for an interface that may be chosen.
  func objection(to link: Link) -> String? {
    if link.flags.contains(.loopback) { return "it is the loopback" }
    if let master = link.masterIndex.flatMap({ index in snapshot.link(index: index) }), master.kind != "vrf" {
      return "it is a port of \(master.name): name that instead"
    }
    switch link.kind {
    case "vhost": return "it is the vRouter's own host interface"
    case "bridge": return "it is a bridge, and the vRouter can't attach to one"
    case "vrf": return "it is a VRF, which has no wire of its own"
    case "veth" where !carriesDefaultRoute(link):
      return "it is one end of a veth pair that carries no default route"
    case .some(let kind) where Self.tunnels.contains(kind): return "it is a tunnel (\(kind))"
    default: break
    }
    if link.hardwareType == Self.packetInterface { return "it is a packet interface of the vRouter" }
    if Self.tunnelHardware.contains(link.hardwareType) { return "it is a tunnel" }
    return nil
  }

  private func carriesDefaultRoute(_ link: Link) -> Bool {
    snapshot.defaultRoutes.contains { $0.leaves(by: link) }
  }
}

extension Route {
  func leaves(by link: Link) -> Bool {
    paths.contains { $0.outputIndex == link.index }
  }
}
