import Netlink

/// The sections, in the order of the file.
extension AgentConfigurationBuilder {
  mutating func controlNode() {
    add("CONTROL-NODE", "servers", settings.servers.xmpp)
    if let subcluster = settings.agent.subcluster { add("CONTROL-NODE", "subcluster_name", subcluster) }
  }

  mutating func defaults() {
    let agent = settings.agent
    add("DEFAULT", "http_server_ip", introspectAddress)
    if let port = agent.introspectPort { add("DEFAULT", "http_server_port", port.map { "\($0)" }) }
    add("DEFAULT", "collectors", settings.servers.collectors)
    add(
      "DEFAULT", "log_file",
      agent.logDirectory.map { ($0 == "/" ? "" : $0) + "/vrouter-agent/contrail-vrouter-agent.log" })
    add("DEFAULT", "log_level", agent.logLevel)
    add("DEFAULT", "log_local", agent.logLocal)
    let name = agentName
    if HostName.isNodeName(name.value) {
      add("DEFAULT", "hostname", name)
      add("DEFAULT", "agent_name", name)
    } else {
      refuse(
        "DEFAULT", "agent_name", origin: name.origin, found: "a host name with other characters, or none",
        expected: "VROUTER_HOSTNAME, or a host name of letters, digits, '-', '_' and '.'",
        remedies: ["VROUTER_HOSTNAME"])
    }
    let certificates = settings.certificates
    add("DEFAULT", "xmpp_dns_auth_enable", certificates.xmppEnabled)
    add("DEFAULT", "xmpp_auth_enable", certificates.xmppEnabled)
    if certificates.xmppEnabled.value {
      add("DEFAULT", "xmpp_server_cert", certificates.xmppCertificate)
      add("DEFAULT", "xmpp_server_key", certificates.xmppKey)
      add("DEFAULT", "xmpp_ca_cert", certificates.xmppCA)
    }
    let macs = facts.physicalInterfaces.map { "\($0.mac)" }.joined(separator: " ")
    add("DEFAULT", "physical_interface_mac", detected(macs, "MAC of the physical interface"))
    dpdk()
    serviceNodes()
  }

  mutating func sandesh() {
    let certificates = settings.certificates
    add("SANDESH", "introspect_ssl_enable", certificates.introspectEnabled)
    add("SANDESH", "sandesh_ssl_enable", certificates.sandeshEnabled)
    guard certificates.introspectEnabled.value else { return }
    add("SANDESH", "introspect_ssl_insecure", certificates.introspectInsecure)
    add("SANDESH", "sandesh_keyfile", certificates.sandeshKey)
    add("SANDESH", "sandesh_certfile", certificates.sandeshCertificate)
    add("SANDESH", "sandesh_server_keyfile", certificates.sandeshServerKey)
    add("SANDESH", "sandesh_server_certfile", certificates.sandeshServerCertificate)
    add("SANDESH", "sandesh_ca_cert", certificates.sandeshCA)
  }

  mutating func networks() {
    let goal = settings.host.gateways == nil ? "the first control node" : "VROUTER_GATEWAY"
    add(
      "NETWORKS", "control_network_ip",
      detected("\(facts.controlNetworkAddress)", "this node's address on the interface to \(goal)"))
  }

  mutating func dns() {
    add("DNS", "servers", settings.servers.dns)
  }

  mutating func metadata() {
    add("METADATA", "metadata_proxy_secret", secret: settings.agent.metadataProxySecret)
    guard let files = settings.certificates.metadata else { return }
    add("METADATA", "metadata_use_ssl", files.enabled)
    add("METADATA", "metadata_client_cert", files.certificate)
    add("METADATA", "metadata_client_key", files.key)
    add("METADATA", "metadata_ca_cert", files.ca)
    if let type = files.certificateType { add("METADATA", "metadata_client_cert_type", type) }
  }

  mutating func virtualHostInterface() {
    let section = "VIRTUAL-HOST-INTERFACE"
    add(section, "name", fixed("vhost0"))
    let address = facts.vhostNetwork?.map { "\($0)" } ?? detected("\(facts.vhostAddress)", vhostRule)
    add(section, "ip", isMultihomed ? fixed("") : address)
    if let doubt = facts.addressDoubt, !isMultihomed, !isOverridden(section, "ip") { warnings.append(doubt) }
    computeNodeAddress(section)
    if facts.physicalInterfaces.isEmpty {
      refuse(section, "physical_interface", origin: nil, found: "none", expected: "a physical interface")
    } else {
      let names = facts.physicalInterfaces.map(\.name.text).joined(separator: " ")
      let origin =
        settings.host.physicalInterfaces?.origin ?? .detected(facts.interfaceReason ?? "physical interface")
      add(section, "physical_interface", Sourced(value: names, origin: origin))
    }
    let gateways =
      settings.host.gateways
      ?? Sourced(
        value: facts.gateways,
        origin: .detected(facts.gatewayReason ?? "gateway of the interface's default route"))
    if !gateways.value.isEmpty {
      add(section, "gateway", gateways.map { $0.map(\.description).joined(separator: " ") })
    } else if facts.defaultRouteIsOverVhost {
      refuse(
        section, "gateway", origin: nil, found: "no gateway, while the default route is over vhost0",
        expected: "VROUTER_GATEWAY, or a default route with a gateway")
    }
    guard isMultihomed, let address = computeNodeAddress else { return }
    let addresses = facts.physicalInterfaces.compactMap { $0.address?.description }.joined(separator: " ")
    add(section, "physical_interface_addr", detected(addresses, "addresses of the physical interfaces"))
    add(section, "loopback_ip", address)
  }

  private mutating func computeNodeAddress(_ section: String) {
    if let address = computeNodeAddress {
      add(section, "compute_node_address", address)
    } else if settings.lacksNodeAddress {
      refuse(
        section, "compute_node_address", origin: settings.host.physicalInterfaces?.origin,
        found: Contradictions.unnamedNode(facts.physicalInterfaces.count),
        expected: Contradictions.nodeAddressExpected,
        remedies: ["PHYSICAL_INTERFACE", "L3MH_CIDR", "VROUTER_COMPUTE_NODE_ADDRESS"])
    } else {
      refuse(
        section, "compute_node_address", origin: settings.host.multihoming?.origin,
        found: "no address on the loopback interface in the range of L3MH_CIDR",
        expected: "VROUTER_COMPUTE_NODE_ADDRESS, or such an address",
        remedies: ["VROUTER_COMPUTE_NODE_ADDRESS"])
    }
  }

  /// With several physical interfaces the node is known by its loopback address, which is reached over each of them; nil
  /// where it has none.
  private var computeNodeAddress: Sourced<String>? {
    if let address = settings.agent.computeNodeAddress { return address.map { "\($0)" } }
    guard isMultihomed else { return detected("\(facts.vhostAddress.address)", vhostRule) }
    return facts.loopbackAddress.map { detected("\($0)", "loopback address in the range of L3MH_CIDR") }
  }

  private var isMultihomed: Bool { facts.physicalInterfaces.count > 1 }

  mutating func serviceInstance() {
    add("SERVICE-INSTANCE", "netns_command", fixed("/usr/local/bin/opencontrail-vrouter-netns"))
    add("SERVICE-INSTANCE", "docker_command", fixed("/usr/local/bin/opencontrail-vrouter-docker"))
  }

  mutating func hypervisor() {
    add("HYPERVISOR", "type", settings.agent.hypervisorType)
  }

  mutating func flows() {
    add("FLOWS", "fabric_snat_hash_table_size", settings.agent.fabricSnatHashTableSize.map { "\($0)" })
  }

  mutating func session() {
    add("SESSION", "slo_destination", settings.agent.sloDestination)
    add("SESSION", "sample_destination", settings.agent.sampleDestination)
  }

  mutating func stats() {
    if let collector = settings.agent.statsCollector { add("STATS", "stats_collector", collector) }
  }

  /// `VROUTER_HOSTNAME`; else the name that resolves from vhost0's address; else the host's full name.
  private var agentName: Sourced<String> {
    if let name = settings.agent.hostName { return name }
    if let name = facts.nameOfVhostAddress { return detected(name, "name of vhost0's address") }
    return detected(facts.hostName, "full name of the host")
  }

  private var introspectAddress: Sourced<String> {
    // Over several interfaces vhost0 has no address of its own.
    let own = (isMultihomed ? facts.loopbackAddress : nil) ?? facts.vhostAddress.address
    return settings.agent.introspectListensOnAll.map { $0 ? "0.0.0.0" : "\(own)" }
  }

  private var vhostRule: String {
    facts.vhostExists ? "address of vhost0" : "address of the physical interface, which vhost0 will take over"
  }

  private func detected(_ value: String, _ rule: String) -> Sourced<String> {
    Sourced(value: value, origin: .detected(rule))
  }

  private func fixed(_ value: String) -> Sourced<String> {
    Sourced(value: value, origin: .defaultValue(of: nil))
  }
}
