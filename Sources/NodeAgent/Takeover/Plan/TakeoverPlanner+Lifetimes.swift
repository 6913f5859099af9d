import Netlink

/// How long vhost0 keeps an address that would end on its interface.
extension TakeoverPlanner {
  /// Whether vhost0 has the address only for the time that it has left. Nobody renews any other there: the kernel would
  /// take it from the node at the end of a lease.
  func ends(_ address: Address) -> Bool {
    // A privacy address ends as it would have: the kernel makes another one (RFC 8981), where the node has such.
    address.isTemporary || isRenewedByKernel(address)
  }

  /// Whether router advertisements on vhost0 renew an address, as they did on its interface: they do so with the one that
  /// the kernel forms there of a prefix and the MAC address (addrconf_prefix_rcv in net/ipv6/addrconf.c), and neither with
  /// one by DHCPv6, nor where it forms another, of a token or a secret.
  private func isRenewedByKernel(_ address: Address) -> Bool {
    guard case .v6(let number) = address.address, address.prefix.length == 64,
      number.rawValue & UInt128(UInt64.max) == UInt128(wish.mac.interfaceIdentifier),
      address.addressProtocol.map({ $0 == Self.routerAdvertisement }) ?? true,
      let card = state.cards.first(where: { $0.index == address.linkIndex })
    else { return false }
    return ([card] + [present.vhost].compactMap(\.self)).allSatisfy {
      InterfaceControls.formsAddresses($0.name, in: state.controls)
    }
  }

  /// `IFAPROT_KERNEL_RA` in linux/if_addr.h.
  private static let routerAdvertisement: UInt8 = 2

  /// Those that would end on their interface, and have no end on vhost0, where nobody renews them.
  var unrenewed: [Address] {
    takenOver.filter { $0.family == .ipv6 && $0.validLifetime != nil && !ends($0) }
  }
}

extension TakeoverPlan {
  /// What is said of the addresses of IPv6 that nobody renews on vhost0. Those of IPv4 are told with their manager.
  var lifetimeWarnings: [String] {
    unrenewed.map { address in
      let name = before.cards.first { $0.index == address.linkIndex }?.name ?? ""
      return
        "\(address.prefix) on \(name) is valid for another \(ManagerWords.time(address.validLifetime ?? 0)), and no router advertisement renews it on \(vhost.name), where it stays beyond that: reserve it at the DHCPv6 server, or the server may give it to another host"
    }
  }
}

extension Address {
  /// One of privacy, for a time (`IFA_F_TEMPORARY`, which is IPv4's `IFA_F_SECONDARY`).
  fileprivate var isTemporary: Bool { family == .ipv6 && flags.contains(.secondary) }
}

extension MACAddress {
  /// The modified EUI-64 (RFC 4291 appendix A).
  fileprivate var interfaceIdentifier: UInt64 {
    ((rawValue >> 24) << 40 | 0xFFFE << 24 | rawValue & 0xFF_FFFF) ^ 0x0200_0000_0000_0000
  }
}
