import Netlink

/// What a plan says to people of what managers will do.
struct ManagerWords {
  let observation: ManagerObservation
  let nic: String
  let vhost: String

  func unnameable(_ name: String) -> String {
    "no network manager can be told of '\(name)', as its name means something else in their files: rename it"
  }

  /// Why nobody can go on with the lease on vhost0, where it is no dhclient that has it.
  var withoutClient: String {
    let holders = observation.managers.filter { $0.manages != false && $0.usesDHCP == true }
    return
      if holders.contains(where: { $0.kind == .networkd })
    {
      "systemd-networkd isn't running, or doesn't tell under which identifier it got the address"
    } else if let holder = holders.first(where: { $0.kind == .dhcpClient && $0.name != "dhclient" })
      ?? holders.first
    {
      "the address of \(nic) comes by \(holder.name), which this program can't have renew it on another interface"
    } else {
      "who renews the address of \(nic) is not known"
    }
  }

  /// Of an interface that keeps an address by DHCP below a vhost0 over several.
  static func unheardServer(_ nic: String) -> String {
    "the address of \(nic) comes by DHCP, and below a vhost0 over several interfaces the server's answers arrive on vhost0: the lease may not be renewed; give \(nic) a static address"
  }

  /// Why `follow` isn't to be had.
  func followRefusal(_ reason: String) -> String {
    "VROUTER_DHCP=follow needs systemd-networkd or dhclient on \(nic), and \(reason); set VROUTER_DHCP=static, and reserve the address at the DHCP server"
  }

  /// For what was recognised, in its order.
  func warnings(follows: Bool) -> [String] {
    observation.managers.compactMap(warning) + (follows ? [] : leaseWarnings)
  }

  private func warning(_ manager: RecognisedManager) -> String? {
    switch manager.kind {
    case .networkManager:
      if manager.isRunning != false, manager.manages != false, observation.facts.busNames == nil {
        return
          "NetworkManager can't be reached over D-Bus, by which alone it lets go of \(nic) without taking it down: it will put the address back on \(nic) when it renews a lease, when it restarts, or when somebody brings the connection up; make the host's /run/dbus available to this program"
      }
      return nil
    case .networkd:
      guard manager.isRunning != false, observation.facts.busNames == nil else { return nil }
      return
        "systemd-networkd can't be reached over D-Bus: what is written for it takes effect when it next starts; make the host's /run/dbus available to this program"
    case .ifupdown where manager.manages == true:
      return
        "ifupdown can't be told that \(vhost) has the address: `ifup \(nic)`, `ifdown \(nic)` or a restart of networking.service puts it back on \(nic) or takes \(nic) down; run none of them while \(vhost) is up"
    case .networkScripts where manager.manages == true:
      return
        "Red Hat's network scripts can't be told that \(vhost) has the address: `ifup \(nic)`, `ifdown \(nic)` or a restart of the service network puts it back on \(nic) or takes \(nic) down; run none of them while \(vhost) is up"
    case .dhcpClient:
      return dhcpClientWarning(manager)
    case .netplan where manager.manages == true && observation[.networkManager]?.manages != true:
      // What it makes for networkd is behind the files of this program.
      return nil
    case .netplan where manager.manages == true:
      return
        "`netplan apply` has NetworkManager read and activate what netplan made for \(nic) anew; \(nic) stays let go of as long as NetworkManager keeps to what it was told"
    default: return nil
    }
  }

  private func dhcpClientWarning(_ manager: RecognisedManager) -> String {
    let which = manager.evidence.first.map { " (\($0))" } ?? ""
    if manager.command != nil {
      return
        "\(manager.name)\(which) is made to stand still while \(vhost) has the address of \(nic), and goes on at cleanup; started anew meanwhile, as `ifup` does it, it puts the address back on \(nic)"
    }
    let certainty = manager.manages == true ? "renews" : "may renew"
    let at =
      observation.leases.map(\.secondsLeft).min().map { ", at the latest in \(Self.time($0))" } ?? ""
    return
      "\(manager.name)\(which) \(certainty) the address of \(nic), can't be told of \(vhost), and can't be made to stand still (that is done to a dhclient or udhcpc for \(nic) alone, where this program sees the host's processes): at the next renewal\(at), it puts the address back on \(nic); stop it once \(vhost) is up, and reserve the address at the DHCP server"
  }

  private var leaseWarnings: [String] {
    observation.leases.map { lease in
      "\(lease.address) on \(nic) is leased for another \(Self.time(lease.secondsLeft)): with VROUTER_DHCP=static nobody renews it on \(vhost), where it stays beyond that; reserve it at the DHCP server, or the server may give it to another host"
    }
  }

  /// Seconds in the words that suit them.
  static func time(_ seconds: UInt32) -> String {
    switch seconds {
    case ..<120: "\(seconds) s"
    case ..<7200: "\(seconds / 60) min"
    case ..<172_800: "\(seconds / 3600) h"
    default: "\(seconds / 86_400) days"
    }
  }
}
