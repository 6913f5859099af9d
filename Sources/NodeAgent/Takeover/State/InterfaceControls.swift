import HostFiles

/// What /proc/sys says of an interface (Documentation/networking/ip-sysctl.rst), as far as vhost0 is to have it from
/// the interface that it takes over from.
enum InterfaceControls {
  /// Those that follow the interface. Not among them: what only tells about it, and what is the same for all.
  static let ipv4 = [
    "forwarding", "accept_redirects", "secure_redirects", "shared_media", "send_redirects",
    "accept_source_route", "arp_ignore", "arp_announce", "arp_filter", "arp_notify", "arp_accept",
    "proxy_arp",
    "log_martians", "accept_local", "src_valid_mark", "promote_secondaries", "route_localnet",
    "disable_policy", "disable_xfrm", "rp_filter",
  ]

  /// The order matters: what an interface does when it comes up is said before.
  static let ipv6 = [
    "disable_ipv6", "addr_gen_mode", "accept_ra", "accept_ra_defrtr", "accept_ra_pinfo", "accept_ra_rtr_pref",
    "accept_ra_rt_info_min_plen", "accept_ra_rt_info_max_plen", "accept_ra_mtu", "accept_ra_min_hop_limit",
    "accept_redirects", "accept_source_route", "autoconf", "dad_transmits", "forwarding", "hop_limit",
    "keep_addr_on_down", "max_addresses", "ndisc_notify", "optimistic_dad", "proxy_ndp", "use_optimistic",
    "use_tempaddr", "accept_dad",
  ]

  /// Reverse-path filtering that holds for all interfaces at least: of it and the interface's own the larger counts,
  /// and 2 (loose) is larger than 1 (strict).
  static let reversePathOfAll = "/proc/sys/net/ipv4/conf/all/rp_filter"

  static func reversePath(_ name: String) -> String { path4(name, "rp_filter") }

  /// Whether the search for duplicates is made: 0 is no.
  static func duplicateDetection(_ name: String) -> String { path6(name, "accept_dad") }

  /// Whether a takeover may change a control: all others are left to whoever sets them meanwhile.
  static func isChanged(_ path: String, cards: some Collection<String>) -> Bool {
    path.contains("/\(TakeoverWish.vhostName)/") || cards.contains { path == reversePath($0) }
      || PacketSteering.mask(for: path) != nil
  }

  /// Whether router advertisements are heeded: 0 is no.
  static func advertisements(_ name: String) -> String { path6(name, "accept_ra") }

  /// Whether the kernel heeds router advertisements there (`accept_ra`): 1 is no where it forwards, 2 is yes also then.
  static func acceptsAdvertisements(_ name: String, in controls: [String: String]) -> Bool {
    switch controls[advertisements(name)] {
    case "0": false
    case "1": controls[path6(name, "forwarding")] != "1"
    default: true
    }
  }

  /// Whether the kernel forms an address there of each advertised prefix, out of the MAC address.
  static func formsAddresses(_ name: String, in controls: [String: String]) -> Bool {
    acceptsAdvertisements(name, in: controls) && controls[path6(name, "accept_ra_pinfo")] != "0"
      && controls[path6(name, "autoconf")] != "0"
      // 2 and 3: out of a secret (IN6_ADDR_GEN_MODE_STABLE_PRIVACY, IN6_ADDR_GEN_MODE_RANDOM in linux/if_link.h).
      && !["2", "3"].contains(controls[path6(name, "addr_gen_mode")])
  }

  static func paths(of name: String) -> [String] {
    ipv4.map { path4(name, $0) } + ipv6.map { path6(name, $0) }
  }

  private static func path4(_ name: String, _ control: String) -> String {
    "/proc/sys/net/ipv4/conf/\(name)/\(control)"
  }

  private static func path6(_ name: String, _ control: String) -> String {
    "/proc/sys/net/ipv6/conf/\(name)/\(control)"
  }

  /// What they are now; one that this kernel doesn't have is left out.
  static func read(_ names: [String], from root: HostRoot) -> [String: String] {
    var values: [String: String] = [:]
    for path in [reversePathOfAll] + NeighbourTableRoom.limits + names.flatMap(paths) {
      if let value = try? root.readValue(path) { values[path] = value }
    }
    return values
  }
}
