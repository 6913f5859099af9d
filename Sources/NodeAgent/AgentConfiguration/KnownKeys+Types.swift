/// What the vRouter agent takes for the values of its keys, from the C++ types of its table of options.
extension KnownKeys {
  /// The type of a key's value; nil for keys that the agent isn't known to read.
  static func type(section: String, key: String) -> AgentKeyType? {
    guard contains(section: section, key: key) else { return nil }
    if section == "TRACEBUFFSIZE" { return .whole }
    if section.hasPrefix("QUEUE-") { return key == "default_hw_queue" ? .boolean : .logicalQueues }
    if section.hasPrefix("PG-") { return key == "bandwidth" ? .number(0...100) : .word(["strict", "rr"]) }
    return types[section]?[key] ?? .text
  }

  /// Those that aren't any text.
  static let types: [String: [String: AgentKeyType]] = [
    "CONTROL-NODE": ["servers": .servers],
    "DEFAULT": [
      "agent_base_directory": .path, "agent_mode": .agentMode, "agent_name": .name,
      "collectors": .servers, "dhcp_relay_mode": .boolean, "flow_cache_timeout": .short,
      "gateway_mode": .anyCase(["server", "vcpe", "pbb", "none"]), "hostname": .name,
      "http_server_ip": .address, "http_server_port": .port,
      "log_file": .path, "log_file_size": .number(0...UInt64(Int64.max)),
      "log_files_count": .number(0...UInt64(Int32.max)), "log_flow": .boolean, "log_local": .boolean,
      "log_property_file": .path, "measure_queue_delay": .boolean, "min_aap_prefix_len": .short,
      "mirror_client_port": .port, "mvpn_ipv4_enable": .boolean, "physical_interface_mac": .macs,
      "pkt0_tx_buffers": .whole, "platform": .word(["dpdk", "nic", "kernel", "host", "default", ""]),
      "rest_port": .port, "sandesh_send_rate_limit": .whole, "simulate_evpn_tor": .boolean,
      "stale_interface_cleanup_timeout": .whole, "subnet_hosts_resolvable": .boolean,
      "tsn_servers": .nodes, "tunnel_type": .word(["MPLSoGRE", "MPLSoUDP", "VXLAN"]), "use_syslog": .boolean,
      "vmi_vm_vn_uve_interval": .short, "vr_object_high_watermark": .decimal, "xmpp_auth_enable": .boolean,
      "xmpp_ca_cert": .path, "xmpp_dns_auth_enable": .boolean, "xmpp_server_cert": .path,
      "xmpp_server_key": .path,
    ],
    "DNS": [
      "dns_client_port": .port, "dns_max_retries": .whole, "dns_timeout": .whole, "servers": .servers,
    ],
    "FLOWS": [
      "add_tokens": .whole, "del_tokens": .whole, "fabric_snat_hash_table_size": .short,
      "hash_exclude_router_id": .boolean, "index_sm_log_count": .short, "ksync_tokens": .whole,
      "latency_limit": .short, "max_aggregates_per_session_endpoint": .short,
      "max_endpoints_per_session_msg": .short, "max_sessions_per_aggregate": .short,
      "max_system_linklocal_flows": .short, "max_vm_flows": .decimal, "max_vm_linklocal_flows": .short,
      "thread_count": .short, "trace_enable": .boolean, "update_tokens": .whole,
    ],
    "HYPERVISOR": [
      "type": .word(["kvm", "xen", "vmware"]), "vmware_mode": .word(["esxi_neutron", "vcenter"]),
      "xen_ll_ip": .network,
    ],
    "LLGR": [
      "config_fallback_time": .short, "config_inactivity_time": .short, "config_poll_time": .short,
      "disable": .boolean, "end_of_rib_rx_fallback_time": .short, "end_of_rib_tx_fallback_time": .short,
      "end_of_rib_tx_inactivity_time": .short, "end_of_rib_tx_poll_time": .short, "llgr_stale_time": .short,
      "stale_config_cleanup_time": .short,
    ],
    "MAC-LEARNING": [
      "add_tokens": .whole, "del_tokens": .whole, "thread_count": .whole, "update_tokens": .whole,
    ],
    "METADATA": [
      "metadata_ca_cert": .path, "metadata_client_cert": .path, "metadata_client_key": .path,
      "metadata_proxy_port": .port, "metadata_use_ssl": .boolean,
    ],
    "NETWORKS": ["control_network_ip": .address],
    "NEXTHOP-SERVER": ["add_pid": .boolean],
    "QOS": ["priority_tagging": .boolean],
    "RESTART": [
      "backup_count": .short, "backup_dir": .path, "backup_enable": .boolean,
      "backup_idle_timeout": .number(0...UInt64.max), "huge_page_1G": .pathPair, "huge_page_2M": .pathPair,
      "restore_audit_timeout": .number(0...UInt64.max), "restore_enable": .boolean,
    ],
    "SANDESH": [
      "introspect_ssl_enable": .boolean, "introspect_ssl_insecure": .boolean, "sandesh_ca_cert": .path,
      "sandesh_certfile": .path, "sandesh_keyfile": .path, "sandesh_server_certfile": .path,
      "sandesh_server_keyfile": .path, "sandesh_ssl_enable": .boolean,
    ],
    "SERVICE-INSTANCE": [
      "lb_ssl_cert_path": .path, "lbaas_auth_conf": .path,
      "netns_timeout": .number(0...UInt64(Int32.max)), "netns_workers": .number(0...UInt64(Int32.max)),
    ],
    "SERVICES": [
      "bgp_as_a_service_port_range": .portRange, "bgpaas_max_shared_sessions": .whole, "queue_limit": .whole,
    ],
    "SESSION": ["sample_destination": .destinations, "slo_destination": .destinations],
    "TASK": [
      "flow_netlink_pin_cpuid": .whole, "log_exec_threshold": .whole, "log_schedule_threshold": .whole,
      "task_monitor_timeout": .whole, "tbb_keepawake_timeout": .whole, "thread_count": .whole,
    ],
    "VIRTUAL-HOST-INTERFACE": [
      "compute_node_address": .plainAddresses, "eth_port_no_arp": .boolean, "gateway": .addresses,
      "ip": .prefix, "loopback_ip": .address, "physical_interface": .interfaces,
      "physical_interface_addr": .addresses,
      "physical_port_routes": .list,
    ],
  ]
}
