import Testing

@testable import NodeAgent

@Suite struct MisspeltNameTests {
  @Test(arguments: [
    ("PHYSICAL_INTREFACE", "PHYSICAL_INTERFACE"), ("PHYSICAL_INTERFACES", "PHYSICAL_INTERFACE"),
    ("physical_interface", "PHYSICAL_INTERFACE"), ("CONTROLER_NODES", "CONTROLLER_NODES"),
    ("LOG_LEVL", "LOG_LEVEL"), ("NODENAME", "NODE_NAME"), ("VROUTER_GATEWAYS", "VROUTER_GATEWAY"),
    ("VROUTER_MODULE_OPTION", "VROUTER_MODULE_OPTIONS"), ("METADATA_PROXY_SECERT", "METADATA_PROXY_SECRET"),
    ("VROUTER_AGENT_FLOWS__thread_count", "VROUTER_AGENT__FLOWS__thread_count"),
    ("VROUTER_AGENT___FLOWS__thread_count", "VROUTER_AGENT__FLOWS__thread_count"),
    ("VROUTER_AGNT__FLOWS__thread_count", "VROUTER_AGENT__FLOWS__thread_count"),
    ("VROUTER_AGENTS__FLOWS__thread_count", "VROUTER_AGENT__FLOWS__thread_count"),
    ("vrouter_agent__FLOWS__thread_count", "VROUTER_AGENT__FLOWS__thread_count"),
    ("VROUTERAGENT__FLOWS__thread_count", "VROUTER_AGENT__FLOWS__thread_count"),
    ("VROUTER__AGENT__FLOWS__thread_count", "VROUTER_AGENT__FLOWS__thread_count"),
    ("VROUTER_AGNET___FLOWS__thread_count", "VROUTER_AGENT__FLOWS__thread_count"),
    ("VROUTR_AGENT__OTHER__key", "VROUTER_AGENT__OTHER__key"),
    ("VROUTER_AGENT_FLOWS_thread_count", "VROUTER_AGENT__FLOWS__thread_count"),
    ("VROUTER_AGENT_FLOWS_THREAD_COUNT", "VROUTER_AGENT__FLOWS__thread_count"),
    ("VROUTER_AGNT__FLOWS_thread_count", "VROUTER_AGENT__FLOWS__thread_count"),
    ("VROUTER_AGENT_MAC_LEARNING_add_tokens", "VROUTER_AGENT__MACDASHLEARNING__add_tokens"),
    ("VROUTER_AGENT_MACDASHLEARNING_add_tokens", "VROUTER_AGENT__MACDASHLEARNING__add_tokens"),
    ("VROUTER_AGENT_RESTART_huge_page_1G", "VROUTER_AGENT__RESTART__huge_page_1G"),
  ])
  func theNearestNameIsTold(_ name: String, _ meant: String) throws {
    let value = name.hasPrefix("VROUTER_AGENT___") ? "8" : "x"
    var reader = SettingsReader(environment: [name: value], file: nil)
    reader.warnAboutMisspeltNames()
    let isOverride = name.hasPrefix(SettingsReader.overridePrefix)
    #expect(reader.warnings.map(\.parameters) == (isOverride ? [] : [[name]]))
    if !isOverride { #expect(reader.warnings.first?.message.hasSuffix("did you mean \(meant)?") == true) }
    #expect(!reader.warnings.description.contains("'x'"))
  }

  /// What stands in the environment, and in a `common.env`, besides.
  @Test(arguments: [
    "PATH", "HOME", "HOSTNAME", "LOGNAME", "POD_NAME", "POD_IP", "NODE_IP", "KUBERNETES_SERVICE_HOST",
    "KUBERNETES_SERVICE_PORT", "CONFIGDB_NODES", "ANALYTICSDB_NODES", "WEBUI_NODES", "KAFKA_NODES",
    "ZOOKEEPER_NODES", "RABBITMQ_NODES", "REDIS_NODES", "CASSANDRA_SSL_ENABLE", "RABBITMQ_USE_SSL",
    "AAA_MODE",
    "JVM_EXTRA_OPTS", "CONTRAIL_VERSION", "CONTAINER_REGISTRY", "KEYSTONE_AUTH_PUBLIC_PORT",
    "KEYSTONE_AUTH_ADMIN_USER", "KEYSTONE_AUTH_ADMIN_TENANT", "VROUTER_ENCRYPTION", "SSL", "X",
    "VROUTER_AGENT", "VROUTER_AGENT_", "VROUTER_AGENT_POD_NAME", "VROUTER_AGENT_PORT_8085_TCP_PROTO",
    "VROUTER_AGENT_FLOWS", "VROUTER_CNI__X__y", "ROUTER_ID__X__y", "__VROUTER", "_", "__",
  ])
  func othersNamesAreNoMistakes(_ name: String) throws {
    #expect(try readSettings([name: "x"]).warnings.isEmpty)
  }

  /// No known name is taken for a misspelling of another one.
  @Test func knownNamesAreNoMistakes() {
    let environment = Dictionary(uniqueKeysWithValues: Parameter.all.map { ($0.name, "x") })
    var reader = SettingsReader(environment: environment, file: nil)
    reader.warnAboutMisspeltNames()
    #expect(reader.warnings.isEmpty)
  }
}
