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

@Suite struct ListLengthTests {
  @Test(
    arguments: [
      (
        ["SRIOV_PHYSICAL_INTERFACE": "eth1,eth2", "SRIOV_VF": "7"], "SRIOV_VF",
        "found 1 entry; expected 2: one for"
      ),
      (
        ["SRIOV_PHYSICAL_INTERFACE": "eth1", "SRIOV_VF": "7,8"], "SRIOV_VF",
        "found 2 entries; expected 1: one for"
      ),
      (["SRIOV_PHYSICAL_INTERFACE": "eth1, eth2", "SRIOV_VF": "7 ,8,"], nil, ""),
      (
        ["PRIORITY_ID": "0,1", "PRIORITY_BANDWIDTH": "10"], "PRIORITY_BANDWIDTH", "found 1 entry; expected 2"
      ),
      (["PRIORITY_ID": "0,1", "PRIORITY_SCHEDULING": "strict,rr"], nil, ""),
      (
        ["PRIORITY_ID": "0", "PRIORITY_SCHEDULING": "strict,rr"], "PRIORITY_SCHEDULING",
        "found 2 entries; expected 1"
      ),
      (["QOS_QUEUE_ID": "3,11,18", "QOS_LOGICAL_QUEUES": "[1, 6-10];[12-15]"], nil, ""),
      (["QOS_QUEUE_ID": "3,11", "QOS_LOGICAL_QUEUES": "[1, 6-10];[12-15]"], nil, ""),
      (
        ["QOS_QUEUE_ID": "3,11,18", "QOS_LOGICAL_QUEUES": "[1]"], "QOS_LOGICAL_QUEUES",
        "expected 3, or 2: one for"
      ),
      (["QOS_QUEUE_ID": "3"], nil, ""),
    ] as [([String: String], String?, String)])
  func everyEntryHasItsPartner(_ environment: [String: String], _ name: String?, _ words: String) throws {
    var reader = SettingsReader(environment: environment, file: nil)
    reader.requireEqualLengths()
    #expect(reader.problems.map(\.parameter) == [name].compactMap(\.self))
    if name != nil {
      #expect(reader.problems.first?.description.contains(words) == true, "\(reader.problems)")
    }
  }
}
