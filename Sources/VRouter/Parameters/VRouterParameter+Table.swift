extension VRouterParameter {
  /// Every parameter of the module. Defaults: tf-vrouter at e6e94a6 (linux/vrouter_mod.c and the files it names).
  public static let all: [VRouterParameter] = [
    VRouterParameter(
      "vr_flow_entries", .uint, 524_288, "entries of the flow table, 256 bytes each",
      limits: table(of: 256, roundedTo: 4, .agentStartFails)),
    VRouterParameter(
      "vr_oflow_entries", .uint, 0, "entries of the flow overflow table; 0 takes a fifth of vr_flow_entries",
      limits: [noWrap(of: 256, roundedTo: 4, .agentStartFails)]),
    VRouterParameter(
      "vr_bridge_entries", .uint, 262_144, "entries of the bridge table, 64 bytes each",
      limits: table(of: 64, roundedTo: 4, .agentStartFails)),
    VRouterParameter(
      "vr_bridge_oentries", .uint, 0,
      "entries of the bridge overflow table; 0 takes a fifth of vr_bridge_entries",
      limits: [noWrap(of: 64, roundedTo: 4, .agentStartFails)]),
    VRouterParameter(
      "vif_bridge_entries", .uint, 1024, "entries of the bridge table of each vif that learns addresses",
      limits: [notZero(.interfacesFail)]),
    VRouterParameter(
      "vif_bridge_oentries", .uint, 512, "entries of that table's overflow table"),
    VRouterParameter(
      "vr_mpls_labels", .uint, 5120, "MPLS labels, 8 bytes each",
      limits: table(of: 8, roundedTo: 1, .loadFails)),
    VRouterParameter(
      "vr_nexthops", .uint, 524_288, "next hops, 8 bytes each", limits: table(of: 8, roundedTo: 1, .loadFails)
    ),
    VRouterParameter(
      "vr_vrfs", .uint, 4096, "routing instances",
      limits: [
        notZero(.agentStartFails),
        Limit(
          allowed: 0...65_536, effect: .agentStartFails,
          reason:
            "the module takes at most 65536 routing instances: it loads, and the vRouter agent's start is refused",
          remedy: "set vr_vrfs to at most 65536"),
      ]),
    VRouterParameter(
      "vr_interfaces", .uint, 4355, "vifs, 8 bytes each; a vif's index is its link's interface index",
      limits: [notZero(.loadFails)]),
    VRouterParameter("vr_flow_hold_limit", .uint, 8192, "flows that may wait for the agent's decision"),
    VRouterParameter(
      "vr_pkt_droplog_bufsz", .uint, 200,
      "records of the log of dropped packets, 168 bytes each, for each CPU",
      limits: [
        Limit(
          allowed: 1...Int64(UInt32.max), effect: .crash,
          reason: "a log without room is written to nevertheless, and the kernel crashes",
          remedy: "leave vr_pkt_droplog_bufsz out; vr_pkt_droplog_sysctl_en=0 switches the log off safely")
      ]),
    VRouterParameter(
      "vr_pkt_droplog_buf_en", .uint, 1, "whether the log of dropped packets gets its memory",
      limits: [
        Limit(
          allowed: 1...1, effect: .crash,
          reason:
            "without the log's memory the kernel crashes when the module is unloaded or its load fails, "
            + "and the next load hangs until a reboot",
          remedy: "leave vr_pkt_droplog_buf_en out; vr_pkt_droplog_sysctl_en=0 switches the log off safely")
      ]),
    VRouterParameter("vr_pkt_droplog_sysctl_en", .uint, 1, "whether dropped packets are logged"),
    VRouterParameter("vr_pkt_droplog_min_sysctl_en", .uint, 1, "whether only the reason of a drop is logged"),
    VRouterParameter("vr_uncond_close_flow_on_tcp_rst", .uint, 0, "whether a TCP reset closes its flow"),
    VRouterParameter("vrouter_dbg", .int, 0, "whether the module writes more to the kernel's log"),
    VRouterParameter(
      "vr_memory_alloc_checks", .uint, 0,
      "whether 8 bytes are added to each allocation, to check it when freed"),
    VRouterParameter(
      "datapath_offloads", .uint, 0, "whether the data path is offloaded, where a driver offers it"),
    VRouterParameter("vr_perfr", .uint, 1, "receive offload (GRO)"),
    VRouterParameter("vr_perfs", .uint, 1, "segmentation offload"),
    VRouterParameter("vr_perfp", .uint, 1, "whether packets are pulled into one piece"),
    VRouterParameter("vr_perfr1", .uint, 0, "packet steering before decapsulation"),
    VRouterParameter("vr_perfr2", .uint, 1, "packet steering after decapsulation"),
    VRouterParameter("vr_perfr3", .uint, 1, "packet steering after receive offload"),
    VRouterParameter("vr_perfq1", .uint, 0, "CPU that packets are steered to with vr_perfr1; 0 for all"),
    VRouterParameter("vr_perfq2", .uint, 0, "CPU that packets are steered to with vr_perfr2; 0 for all"),
    VRouterParameter("vr_perfq3", .uint, 0, "CPU that packets are steered to with vr_perfr3; 0 for all"),
    VRouterParameter("vr_force_ipv6_underlay_enabled", .bool, 0, "whether the underlay is taken for IPv6"),
  ]

  /// A table is sized in 32 bits: what doesn't fit wraps round.
  private static func table(of size: Int64, roundedTo multiple: Int64, _ effect: Effect) -> [Limit] {
    [notZero(effect), noWrap(of: size, roundedTo: multiple, effect)]
  }

  private static func notZero(_ effect: Effect) -> Limit {
    Limit(
      allowed: 1...Int64(UInt32.max), effect: effect,
      reason: "a table without entries can't be made, which the module reports as a lack of memory",
      remedy: "give at least 1, or leave the option out for its default")
  }

  private static func noWrap(of size: Int64, roundedTo multiple: Int64, _ effect: Effect) -> Limit {
    let most = Int64(UInt32.max) / size / multiple * multiple
    return Limit(
      allowed: 0...most, effect: effect,
      reason: "the module computes the table's size in 32 bits, and \(size) bytes an entry exceed 4 GiB",
      remedy: "give at most \(most)")
  }
}
