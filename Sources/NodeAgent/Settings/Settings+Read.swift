import KernelModule

extension Settings {
  /// Reads every parameter.
  ///
  /// - Parameters:
  ///   - environment: the process environment; it wins over the file.
  ///   - file: the file given with `--env-file`; its problems are reported together with those of the values.
  /// - Throws: everything that is wrong, at once.
  static func read(environment: [String: String], file: EnvironmentFile? = nil) throws(SettingsError)
    -> Settings
  {
    let reading = SettingsReading(environment: environment, file: file)
    guard reading.problems.isEmpty else { throw SettingsError(problems: reading.problems) }
    return reading.settings
  }

  /// Reads with a reader that keeps what is wrong; the result is of use only when that is nothing.
  static func read(with reader: inout SettingsReader) -> Settings {
    let host = reader.host()
    let servers = reader.servers(of: host)
    let agent = reader.agent()
    let certificates = reader.certificates()
    let module = reader.module()
    let verification = reader.verification()
    let node = reader.node()
    let ownership = reader.ownership()
    let overrides = reader.overrides()
    let dataPath = reader.dataPath()
    let serviceNodes = reader.serviceNodes()
    let queues = reader.queueSettings()
    let configurationAPI = reader.configurationAPI(host)
    let keystone = reader.keystone()
    let loadBalancer = reader.loadBalancer()
    reader.warnAboutDPDK(dataPath)
    reader.warnAboutMisspeltNames()
    return Settings(
      host: host, dataPath: dataPath, servers: servers, agent: agent, serviceNodes: serviceNodes,
      queues: queues, certificates: certificates, configurationAPI: configurationAPI, keystone: keystone,
      loadBalancer: loadBalancer, module: module, verification: verification, node: node,
      ownership: ownership, overrides: overrides, warnings: reader.warnings)
  }
}

extension SettingsReader {
  fileprivate mutating func host() -> HostSettings {
    let none = Sourced<NodeList>(value: .defaultAddress, origin: .defaultValue(of: "CONTROLLER_NODES"))
    let controller = nodes("CONTROLLER_NODES", else: none)
    let config = nodes("CONFIG_NODES", else: controller)
    let analytics = nodes("ANALYTICS_NODES", else: controller)
    let control = nodes("CONTROL_NODES", else: config)
    let nodeName = "a host name: letters, digits, '-', '_' and '.'"
    return HostSettings(
      physicalInterfaces: selectors("PHYSICAL_INTERFACE"),
      gateways: list(
        "VROUTER_GATEWAY", separators: ", \t", expected: "IP addresses of gateways, separated by commas",
        Self.unicast),
      multihoming: optional("L3MH_CIDR", expected: Self.multihomingExpected, Self.range),
      linkWait: value("VROUTER_WAIT_FOR_LINK", expected: Self.durationExpected, Self.duration),
      resolveTimeout: value("VROUTER_RESOLVE_TIMEOUT", expected: Self.timeoutExpected, Self.timeout),
      nodeName: optional("NODE_NAME", expected: nodeName) { HostName.isNodeName($0) ? $0 : nil },
      nodesMap: nodesMap(),
      controllerNodes: controller, configNodes: config, analyticsNodes: analytics, controlNodes: control,
      dnsNodes: nodes("DNS_NODES", else: control),
      orchestrator: value("CLOUD_ORCHESTRATOR", expected: "none, kubernetes or openstack") {
        Orchestrator(rawValue: $0.lowercased())
      },
      kubernetesAPIServer: optional(
        "KUBERNETES_API_SERVER", expected: "a host name or an IP address", Self.node),
      kubernetesAPIPort: value("KUBERNETES_API_SECURE_PORT", expected: Self.portExpected, Self.port),
      takesOver: flag("VROUTER_TAKEOVER", "KERNEL_INIT_VHOST0"),
      podSubnets: podSubnets(),
      probeDirectory: optional("VROUTER_PROBE_DIR", expected: Self.pathExpected, Self.path),
      dhcp: value("VROUTER_DHCP", expected: "static or follow") { DHCPPolicy(rawValue: $0.lowercased()) },
      balancedBond: value("VROUTER_BALANCE_ALB", expected: "refuse or accept") {
        BalancedBondPolicy(rawValue: $0.lowercased())
      },
      vhostWait: value("VROUTER_WAIT_FOR_VHOST0", expected: Self.durationExpected, Self.duration))
  }

  fileprivate mutating func servers(of host: HostSettings) -> ServerSettings {
    let xmppPort = value("XMPP_SERVER_PORT", expected: Self.portExpected, Self.port)
    let dnsPort = value("DNS_SERVER_PORT", expected: Self.portExpected, Self.port)
    let collectorPort = value("COLLECTOR_PORT", expected: Self.portExpected, Self.port)
    return ServerSettings(
      xmpp: servers("XMPP_SERVERS", else: host.controlNodes, port: xmppPort),
      dns: servers("DNS_SERVERS", else: host.dnsNodes, port: dnsPort),
      collectors: servers("COLLECTOR_SERVERS", else: host.analyticsNodes, port: collectorPort))
  }

  fileprivate mutating func agent() -> AgentSettings {
    let xflow = optional("XFLOW_NODE_IP", expected: "an IP address", Self.unicast)
    let destinations = AgentKeyType.destinations
    let sample = optional("SAMPLE_DESTINATION", expected: destinations.expected) {
      Self.text($0, for: destinations)
    }
    let sampleDefault =
      xflow.map { $0.map { _ in "collector syslog" } }
      ?? Sourced(value: "collector", origin: .defaultValue(of: "SAMPLE_DESTINATION"))
    let booleans = ["true", "false", "1", "0", "yes", "no", "on", "off"]
    return AgentSettings(
      subcluster: optional("SUBCLUSTER", expected: Self.tokenExpected, Self.token),
      introspectListensOnAll: flag("INTROSPECT_LISTEN_ALL"),
      introspectPort: optional("VROUTER_AGENT_INTROSPECT_PORT", expected: Self.portExpected, Self.port),
      logDirectory: value("LOG_DIR", expected: Self.pathExpected, Self.path),
      logLevel: logLevel(),
      logLocal: value("LOG_LOCAL", expected: booleans.joined(separator: ", ")) {
        booleans.contains($0.lowercased()) ? $0 : nil
      },
      hostName: optional("VROUTER_HOSTNAME", expected: "a host name: letters, digits, '-', '_' and '.'") {
        HostName.isNodeName($0) ? $0 : nil
      },
      computeNodeAddress: optional(
        "VROUTER_COMPUTE_NODE_ADDRESS", expected: "an IP address without a prefix length", Self.unicast),
      metadataProxySecret: value("METADATA_PROXY_SECRET", expected: Self.wordsExpected) {
        Self.configurationText($0).map(Secret.init)
      },
      hypervisorType: value("HYPERVISOR_TYPE", expected: "kvm, xen or vmware") {
        ["kvm", "xen", "vmware"].contains($0) ? $0 : nil
      },
      fabricSnatHashTableSize: value(
        "FABRIC_SNAT_HASH_TABLE_SIZE", expected: "a whole number from 1 to \(UInt16.max)"
      ) { Self.number($0, in: 1...Int(UInt16.max)).map { UInt32($0) } },
      sloDestination: value("SLO_DESTINATION", expected: destinations.expected) {
        Self.text($0, for: destinations)
      },
      sampleDestination: sample ?? sampleDefault,
      statsCollector: optional("STATS_COLLECTOR_DESTINATION_PATH", expected: Self.tokenExpected, Self.token))
  }

  private mutating func logLevel() -> Sourced<String> {
    let levels = [
      "SYS_EMERG", "SYS_ALERT", "SYS_CRIT", "SYS_ERR", "SYS_WARN", "SYS_NOTICE", "SYS_INFO", "SYS_DEBUG",
    ]
    let level = value("LOG_LEVEL", expected: Self.tokenExpected, Self.token)
    if !levels.contains(level.value) {
      warn(
        ["LOG_LEVEL"], "'\(level.value)' is none of the levels known here: \(levels.joined(separator: ", "))")
    }
    return level
  }

  fileprivate mutating func module() -> ModuleSettings {
    let (reservesTables, hugePages) = tableReservation()
    return ModuleSettings(
      options: optional(
        "VROUTER_MODULE_OPTIONS",
        expected: "name=value pairs separated by blanks, each name once, no other quotes"
      ) { try? ModuleOptions(parsing: $0) },
      directory: optional("VROUTER_MODULE_DIR", expected: Self.pathExpected, Self.path),
      loadAttempts: value("VROUTER_MODULE_LOAD_ATTEMPTS", expected: "a whole number from 1 to 100") {
        Self.number($0, in: 1...100)
      },
      loadBackoff: value(
        "VROUTER_MODULE_LOAD_BACKOFF", expected: Self.durationExpected, Self.duration),
      loadBackoffLimit: value(
        "VROUTER_MODULE_LOAD_BACKOFF_MAX", expected: Self.durationExpected, Self.duration),
      loadTimeout: value(
        "VROUTER_MODULE_LOAD_TIMEOUT",
        expected: "a time from 1s to 60m: seconds such as 30, or with a unit: 500ms, 30s, 2m"
      ) { text in
        Self.duration(text).flatMap { (.seconds(1) ... .seconds(3600)).contains($0) ? $0 : nil }
      },
      memory: memory(), reservesTables: reservesTables, hugePages: hugePages,
      replacement: value("VROUTER_MODULE_REPLACE", expected: "never or if-unused") {
        ModuleReplacement(rawValue: $0.lowercased())
      },
      installs: flag("VROUTER_MODULE_INSTALL"))
  }
}
