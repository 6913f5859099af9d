import Netlink

/// What is done where vhost0 would lie on a bond of the mode balance-alb (`VROUTER_BALANCE_ALB`).
enum BalancedBondPolicy: String, Sendable, CaseIterable {
  /// Nothing takes over.
  case refuse
  /// vhost0 has the bond's MAC address, and a warning says what that means.
  case accept
}

/// A bond of the mode balance-alb below a chosen interface.
///
/// Such a bond balances what it receives by telling each peer the MAC address of another of its ports: it writes it into
/// the ARP replies that pass through it, those of vhost0 among them, since vhost0 has the bond's own address
/// (drivers/net/bonding/bond_alb.c: rlb_arp_xmit; Documentation/networking/bonding.rst). Frames for the other ports' addresses then
/// arrive that aren't vhost0's. The kernel makes up for it where the bond is a bridge's port (bond_main.c:
/// bond_handle_frame), and not where the module takes the frames. So there is no MAC address of vhost0 by which all peers
/// reach it: that of the active port, which is the bond's, is right for some of them only.
struct BalancedBond: Sendable, Equatable {
  let name: String
  /// The interface that was chosen: the bond, or a VLAN on it.
  let interface: String

  static func all(below decision: Decision, among links: [Link]) -> [BalancedBond] {
    decision.choices.compactMap { choice in
      var link = links.first { $0.index == choice.interface.index }
      // A VLAN on a VLAN on a bond: no deeper than there are links.
      for _ in links {
        guard let seen = link else { return nil }
        if case .bond(let details) = seen.details {
          return details.mode == .balanceLoad
            ? BalancedBond(name: seen.name, interface: choice.interface.name) : nil
        }
        guard case .vlan = seen.details, seen.lowerNamespaceID == nil else { return nil }
        link = links.first { $0.index == seen.lowerIndex }
      }
      return nil
    }
  }

  private var fact: String {
    "\(interface == name ? name : "\(interface), on \(name),") is a bond of the mode balance-alb: it tells each peer another port's MAC address, of which vhost0 can have one only, so that some peers may reach neither the node nor its workloads"
  }

  private static let remedy = "set the bond's mode to 802.3ad, active-backup or balance-tlb"

  var refusal: String {
    "\(fact); \(Self.remedy), or set VROUTER_BALANCE_ALB=accept for a vhost0 with the bond's own MAC address, that of its active port"
  }

  var warning: String { "\(fact), as VROUTER_BALANCE_ALB=accept allows; \(Self.remedy)" }
}
