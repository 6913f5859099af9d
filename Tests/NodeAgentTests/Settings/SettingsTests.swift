import Netlink
import Testing

@testable import NodeAgent

/// Reads settings from an environment and, where given, a file's text.
func readSettings(
  _ environment: [String: String] = [:], file: String? = nil
) throws(SettingsError) -> Settings {
  let environmentFile = file.map {
    EnvironmentFile(path: "common.env", bytes: Array($0.utf8), environment: environment)
  }
  return try Settings.read(environment: environment, file: environmentFile)
}

/// The problems that reading finds, as text.
func problems(_ environment: [String: String] = [:], file: String? = nil) -> [String] {
  do throws(SettingsError) {
    _ = try readSettings(environment, file: file)
    return []
  } catch {
    return error.problems.map(\.description)
  }
}

@Suite struct SettingsTests {
  @Test func nothingSetGivesTheDefaults() throws {
    let settings = try readSettings()
    #expect(settings.host.physicalInterfaces == nil)
    #expect(settings.host.gateways == nil)
    #expect(settings.host.multihoming == nil)
    #expect(settings.host.linkWait.value == .seconds(60))
    #expect(settings.host.resolveTimeout.value == .seconds(5))
    #expect(settings.host.nodeName == nil)
    #expect(settings.host.nodesMap == nil)
    #expect(settings.host.orchestrator.value == .none)
    #expect(settings.host.takesOver.value)
    #expect(settings.host.probeDirectory == nil)
    #expect(settings.host.dhcp.value == .fixed)
    #expect(settings.host.controlNodes.value == .defaultAddress)
    #expect(settings.servers.xmpp.value == .nodes(.defaultAddress, port: 5269))
    #expect(settings.servers.dns.value == .nodes(.defaultAddress, port: 53))
    #expect(settings.servers.collectors.value == .nodes(.defaultAddress, port: 8086))
    #expect(settings.agent.introspectListensOnAll.value)
    #expect(settings.agent.metadataProxySecret.value.reveal() == "contrail")
    #expect(settings.agent.fabricSnatHashTableSize.value == 4096)
    #expect(settings.agent.sampleDestination.value == "collector")
    #expect(!settings.certificates.xmppEnabled.value)
    #expect(settings.certificates.introspectInsecure.value)
    #expect(settings.certificates.metadata == nil)
    #expect(settings.module.options == nil)
    #expect(settings.module.loadAttempts.value == 5)
    #expect(settings.module.loadBackoff.value == .seconds(1))
    #expect(settings.module.loadBackoffLimit.value == .seconds(30))
    #expect(settings.overrides.isEmpty)
    #expect(settings.warnings.isEmpty)
  }

  @Test func everyParameterThatIsReadIsInTheTableAndTheOtherWayRound() {
    var reader = SettingsReader(environment: [:], file: nil)
    _ = Settings.read(with: &reader)
    #expect(reader.asked == Set(Parameter.all.map(\.name)))
    #expect(Set(Parameter.all.map(\.name)).count == Parameter.all.count)
    for parameter in Parameter.all {
      #expect(!parameter.meaning.isEmpty && !parameter.meaning.hasSuffix("."))
    }
  }

  @Test func whatBecomesOfALeaseIsOneOfTwo() throws {
    #expect(try readSettings(["VROUTER_DHCP": "Follow"]).host.dhcp.value == .follow)
    #expect(problems(["VROUTER_DHCP": "dynamic"]).first?.contains("static or follow") == true)
  }

  @Test func theEnvironmentWinsOverTheFile() throws {
    let settings = try readSettings(
      ["XMPP_SERVER_PORT": "1", "LOG_LEVEL": ""],
      file: "XMPP_SERVER_PORT=2\nDNS_SERVER_PORT=3\n\nLOG_LEVEL=SYS_DEBUG\nSUBCLUSTER=")
    #expect(settings.servers.xmpp.value == .nodes(.defaultAddress, port: 1))
    #expect(settings.servers.dns.value == .nodes(.defaultAddress, port: 3))
    // Set to nothing in the environment: the default is back.
    #expect(settings.agent.logLevel == Sourced(value: "SYS_NOTICE", origin: .defaultValue(of: "LOG_LEVEL")))
    #expect(settings.agent.subcluster == nil)
  }

  @Test func valuesKnowWhereTheyCameFrom() throws {
    let settings = try readSettings(["NODE_NAME": "n1"], file: "# c\nHYPERVISOR_TYPE=kvm\nSERVER_KEYFILE=/k")
    #expect(settings.host.nodeName?.origin == .parameter(name: "NODE_NAME", source: .environment))
    let line2 = ParameterSource.file(path: "common.env", line: 2)
    #expect(settings.agent.hypervisorType.origin == .parameter(name: "HYPERVISOR_TYPE", source: line2))
    #expect(settings.agent.hypervisorType.origin.description == "HYPERVISOR_TYPE (common.env:2)")
    #expect(settings.certificates.xmppKey.origin.description == "SERVER_KEYFILE (common.env:3)")
    #expect(settings.certificates.xmppCA.origin.description == "default of SERVER_CA_CERTFILE")
  }

  @Test(arguments: [
    ("true", true), ("TRUE", true), ("Yes", true), ("enabled", true), ("Enabled", true),
    ("false", false), ("no", false), ("1", false), ("on", false), ("disabled", false), (" true", false),
  ])
  func switches(_ text: String, _ isOn: Bool) throws {
    let settings = try readSettings(["SSL_ENABLE": text])
    #expect(settings.certificates.xmppEnabled.value == isOn)
    #expect(settings.certificates.sandeshEnabled.value == isOn)
    let isWord = ["true", "yes", "enabled", "false", "no", "disabled"].contains(text.lowercased())
    #expect(settings.warnings.map(\.parameters) == (isWord ? [] : [["SSL_ENABLE"]]))
  }

  @Test(
    arguments: [
      ([:], "default", "default", "default", "default"),
      (["CONTROLLER_NODES": "c"], "c", "c", "c", "c"),
      (["CONFIG_NODES": "f"], "f", "default", "f", "f"),
      (["CONTROLLER_NODES": "c", "ANALYTICS_NODES": "a"], "c", "a", "c", "c"),
      (["CONTROLLER_NODES": "c", "CONTROL_NODES": "x"], "c", "c", "x", "x"),
      (["CONTROLLER_NODES": "c", "DNS_NODES": "d"], "c", "c", "c", "d"),
      (["CONTROLLER_NODES": "c", "CONFIG_NODES": "f", "CONTROL_NODES": ""], "f", "c", "f", "f"),
    ] as [([String: String], String, String, String, String)])
  func chainOfDefaults(
    _ environment: [String: String], _ config: String, _ analytics: String, _ control: String, _ dns: String
  ) throws {
    let host = try readSettings(environment).host
    func list(_ text: String) -> NodeList { text == "default" ? .defaultAddress : .nodes([.name(text)]) }
    #expect(host.configNodes.value == list(config))
    #expect(host.analyticsNodes.value == list(analytics))
    #expect(host.controlNodes.value == list(control))
    #expect(host.dnsNodes.value == list(dns))
  }

  @Test(arguments: [
    ("10.0.0.1,10.0.0.2", ["10.0.0.1", "10.0.0.2"]),
    (" 10.0.0.1 ,\tnode-1.example.org, ", ["10.0.0.1", "node-1.example.org"]),
    ("2001:db8::1", ["2001:db8::1"]),
    ("node_1", ["node_1"]),
  ])
  func nodeLists(_ text: String, _ nodes: [String]) throws {
    guard case .nodes(let references) = try readSettings(["CONTROL_NODES": text]).host.controlNodes.value
    else {
      Issue.record("no nodes")
      return
    }
    #expect(references.map(\.description) == nodes)
  }

  @Test(arguments: [
    ("10.1.1.1:5269 10.1.1.2:5270", ["10.1.1.1:5269", "10.1.1.2:5270"]),
    ("a.b:1,c:2, d:3", ["a.b:1", "c:2", "d:3"]),
    ("[2001:db8::1]:5269", ["[2001:db8::1]:5269"]),
  ])
  func explicitServers(_ text: String, _ servers: [String]) throws {
    let settings = try readSettings(["XMPP_SERVERS": text, "CONTROL_NODES": "10.9.9.9"])
    guard case .servers(let references) = settings.servers.xmpp.value else {
      Issue.record("no servers")
      return
    }
    #expect(references.map(\.description) == servers)
  }

  @Test(arguments: [
    ("10.0.0.1", ["10.0.0.1"]), ("10.0.0.1,10.0.1.1", ["10.0.0.1", "10.0.1.1"]),
    ("10.0.0.1 fe80::1", ["10.0.0.1", "fe80::1"]),
  ])
  func gateways(_ text: String, _ expected: [String]) throws {
    #expect(try readSettings(["VROUTER_GATEWAY": text]).host.gateways?.value.map(\.description) == expected)
  }

  @Test(
    arguments: [
      (["KUBERNETES_NODES_MAP": "n1=10.0.0.1,n2=10.0.0.2"], nil),
      (["KUBERNETES_NODES_MAP": " n2 = 10.0.0.2 , n1=10.0.0.1, "], nil),
      (["KUBERNETES_NODES_MAP": #"{"n2": "10.0.0.2", "n1": "10.0.0.1"}"#], nil),
      ([:], "declare -A KUBERNETES_NODES_MAP=( [\"n2\"]=\"10.0.0.2\"\n [n1]=10.0.0.1 )"),
      ([:], #"KUBERNETES_NODES_MAP='{"n1":"10.0.0.1","n2":"10.0.0.2"}'"#),
    ] as [([String: String], String?)])
  func nodesMap(_ environment: [String: String], _ file: String?) throws {
    let map = try readSettings(environment, file: file).host.nodesMap?.value
    #expect(map?.map(\.name) == ["n1", "n2"])
    #expect(map?.map(\.address.description) == ["10.0.0.1", "10.0.0.2"])
  }

  @Test(
    arguments: [
      ("30", 30_000), ("0.5", 500), ("1.25s", 1250), ("250ms", 250), ("2m", 120_000), ("0", 0), (" 3 s", nil),
      ("1h", nil), ("-1", nil), ("1.2345", nil), ("1e3", nil), ("s", nil), ("1.", nil), (".5", nil),
      ("1441m", nil),
      ("99999999999999999999", nil),
    ] as [(String, Int?)])
  func times(_ text: String, _ milliseconds: Int?) {
    #expect(SettingsReader.duration(text) == milliseconds.map { .milliseconds($0) })
  }

  @Test func whatDetectionReads() throws {
    let host = try readSettings([
      "PHYSICAL_INTERFACE": "eth0,mac:52:54:00:00:00:01", "L3MH_CIDR": "10.255.0.7/24",
      "VROUTER_WAIT_FOR_LINK": "0",
      "VROUTER_RESOLVE_TIMEOUT": "500ms", "VROUTER_GATEWAY": "10.0.0.1", "CONTROL_NODES": "a,10.0.0.9",
      "NODE_NAME": "n1", "KUBERNETES_NODES_MAP": "n1=10.0.0.5",
    ]).host
    #expect(host.linkWait.value == .zero)
    let detection = DetectionSettings(host)
    #expect(detection.interfaces == ["eth0", "mac:52:54:00:00:00:01"])
    #expect(detection.multihoming == IPPrefix("10.255.0.0/24"))
    #expect(detection.resolveTimeout == .milliseconds(500))
    #expect(detection.gateways.map(\.description) == ["10.0.0.1"])
    #expect(detection.nodeName == "n1" && detection.nodesMap == addresses(["n1": "10.0.0.5"]))
    // With a gateway no name of a control node decides anything.
    #expect(detection.controlNodes == ["a", "10.0.0.9"] && detection.names.isEmpty)
    #expect(!detection.needsHardware)
    #expect(DetectionSettings(interfaces: ["eth0", "driver:e1000"]).needsHardware)
  }

  @Test func sampleDestinations() throws {
    #expect(
      try readSettings(["XFLOW_NODE_IP": "10.0.0.9"]).agent.sampleDestination.value == "collector syslog")
    let both = try readSettings(["XFLOW_NODE_IP": "10.0.0.9", "SAMPLE_DESTINATION": "file"])
    #expect(both.agent.sampleDestination.value == "file")
  }

  @Test func metadataCertificates() throws {
    let settings = try readSettings([
      "METADATA_SSL_ENABLE": "true", "METADATA_SSL_CERTFILE": "/c", "METADATA_SSL_KEYFILE": "/k",
      "METADATA_SSL_CA_CERTFILE": "/a",
    ])
    #expect(settings.certificates.metadata?.key.value == "/k")
    #expect(settings.certificates.metadata?.certificateType == nil)
    #expect(problems(["METADATA_SSL_ENABLE": "true", "METADATA_SSL_KEYFILE": "/k"]).count == 2)
    #expect(problems(["METADATA_SSL_KEYFILE": "/k"]) == [])
  }

  @Test func secretsDoNotShow() throws {
    let settings = try readSettings([
      "METADATA_PROXY_SECRET": "hunter2", "VROUTER_AGENT__X__y_token": "hunter3",
    ])
    let texts = [
      "\(settings)", String(reflecting: settings), "\(settings.agent.metadataProxySecret)",
      settings.warnings.map(\.description).joined(),
    ]
    for text in texts { #expect(!text.contains("hunter")) }
    var dumped = ""
    dump(settings, to: &dumped)
    #expect(!dumped.contains("hunter"))
    #expect(settings.agent.metadataProxySecret.value.reveal() == "hunter2")
  }
}
