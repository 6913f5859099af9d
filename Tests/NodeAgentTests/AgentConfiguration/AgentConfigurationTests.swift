import Netlink
import Testing

@testable import NodeAgent

/// A host with one uplink, as the golden files assume it.
func exampleFacts() throws -> ConfigurationFacts {
  ConfigurationFacts(
    physicalInterfaces: [
      .init(
        name: try #require(InterfaceName("eth1")), mac: try #require(MACAddress("52:54:00:12:34:56")))
    ],
    vhostAddress: try #require(IPPrefix("10.20.0.15/24")),
    vhostExists: false,
    gateways: [try #require(IPAddress("10.20.0.1"))],
    defaultRouteIsOverVhost: true,
    controlNetworkAddress: try #require(IPAddress("10.20.0.15")),
    defaultAddress: IPAddress("10.20.0.15"),
    nameOfVhostAddress: nil,
    hostName: "node1.example.org")
}

/// The configuration that an environment gives on the example host, after a change to its facts.
func render(
  _ environment: [String: String] = [:], _ change: (inout ConfigurationFacts) throws -> Void = { _ in }
) throws -> AgentConfiguration {
  var facts = try exampleFacts()
  try change(&facts)
  return try AgentConfiguration(settings: readSettings(environment), facts: facts)
}

@Suite struct AgentConfigurationTests {
  /// A host with IPv6 alone, as far as a configuration shows it.
  private func alone(_ facts: inout ConfigurationFacts) throws {
    let address = try #require(IPAddress("fd00:1::5"))
    facts.vhostAddress = try #require(IPPrefix("fd00:1::5/64"))
    facts.gateways = [try #require(IPAddress("fd00:1::1"))]
    (facts.controlNetworkAddress, facts.defaultAddress) = (address, address)
  }

  /// One warning names every key that the agent can't read, and what to set; the node is prepared all the same.
  @Test func aNodeWithIPv6AloneIsTold() throws {
    let warnings = try render([:], alone).warnings
    #expect(
      warnings == [
        "[CONTROL-NODE] servers, [DEFAULT] collectors, [NETWORKS] control_network_ip, [DNS] servers, [VIRTUAL-HOST-INTERFACE] ip, [VIRTUAL-HOST-INTERFACE] compute_node_address, [VIRTUAL-HOST-INTERFACE] gateway: an IPv6 address, where the vRouter agent reads IPv4 alone: it goes on without what it can't read, and splits host:port at each colon; it needs an IPv4 address on the physical interface, and IPv4 in CONTROL_NODES, ANALYTICS_NODES, DNS_NODES, VROUTER_COMPUTE_NODE_ADDRESS, VROUTER_GATEWAY"
      ])
  }

  @Test(
    arguments: [
      ([:], nil), (["CONTROL_NODES": "10.0.0.1,ctl-2"], nil),
      (["VROUTER_GATEWAY": "192.0.2.1,fd00::1"], "[VIRTUAL-HOST-INTERFACE] gateway: "),
      (["VROUTER_COMPUTE_NODE_ADDRESS": "fd00::7"], "[VIRTUAL-HOST-INTERFACE] compute_node_address: "),
      // The settings' own warning names these.
      (["CONTROL_NODES": "fd00::9"], nil), (["XMPP_SERVERS": "[fd00::9]:5269"], nil),
      (
        [
          "VROUTER_GATEWAY": "fd00::1",
          "VROUTER_AGENT__VIRTUALDASHHOSTDASHINTERFACE__gateway": "192.0.2.1",
        ], nil
      ),
    ] as [([String: String], String?)])
  func anIPv6AddressInAKeyOfIPv4IsTold(_ environment: [String: String], _ start: String?) throws {
    let warnings = try render(environment).warnings
    #expect(warnings.count == (start == nil ? 0 : 1))
    #expect(warnings.first?.hasPrefix(start ?? "") != false, "\(warnings)")
  }

  @Test func whatAnOverrideReplacesIsNotToldOf() throws {
    let warnings = try render(
      [
        "VROUTER_AGENT__CONTROLDASHNODE__servers": "10.0.0.1:5269",
        "VROUTER_AGENT__DEFAULT__collectors": "10.0.0.1:8086", "VROUTER_AGENT__DNS__servers": "10.0.0.1:53",
        "VROUTER_AGENT__NETWORKS__control_network_ip": "10.0.0.5",
        "VROUTER_AGENT__VIRTUALDASHHOSTDASHINTERFACE__ip": "10.0.0.5/24",
        "VROUTER_AGENT__VIRTUALDASHHOSTDASHINTERFACE__compute_node_address": "10.0.0.5",
        "VROUTER_AGENT__VIRTUALDASHHOSTDASHINTERFACE__gateway": "10.0.0.1",
      ], alone
    ).warnings
    #expect(warnings.isEmpty, "\(warnings)")
  }

  private func value(_ configuration: AgentConfiguration, _ section: String, _ key: String) -> String? {
    configuration.entry(section: section, key: key)?.value.reveal()
  }

  @Test func agentNames() throws {
    let named = try render(["VROUTER_HOSTNAME": "given"]) { $0.nameOfVhostAddress = "resolved" }
    #expect(value(named, "DEFAULT", "agent_name") == "given")
    let resolved = try render { $0.nameOfVhostAddress = "resolved" }
    #expect(value(resolved, "DEFAULT", "agent_name") == "resolved")
    #expect(value(resolved, "DEFAULT", "hostname") == "resolved")
    #expect(
      resolved.entry(section: "DEFAULT", key: "hostname")?.origin == .detected("name of vhost0's address"))
    #expect(value(try render(), "DEFAULT", "agent_name") == "node1.example.org")
  }

  @Test func computeNodeAddresses() throws {
    let section = "VIRTUAL-HOST-INTERFACE"
    #expect(value(try render(), section, "compute_node_address") == "10.20.0.15")
    let given = try render(["VROUTER_COMPUTE_NODE_ADDRESS": "192.0.2.1"])
    #expect(value(given, section, "compute_node_address") == "192.0.2.1")
    #expect(value(given, section, "ip") == "10.20.0.15/24")
  }

  @Test func introspectAddresses() throws {
    #expect(value(try render(), "DEFAULT", "http_server_ip") == "0.0.0.0")
    #expect(value(try render(["INTROSPECT_LISTEN_ALL": "no"]), "DEFAULT", "http_server_ip") == "10.20.0.15")
  }

  @Test func gateways() throws {
    let section = "VIRTUAL-HOST-INTERFACE"
    #expect(value(try render(), section, "gateway") == "10.20.0.1")
    let given = try render(["VROUTER_GATEWAY": "10.20.0.7,10.20.0.8"]) { $0.gateways = [] }
    #expect(value(given, section, "gateway") == "10.20.0.7 10.20.0.8")
    // The default route leaves by another interface: there need not be one, and the key is left out.
    let none = try render {
      $0.gateways = []
      $0.defaultRouteIsOverVhost = false
    }
    #expect(none.entry(section: section, key: "gateway") == nil)
    let error = #expect(throws: AgentConfigurationError.self) { try render { $0.gateways = [] } }
    #expect(
      error?.description
        == "[VIRTUAL-HOST-INTERFACE] gateway: found no gateway, while the default route is over "
        + "vhost0; expected VROUTER_GATEWAY, or a default route with a gateway")
  }

  @Test func nodesThatNobodyNamedAreTheDefaultAddress() throws {
    let configuration = try render { $0.defaultAddress = IPAddress("10.1.0.9") }
    #expect(value(configuration, "CONTROL-NODE", "servers") == "10.1.0.9:5269")
    #expect(value(configuration, "DEFAULT", "collectors") == "10.1.0.9:8086")
    #expect(value(configuration, "DNS", "servers") == "10.1.0.9:53")
    let error = #expect(throws: AgentConfigurationError.self) { try render { $0.defaultAddress = nil } }
    #expect(error?.problems.map(\.section) == ["CONTROL-NODE", "DEFAULT", "DNS"])
    // Where every list is set, no default address is needed.
    _ = try render(["CONTROLLER_NODES": "10.0.0.1"]) { $0.defaultAddress = nil }
  }

  @Test func severalInterfaces() throws {
    let configuration = try render {
      $0.physicalInterfaces.append(
        .init(
          name: try #require(InterfaceName("eth2")), mac: try #require(MACAddress("52:54:00:ab:cd:ef")),
          address: IPPrefix("10.9.0.5/24")))
      $0.loopbackAddress = IPAddress("10.255.0.5")
    }
    #expect(value(configuration, "VIRTUAL-HOST-INTERFACE", "ip") == "")
    #expect(value(configuration, "VIRTUAL-HOST-INTERFACE", "compute_node_address") == "10.255.0.5")
    #expect(value(configuration, "VIRTUAL-HOST-INTERFACE", "loopback_ip") == "10.255.0.5")
    #expect(value(configuration, "VIRTUAL-HOST-INTERFACE", "physical_interface") == "eth1 eth2")
    #expect(
      value(configuration, "DEFAULT", "physical_interface_mac") == "52:54:00:12:34:56 52:54:00:ab:cd:ef")
  }

  @Test func ipv6Hosts() throws {
    let configuration = try render(["INTROSPECT_LISTEN_ALL": "no"]) {
      $0.vhostAddress = try #require(IPPrefix("2001:db8::15/64"))
      $0.gateways = [try #require(IPAddress("fe80::1"))]
      $0.controlNetworkAddress = try #require(IPAddress("2001:db8::15"))
    }
    #expect(value(configuration, "VIRTUAL-HOST-INTERFACE", "ip") == "2001:db8::15/64")
    #expect(value(configuration, "VIRTUAL-HOST-INTERFACE", "compute_node_address") == "2001:db8::15")
    #expect(value(configuration, "VIRTUAL-HOST-INTERFACE", "gateway") == "fe80::1")
    #expect(value(configuration, "DEFAULT", "http_server_ip") == "2001:db8::15")
    #expect(value(configuration, "NETWORKS", "control_network_ip") == "2001:db8::15")
  }

  @Test(
    arguments: [
      (["LOG_LEVEL": "SYS_INFO"], "DEFAULT", "log_level", "LOG_LEVEL (environment)"),
      ([:], "DEFAULT", "log_level", "default of LOG_LEVEL"),
      (["CONTROLLER_NODES": "10.0.0.1"], "DNS", "servers", "CONTROLLER_NODES (environment)"),
      ([:], "DNS", "servers", "detected: address of the interface with the default route"),
      (["SSL_ENABLE": "true"], "DEFAULT", "xmpp_auth_enable", "SSL_ENABLE (environment)"),
      ([:], "DEFAULT", "physical_interface_mac", "detected: MAC of the physical interface"),
      (
        [:], "NETWORKS", "control_network_ip",
        "detected: this node's address on the interface to the first control node"
      ),
      (
        ["VROUTER_GATEWAY": "10.0.0.1"], "NETWORKS", "control_network_ip",
        "detected: this node's address on the interface to VROUTER_GATEWAY"
      ),
      ([:], "VIRTUAL-HOST-INTERFACE", "name", "fixed"),
      (
        [:], "VIRTUAL-HOST-INTERFACE", "ip",
        "detected: address of the physical interface, which vhost0 will take over"
      ),
      (
        ["PHYSICAL_INTERFACE": "eth1"], "VIRTUAL-HOST-INTERFACE", "physical_interface",
        "PHYSICAL_INTERFACE (environment)"
      ),
      (["XFLOW_NODE_IP": "10.0.0.1"], "SESSION", "sample_destination", "XFLOW_NODE_IP (environment)"),
      (
        ["VROUTER_AGENT__HYPERVISOR__type": "xen"], "HYPERVISOR", "type",
        "VROUTER_AGENT__HYPERVISOR__type (environment)"
      ),
    ] as [([String: String], String, String, String)])
  func everyValueKnowsItsOrigin(
    _ environment: [String: String], _ section: String, _ key: String, _ origin: String
  ) throws {
    #expect(try render(environment).entry(section: section, key: key)?.origin.description == origin)
  }

  @Test func theSameInputGivesTheSameBytes() throws {
    let environment = Dictionary(
      uniqueKeysWithValues: (0..<50).map { ("VROUTER_AGENT__TASK__key\($0)", "\($0)") })
    let first = try render(environment)
    for _ in 0..<5 { #expect(try render(environment).text == first.text) }
  }

  @Test func secretsAreShownAsSetOnly() throws {
    let configuration = try render([
      "METADATA_PROXY_SECRET": "hunter2", "VROUTER_AGENT__X__some_token": "hunter3",
      "VROUTER_AGENT__X__empty_token": "",
    ])
    #expect(configuration.text.contains("metadata_proxy_secret=hunter2\n"))
    var dumped = "\(configuration)"
    dump(configuration, to: &dumped)
    #expect(!dumped.contains("hunter"))
    #expect(configuration.entry(section: "METADATA", key: "metadata_proxy_secret")?.shown == "(set)")
    #expect(configuration.entry(section: "X", key: "some_token")?.shown == "(set)")
    #expect(configuration.entry(section: "X", key: "empty_token")?.shown == "(unset)")
    #expect(configuration.entry(section: "HYPERVISOR", key: "type")?.shown == "kvm")
  }

  /// A key that nobody knows may be a misspelt secret, whatever its name has in it.
  @Test(arguments: [
    "VROUTER_AGENT__METADATA__metadata_proxy_secrt", "VROUTER_AGENT__DEFAULT__pass",
    "VROUTER_AGENT__METADTA__metadata_proxy_secret", "VROUTER_AGENT__FLOWS__thread_cuont",
  ])
  func anUnknownOverrideIsASecret(_ name: String) throws {
    let configuration = try render([name: "hunter2"])
    #expect(configuration.text.contains("=hunter2\n"))
    for shown in [
      ConfigurationText.files([configuration.file], showsSecrets: false),
      ConfigurationText.table([configuration.file], showsSecrets: false),
      JSON.document(ConfigurationReport([configuration.file], showsSecrets: false)),
    ] {
      #expect(!shown.contains("hunter2"))
      #expect(shown.contains("(set)"))
    }
  }

  @Test func aNameThatIsNoHostNameIsRefused() throws {
    for name in ["", "a b", "a\n[X]", "a#b"] {
      let error = #expect(throws: AgentConfigurationError.self) { try render { $0.hostName = name } }
      #expect(error?.problems.map(\.key) == ["agent_name"])
    }
  }

  /// Settings refuse such values already; the renderer doesn't rely on it.
  @Test func aValueThatTheAgentWouldMisreadIsRefused() throws {
    for bad in ["hunter2#", "hunter2\nx=y", " hunter2", "hunter2\u{7}"] {
      var settings = try readSettings()
      settings.agent.metadataProxySecret = Sourced(
        value: Secret(bad), origin: .parameter(name: "METADATA_PROXY_SECRET", source: .environment))
      settings.agent.subcluster = Sourced(
        value: "a#b", origin: .parameter(name: "SUBCLUSTER", source: .environment))
      let facts = try exampleFacts()
      let error = #expect(throws: AgentConfigurationError.self) {
        try AgentConfiguration(settings: settings, facts: facts)
      }
      #expect(error?.problems.map(\.key) == ["subcluster_name", "metadata_proxy_secret"])
      let text = error?.description ?? ""
      #expect(
        text.contains("[METADATA] metadata_proxy_secret from METADATA_PROXY_SECRET (environment): found "))
      #expect(!text.contains("hunter2"))
    }
  }
}
