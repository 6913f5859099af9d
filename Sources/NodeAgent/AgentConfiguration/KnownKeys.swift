/// The keys that the vRouter agent registers, from its table of options.
enum KnownKeys {
  /// Whether the agent is known to read a key.
  static func contains(section: String, key: String) -> Bool {
    if section == "TRACEBUFFSIZE" { return true }
    if let (prefix, keys) = numbered(section) {
      let number = section.utf8.dropFirst(prefix.utf8.count)
      return number.allSatisfy(Ascii.isDigit) && UInt16(section.dropFirst(prefix.count)) != nil
        && keys.contains(key)
    }
    return table[section]?.contains(key) == true
  }

  /// Sections that come once for each queue or priority group, named by its number.
  private static func numbered(_ section: String) -> (prefix: String, keys: Set<String>)? {
    [("QUEUE-", ["logical_queue", "default_hw_queue"]), ("PG-", ["scheduling", "bandwidth"])]
      .first { section.hasPrefix($0.0) }
  }

  /// The known key that looks most like one that isn't known, as `[SECTION] key`; nil when none is close. A key that is
  /// right but for its section is close to every section that has it.
  static func nearest(section: String, key: String) -> String? {
    if let (prefix, keys) = numbered(section), keys.contains(key) { return "[\(prefix)<number>] \(key)" }
    let alike = table.filter { $0.value.contains(key) }.keys.sorted()
    if !alike.isEmpty {
      let close = alike.compactMap { name in
        distance(section, name, limit: 3).map { (distance: $0, name: name) }
      }
      let meant = close.min { ($0.distance, $0.name) < ($1.distance, $1.name) }.map { [$0.name] } ?? alike
      return meant.prefix(3).map { "[\($0)] \(key)" }.joined(separator: " or ")
    }
    var best: (distance: Int, text: String)?
    for (knownSection, keys) in table {
      for known in keys {
        let distance = distance("\(section) \(key)", "\(knownSection) \(known)", limit: 4)
        let text = "[\(knownSection)] \(known)"
        guard let distance, best.map({ (distance, text) < $0 }) ?? true else { continue }
        best = (distance, text)
      }
    }
    return best?.text
  }

  /// Letters of the other case are no mistake.
  private static func distance(_ left: String, _ right: String, limit: Int) -> Int? {
    EditDistance.between(left.uppercased(), right.uppercased(), limit: limit)
  }

  static let table: [String: Set<String>] = [
    "CONTROL-NODE": ["servers", "subcluster_name"],
    "CRYPT": ["crypt_interface"],
    "DEFAULT": [
      "agent_base_directory", "agent_mode", "agent_name", "collectors", "dhcp_relay_mode",
      "flow_cache_timeout",
      "gateway_mode", "hostname", "http_server_ip", "http_server_port", "log_category", "log_file",
      "log_file_size", "log_files_count", "log_flow", "log_level", "log_local", "log_property_file",
      "measure_queue_delay", "min_aap_prefix_len", "mirror_client_port", "mvpn_ipv4_enable",
      "physical_interface_address", "physical_interface_mac", "physical_uio_driver", "platform",
      "pkt0_tx_buffers", "rest_port", "sandesh_send_rate_limit", "simulate_evpn_tor",
      "stale_interface_cleanup_timeout", "subnet_hosts_resolvable", "syslog_facility", "tsn_servers",
      "tunnel_type", "use_syslog", "vmi_vm_vn_uve_interval", "vr_object_high_watermark", "xmpp_auth_enable",
      "xmpp_ca_cert", "xmpp_dns_auth_enable", "xmpp_server_cert", "xmpp_server_key",
    ],
    "DNS": ["dns_client_port", "dns_max_retries", "dns_timeout", "servers"],
    "FLOWS": [
      "add_tokens", "del_tokens", "fabric_snat_hash_table_size", "hash_exclude_router_id",
      "index_sm_log_count", "ksync_tokens", "latency_limit", "max_aggregates_per_session_endpoint",
      "max_endpoints_per_session_msg", "max_sessions_per_aggregate", "max_system_linklocal_flows",
      "max_vm_flows", "max_vm_linklocal_flows", "thread_count", "trace_enable", "update_tokens",
    ],
    "HYPERVISOR": [
      "type", "vmware_mode", "vmware_physical_interface", "vmware_physical_port", "xen_ll_interface",
      "xen_ll_ip",
    ],
    "LLGR": [
      "config_fallback_time", "config_inactivity_time", "config_poll_time", "disable",
      "end_of_rib_rx_fallback_time", "end_of_rib_tx_fallback_time", "end_of_rib_tx_inactivity_time",
      "end_of_rib_tx_poll_time", "llgr_stale_time", "stale_config_cleanup_time",
    ],
    "MAC-LEARNING": ["add_tokens", "del_tokens", "thread_count", "update_tokens"],
    "METADATA": [
      "metadata_ca_cert", "metadata_client_cert", "metadata_client_cert_type", "metadata_client_key",
      "metadata_proxy_port", "metadata_proxy_secret", "metadata_use_ssl",
    ],
    "NETWORKS": ["control_network_ip"],
    "NEXTHOP-SERVER": ["add_pid", "endpoint"],
    "QOS": ["priority_tagging"],
    "QOS-NIANTIC": [],
    "RESTART": [
      "backup_count", "backup_dir", "backup_enable", "backup_idle_timeout", "huge_page_1G", "huge_page_2M",
      "restore_audit_timeout", "restore_enable",
    ],
    "SANDESH": [
      "introspect_ssl_enable", "introspect_ssl_insecure", "sandesh_ca_cert", "sandesh_certfile",
      "sandesh_keyfile", "sandesh_server_certfile", "sandesh_server_keyfile", "sandesh_ssl_enable",
    ],
    "SERVICE-INSTANCE": [
      "docker_command", "lb_ssl_cert_path", "lbaas_auth_conf", "netns_command", "netns_timeout",
      "netns_workers",
    ],
    "SERVICES": ["bgp_as_a_service_port_range", "bgpaas_max_shared_sessions", "queue_limit"],
    "SESSION": ["sample_destination", "slo_destination"],
    "STATS": ["stats_collector"],
    "TASK": [
      "flow_netlink_pin_cpuid", "ksync_thread_cpu_pin_policy", "log_exec_threshold",
      "log_schedule_threshold", "task_monitor_timeout", "tbb_keepawake_timeout", "thread_count",
    ],
    "VIRTUAL-HOST-INTERFACE": [
      "compute_node_address", "eth_port_encap_type", "eth_port_no_arp", "gateway", "ip", "loopback_ip",
      "name",
      "physical_interface", "physical_interface_addr", "physical_port_routes",
    ],
  ]
}
