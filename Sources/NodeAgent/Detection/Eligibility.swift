import Netlink

/// Why an interface is never chosen unless `PHYSICAL_INTERFACE` names it. Every reason is a phrase that continues "because".
struct Eligibility {
  let network: HostNetwork

  /// The reason, or nil for an interface that may be chosen.
  func objection(to link: Link) -> String? {
    loneEnd(link) ?? obstacle(to: link) ?? vrfMember(link)
  }

  /// What no setting changes about the interface: the vRouter can't stand on it.
  func obstacle(to link: Link) -> String? {
    loopback(link) ?? port(link) ?? software(link) ?? parent(link)
  }
}

extension Eligibility {
  private func loopback(_ link: Link) -> String? {
    link.flags.contains(.loopback) ? "it is the loopback" : nil
  }

  /// A port's packets are its master's: the master has the receive handler that the vRouter needs.
  private func port(_ link: Link) -> String? {
    guard let masterIndex = link.masterIndex else { return nil }
    guard let master = network.link(index: masterIndex) else {
      return link.portKind == "vrf"
        ? nil : "it is a port of the interface with index \(masterIndex), which is not seen here"
    }
    switch master.kind {
    case "vrf": return nil
    case "openvswitch": return "it is a port of Open vSwitch (\(master.name)): " + openVSwitchAdvice
    case "bond", "team": return "it is a port of \(master.name): name that instead"
    case "bridge":
      return
        "it is a port of \(master.name), a bridge, and the vRouter can't attach to that either: take it out of \(master.name)"
    default: return "it is a port of \(master.name) (\(master.kind ?? "of no kind that is told"))"
    }
  }

  /// All ports of all bridges of Open vSwitch have one master, the data path: only addresses tell which bridge is meant.
  private var openVSwitchAdvice: String {
    let bridges = network.openVSwitchBridges
    return bridges.isEmpty
      ? "take it out of its bridge, or name another interface"
      : "its bridge \(bridges.joined(separator: " or ")) has the address; take it out of that"
  }

  private func software(_ link: Link) -> String? {
    switch link.kind {
    case "vhost": return "it is the vRouter's own host interface"
    case "bridge": return "it is a bridge, and the vRouter can't attach to one"
    case "openvswitch": return "it is a bridge of Open vSwitch, and the vRouter can't attach to one"
    case "vrf": return "it is a VRF, which has no wire of its own"
    case .some(let kind) where Self.tunnels.contains(kind): return "it is a tunnel (\(kind))"
    default: break
    }
    if link.hardwareType == Self.packetInterface { return "it is a packet interface of the vRouter" }
    return Self.tunnelHardware.contains(link.hardwareType) ? "it is a tunnel" : nil
  }

  /// A macvlan, ipvlan or macsec above it has taken the receive handler.
  private func parent(_ link: Link) -> String? {
    guard let above = network.sharers[link.index] else { return nil }
    return
      "it is the parent of the \(above.kind ?? "macvlan") \(above.name), which has taken its receive handler: the vRouter can't attach to it"
  }

  /// The end of a veth pair, or a dummy, is an uplink only where the host's traffic leaves by it.
  private func loneEnd(_ link: Link) -> String? {
    guard link.masterIndex == nil || link.portKind == "vrf", !network.defaults.leave(by: link) else {
      return nil
    }
    switch link.kind {
    case "veth": return "it is one end of a veth pair that carries no default route"
    case "dummy": return "it is a dummy, which has no wire, and no default route leaves by it"
    default: return nil
    }
  }

  private func vrfMember(_ link: Link) -> String? {
    guard let master = network.link(index: link.masterIndex), master.kind == "vrf" else { return nil }
    return "it is in the VRF \(master.name), apart from the host's own routes"
  }

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
}
