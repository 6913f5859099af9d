import Testing

@testable import NodeAgent

@Suite struct SettingsRefusalTests {
  @Test(arguments: [
    ("PHYSICAL_INTERFACE", "eth0/1"), ("PHYSICAL_INTERFACE", "eth0:1"), ("PHYSICAL_INTERFACE", "a b"),
    ("PHYSICAL_INTERFACE", String(repeating: "a", count: 128)), ("PHYSICAL_INTERFACE", ".."),
    ("PHYSICAL_INTERFACE", ","),
    ("PHYSICAL_INTERFACE", "eth0\neth1"), ("PHYSICAL_INTERFACE", "eth#"), ("PHYSICAL_INTERFACE", "éth0"),
    ("PHYSICAL_INTERFACE", "eth0,eth0"), ("PHYSICAL_INTERFACE", "mac:52:54"),
    ("PHYSICAL_INTERFACE", "mac:00:00:00:00:00:00"), ("PHYSICAL_INTERFACE", "mac:01:00:5e:00:00:01"),
    ("PHYSICAL_INTERFACE", "pci:3b"), ("PHYSICAL_INTERFACE", "pci:0000:3b:00.x"),
    ("PHYSICAL_INTERFACE", "driver:"),
    ("PHYSICAL_INTERFACE", "cidr:10.0.0.1"), ("PHYSICAL_INTERFACE", "/eth(/"), ("PHYSICAL_INTERFACE", "/eth"),
    ("PHYSICAL_INTERFACE", "//"), ("PHYSICAL_INTERFACE", "MAC:52:54:00:00:00:01"),
    ("L3MH_CIDR", "10.0.0.1"), ("L3MH_CIDR", "0.0.0.0/0"), ("VROUTER_WAIT_FOR_LINK", "soon"),
    ("VROUTER_RESOLVE_TIMEOUT", "0"),
    ("VROUTER_GATEWAY", "10.0.0"), ("VROUTER_GATEWAY", "10.0.0.1/24"), ("VROUTER_GATEWAY", "gw.example.org"),
    ("VROUTER_GATEWAY", "0.0.0.0"), ("VROUTER_GATEWAY", "224.0.0.1"), ("VROUTER_GATEWAY", "255.255.255.255"),
    ("VROUTER_GATEWAY", " "), ("VROUTER_GATEWAY", "ff02::1"),
    ("NODE_NAME", "a b"), ("NODE_NAME", "-a"), ("NODE_NAME", "a..b"), ("NODE_NAME", "a/b"),
    ("KUBERNETES_NODES_MAP", "n1"), ("KUBERNETES_NODES_MAP", "n1=10.0.0"),
    ("KUBERNETES_NODES_MAP", "n 1=10.0.0.1"),
    ("KUBERNETES_NODES_MAP", "n1=10.0.0.1,n1=10.0.0.2"), ("KUBERNETES_NODES_MAP", "{\"n1\": 1}"),
    ("KUBERNETES_NODES_MAP", "{\"n1\": \"10.0.0.1\""), ("KUBERNETES_NODES_MAP", "(['n1']='10.0.0.1')"),
    ("CONTROLLER_NODES", "10.0.0.300"), ("CONFIG_NODES", "a b"), ("ANALYTICS_NODES", "10.0.0.1:8086"),
    ("CONTROL_NODES", "10.0.0.1;10.0.0.2"), ("DNS_NODES", "0.0.0.0"), ("CONTROL_NODES", ","),
    ("XMPP_SERVERS", "10.0.0.1"), ("DNS_SERVERS", "10.0.0.1:0"), ("COLLECTOR_SERVERS", ":8086"),
    ("XMPP_SERVERS", "10.0.0.1:65536"),
    ("XMPP_SERVER_PORT", "0"), ("DNS_SERVER_PORT", "65536"), ("COLLECTOR_PORT", "0x10"),
    ("COLLECTOR_PORT", "-1"),
    ("VROUTER_AGENT_INTROSPECT_PORT", "http"), ("XMPP_SERVER_PORT", "52 69"),
    ("SUBCLUSTER", "a b"), ("SUBCLUSTER", "a#b"), ("LOG_DIR", "log"), ("LOG_DIR", "/var/../log"),
    ("LOG_LEVEL", "SYS DEBUG"), ("LOG_LOCAL", "maybe"), ("HYPERVISOR_TYPE", "qemu"),
    ("FABRIC_SNAT_HASH_TABLE_SIZE", "0"), ("FABRIC_SNAT_HASH_TABLE_SIZE", "4k"),
    ("FABRIC_SNAT_HASH_TABLE_SIZE", "65536"), ("CONTRAIL_UID", "contrail"), ("CONTRAIL_UID", "-1"),
    ("CONTRAIL_GID", "4294967295"), ("SLO_DESTINATION", "collector # x"),
    ("SLO_DESTINATION", "colector"), ("SAMPLE_DESTINATION", "collector,syslog"),
    ("TSN_AGENT_MODE", "tns"),
    ("SAMPLE_DESTINATION", " collector"), ("XFLOW_NODE_IP", "xflow"), ("VROUTER_HOSTNAME", "a b"),
    ("VROUTER_COMPUTE_NODE_ADDRESS", "10.0.0.1/24"), ("METADATA_PROXY_SECRET", "a#b"),
    ("METADATA_PROXY_SECRET", "a\nb"), ("VROUTER_MODULE_DIR", "modules"), ("VROUTER_MODULE_DIR", "/a/../b"),
    ("VROUTER_PROBE_DIR", "~/probe"), ("VROUTER_MODULE_OPTIONS", "vr_nexthops=1\nx=2"),
    ("VROUTER_MEMORY_TREATMENT", "all"), ("VROUTER_MODULE_FIT_FLOW_MIN", "1023"),
    ("VROUTER_MODULE_FIT_BRIDGE_MIN", "16777216"), ("HUGE_PAGES_2MB", "ten"), ("HUGE_PAGES_DIR", "huge"),
    ("VROUTER_MODULE_LOAD_ATTEMPTS", "0"), ("VROUTER_MODULE_LOAD_ATTEMPTS", "101"),
    ("VROUTER_MODULE_LOAD_BACKOFF", "soon"), ("VROUTER_MODULE_LOAD_BACKOFF_MAX", "1d"),
    ("VROUTER_VERIFY", "ping"), ("VROUTER_VERIFY_TIMEOUT", "0.9"), ("VROUTER_VERIFY_TIMEOUT", "6m"),
    ("KUBERNETES_API_SERVER", "https://10.0.0.1"), ("KUBERNETES_API_SECURE_PORT", "0"),
    ("AGENT_MODE", "userspace"), ("DPDK_UIO_DRIVER", "uio pci"), ("TSN_AGENT_MODE", "a b"),
    ("TSN_NODES", "10.0.0.300"), ("QOS_QUEUE_ID", "x"), ("QOS_QUEUE_ID", "65536"),
    ("PRIORITY_ID", "16"), ("HUGE_PAGES_1GB", "-1"), ("HUGE_PAGES_1GB_DIR", "x"),
    ("AUTH_MODE", "basic"), ("CONFIG_API_PORT", "0"), ("CONFIG_API_SERVER_CA_CERTFILE", "ca.pem"),
    ("KEYSTONE_AUTH_PROTO", "ftp"), ("KEYSTONE_AUTH_HOST", "http://k"), ("KEYSTONE_AUTH_ADMIN_PORT", "k"),
    ("KEYSTONE_AUTH_URL_VERSION", "v3"), ("KEYSTONE_AUTH_REGION_NAME", "a%b"),
    ("KEYSTONE_AUTH_USER_DOMAIN_NAME", "a ;b"), ("KEYSTONE_AUTH_PROJECT_DOMAIN_NAME", "a\nb"),
    ("KEYSTONE_AUTH_CA_CERTFILE", "ca.pem"), ("BARBICAN_TENANT_NAME", " a"), ("BARBICAN_USER", "a\nb"),
    ("BARBICAN_PASSWORD", "a ;b"), ("KEYSTONE_AUTH_ADMIN_PASSWORD", "a\nb"), ("K8S_TOKEN", "a b"),
    ("K8S_TOKEN_FILE", "token"), ("KUBERNETES_API_PORT", "0"), ("CLOUD_ORCHESTRATOR", "vcenter"),
    ("SERVER_CERTFILE", "cert.pem"), ("XMPP_SERVER_KEYFILE", "/a b"), ("SANDESH_CA_CERTFILE", "../x"),
    ("STATS_COLLECTOR_DESTINATION_PATH", "a b"),
    ("VROUTER_AGENT__FLOWS", "1"), ("VROUTER_AGENT____x", "1"), ("VROUTER_AGENT__FLOWS__a b", "1"),
    ("VROUTER_AGENT__FLOWS__thread_count", "1#"), ("VROUTER_AGENT__FLOWS__thread_count", "1\n[X]"),
  ])
  func aMalformedValueIsNamed(_ name: String, _ value: String) throws {
    let found = problems([name: value])
    try #require(found.count == 1)
    let line = try #require(found.first)
    #expect(line.hasPrefix("\(name) (environment): found "))
    #expect(line.contains("; expected "))
    #expect(!line.contains("\n"))
  }

  @Test func everythingIsReportedAtOnceAndFilesToo() {
    let found = problems(
      ["XMPP_SERVER_PORT": "x"],
      file:
        "DNS_SERVER_PORT=y\nV=$(date)\nCONTROL_NODES=10.0.0.1,10.0.0.999,10.0.0.998\nSERVER_KEYFILE=k\nLOG_DIR=l"
    )
    #expect(
      found == [
        "V (common.env:2): found a command substitution with '$('; expected a value without commands: none is run",
        "CONTROL_NODES (common.env:3): found '10.0.0.999'; expected host names or IP addresses, separated by commas",
        "CONTROL_NODES (common.env:3): found '10.0.0.998'; expected host names or IP addresses, separated by commas",
        "XMPP_SERVER_PORT (environment): found 'x'; expected a port: a whole number from 1 to 65535",
        "DNS_SERVER_PORT (common.env:1): found 'y'; expected a port: a whole number from 1 to 65535",
        "LOG_DIR (common.env:5): found 'l'; expected an absolute path without '..', '#' and blanks",
        "SERVER_KEYFILE (common.env:4): found 'k'; expected an absolute path without '..', '#' "
          + "and blanks",
      ])
  }

  @Test(
    arguments: [
      (["METADATA_PROXY_SECRET": "hunter2#"], nil),
      (["METADATA_PROXY_SECRET": " hunter2"], nil),
      (["VROUTER_AGENT__METADATA__metadata_proxy_secret": "hunter2#"], nil),
      ([:], "API_TOKEN=hunter2\nXMPP_SERVER_PORT=$API_TOKEN"),
    ] as [([String: String], String?)])
  func secretsAreNotRepeated(_ environment: [String: String], _ file: String?) {
    let found = problems(environment, file: file)
    #expect(found.count == 1)
    #expect(!found.joined().contains("hunter2"))
  }

  @Test func aMapInThePlaceOfAValueIsNamed() {
    #expect(
      problems(file: "declare -A CONTROL_NODES=([a]=b)") == [
        "CONTROL_NODES (common.env:1): found an associative array; expected one value"
      ])
  }

  /// Found by fuzzing: a command, and the file's own words for what is missing, were repeated as they stood.
  @Test func aProblemOfAFileIsOfOneLine() throws {
    let own = try #require(problems(file: "A=\"${B:?set\nit}\"").first)
    #expect(own.hasSuffix("expected set\\nit"))
    let line = try #require(problems(file: "[1]=\"a\"\u{8}x\n").first)
    #expect(line.contains("\\u{08}"))
    #expect(!line.contains("\u{8}"))
  }

  @Test func longValuesAreCutInMessages() throws {
    let line = try #require(problems(["LOG_DIR": String(repeating: "x", count: 500)]).first)
    #expect(line.contains("(500 characters)"))
    #expect(line.count < 300)
  }

  @Test func oneKeyFromTwoParametersIsRefused() {
    let found = problems([
      "VROUTER_AGENT__MACDASHLEARNING__thread_count": "1", "VROUTER_AGENT__MAC-LEARNING__thread_count": "2",
    ])
    #expect(found.count == 1)
    #expect(found.first?.contains("[MAC-LEARNING] thread_count set by") == true)
  }
}

@Suite struct SettingsWarningTests {
  @Test(
    arguments: [
      (["QOS_LOGICAL_QUEUES": "[1]"], [["QOS_LOGICAL_QUEUES"]]),
      (["QOS_DEF_HW_QUEUE": "true"], [["QOS_DEF_HW_QUEUE"]]), (["QOS_DEF_HW_QUEUE": "false"], []),
      (["PRIORITY_TAGGING": "false"], [["PRIORITY_TAGGING"]]), (["PRIORITY_TAGGING": "true"], []),
      (
        ["QOS_LOGICAL_QUEUES": "[1]", "QOS_DEF_HW_QUEUE": "yes", "PRIORITY_TAGGING": "no"],
        [["QOS_LOGICAL_QUEUES", "QOS_DEF_HW_QUEUE", "PRIORITY_TAGGING"]]
      ),
      (
        [
          "QOS_QUEUE_ID": "1", "QOS_LOGICAL_QUEUES": "[1]", "QOS_DEF_HW_QUEUE": "yes",
          "PRIORITY_TAGGING": "no",
        ], []
      ),
      (["HUGE_PAGES_1GB": "2", "HUGE_PAGES_2MB": "512"], [["HUGE_PAGES_2MB"]]),
      (["HUGE_PAGES_1GB": "2", "HUGE_PAGES_2MB": "0"], []),
      (
        ["PRIORITY_SCHEDULING": "rr", "PRIORITY_BANDWIDTH": "1"],
        [["PRIORITY_SCHEDULING", "PRIORITY_BANDWIDTH"]]
      ),
      (["AGENT_MODE": "DPDK", "QOS_QUEUE_ID": "1"], [["QOS_QUEUE_ID"]]),
      (["HUGE_PAGES_1GB": "0", "HUGE_PAGES_2MB": ""], []),
      (["HUGE_PAGES_2MB": "512"], []),
      (["SRIOV_VF": "7", "SRIOV_PHYSICAL_INTERFACE": "eth1"], []),
      (["TSN_NODES": "[]"], []),
      (["TSN_NODES": "10.0.0.1", "TSN_AGENT_MODE": "tsn"], []),
      (["AUTH_MODE": "keystone"], []),
      (
        ["AUTH_MODE": "noauth", "CLOUD_ORCHESTRATOR": "openstack"], [["AUTH_MODE", "CLOUD_ORCHESTRATOR"]]
      ),
      (["CONTRAIL_UID": "1999", "CONTRAIL_GID": "0"], []),
      (["CLOUD_ORCHESTRATOR": "openstack"], []),
      (["CLOUD_ORCHESTRATOR": "Kubernetes"], []),
      (["LOG_LEVEL": "SYS_LOUD"], [["LOG_LEVEL"]]),
      (["INTROSPECT_LISTEN_ALL": "1"], [["INTROSPECT_LISTEN_ALL"]]),
      (["CONTROL_NODES": "2001:db8::1"], [["CONTROL_NODES"]]),
      (["VROUTER_AGENT__FLOWS__thread_count": "8"], []),
      (["VROUTER_AGENT__MACDASHLEARNING__thread_count": "8"], []),
      (["VROUTER_AGENT__TRACEBUFFSIZE__Anything": "8"], []),
      (["VROUTER_AGENT__FLOW__thread_count": "8"], [["VROUTER_AGENT__FLOW__thread_count"]]),
    ] as [([String: String], [[String]])])
  func warnings(_ environment: [String: String], _ expected: [[String]]) throws {
    #expect(try readSettings(environment).warnings.map(\.parameters) == expected)
  }

  @Test(arguments: [
    ("VROUTER_AGENT__FLOW__thread_count", "; did you mean [FLOWS] thread_count?"),
    ("VROUTER_AGENT__DEFAULT__tunel_type", "; did you mean [DEFAULT] tunnel_type?"),
    ("VROUTER_AGENT__MAC_LEARNING__del_tokens", "; did you mean [MAC-LEARNING] del_tokens?"),
    ("VROUTER_AGENT__flows__thread_count", "; did you mean [FLOWS] thread_count?"),
    ("VROUTER_AGENT__QUEUEDASHx__logical_queue", "; did you mean [QUEUE-<number>] logical_queue?"),
    ("VROUTER_AGENT__PGDASHx__bandwidth", "; did you mean [PG-<number>] bandwidth?"),
    ("VROUTER_AGENT__DEFAULT__huge_page_1G", "; did you mean [RESTART] huge_page_1G?"),
    ("VROUTER_AGENT__FLOWS__therad_count", "; did you mean [FLOWS] thread_count?"),
    (
      "VROUTER_AGENT__OTHER__thread_count",
      "; did you mean [FLOWS] thread_count or [MAC-LEARNING] thread_count or [TASK] thread_count?"
    ),
  ])
  func aMisspeltKeyGetsTheNearestKnownOne(_ name: String, _ hint: String) throws {
    #expect(try readSettings([name: "1"]).warnings.first?.message.hasSuffix(hint) == true)
  }

  @Test func aKeyLikeNoOtherGetsNoHint() throws {
    let settings = try readSettings(["VROUTER_AGENT__SOMETHING__entirely_else": "1"])
    #expect(
      settings.warnings.first?.message
        == "the vRouter agent isn't known to read [SOMETHING] entirely_else")
  }
}
