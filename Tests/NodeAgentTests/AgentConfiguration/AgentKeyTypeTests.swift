import Testing

@testable import NodeAgent

@Suite struct AgentKeyTypeTests {
  @Test(
    arguments: [
      (.boolean, ["true", "TRUE", "1", "yes", "on", "false", "0", "No", "off", ""], ["2", "enabled", " 1"]),
      (.pythonBoolean, ["True", "0", "off"], ["", "2", "none"]),
      (
        .macs, ["02:fc:00:00:00:0a", "02:FC:00:00:00:0A 52:54:00:12:34:56", ""],
        ["eth0", "02:fc:00:00:00", "02:fc:00:00:00:0a  02:fc:00:00:00:0b"]
      ),
      (.short, ["0", "65535", "007"], ["", "65536", "-1", "0x10", "1.5", "+1", "1 ", "²"]),
      (.whole, ["4294967295"], ["4294967296", "99999999999999999999999"]),
      (.number(0...UInt64.max), ["18446744073709551615"], ["18446744073709551616"]),
      (.decimal, ["80", "80.5"], ["", ".", "80.", ".5", "1e3", "-1", "1.2.3"]),
      (.path, ["/a", "/", ""], ["a", "~/a"]),
      (.address, ["10.0.0.1", "2001:db8::1", ""], ["10.0.0.1/24", "10.0.0", "host"]),
      (
        .addresses, ["10.0.0.1", "10.0.0.1/24 10.0.1.1/24", ""], ["10.0.0.1,10.0.0.2", "10.0.0.1  10.0.0.2"]
      ),
      (.servers, ["10.0.0.1:53", "a:1 b:2", ""], ["10.0.0.1", "a:1,b:2", "a:1  b:2", "a:70000"]),
      (.word(["a", "b"]), ["a", "b"], ["", "A", "c"]),
      (.plainAddresses, ["10.0.0.1", "10.0.0.1 10.0.1.1", "2001:db8::1", ""], ["10.0.0.1/24", "nonsense"]),
      (
        .prefix, ["10.0.0.1/24", "10.0.0.1/32", "2001:db8::1/64", ""],
        ["10.0.0.1", "10.0.0.1/33", "garbage", "/24"]
      ),
      (.network, ["169.254.0.1/16"], ["", "169.254.0.1/32", "2001:db8::1/64", "zz", "169.254.0.1"]),
      (
        .macs, ["52:54:00:12:34:56", "52:54:00:AB:cd:ef 52:54:00:12:34:56", ""],
        ["xyz", "52:54:00:12:34:56,52:54:00:12:34:57"]
      ),
      (.interfaces, ["eth0", "eth0 bond0.100", ""], ["eth0,eth1", "eth0  eth1", "a/b", "sixteen-letters-"]),
      (.nodes, ["[]", "", "10.0.0.1", "10.0.0.1 tsn-2.example.org"], ["10.0.0.1,10.0.0.2", "a_b$", "[a]"]),
      (.name, ["node-1.example.org", "a_b", ""], ["a b", "a/b"]),
      (
        .portRange, ["50000-50512", "1-1", "0-65535", ""],
        ["99999999-x", "50000", "2-1", "1-2-3", "1-65536", "-", "1 - 2"]
      ),
      (.pathPair, ["/a /b", "/a", ""], ["relative only", "/a b", "/a /b /c", "/a  /b"]),
      (.logicalQueues, ["[]", "", "[1, 6-10]", "[ 1, 6-10, 12-15]", "1,2"], ["garbage", "[10-6]", "[1;2]"]),
      (.agentMode, ["TSN", "tsn-no-forwarding", "ToR", "vrouter", ""], ["tns", "tsn ", "kernel"]),
      (
        .destinations, ["collector", "collector syslog", "file  syslog", ""],
        ["colector", "collector,syslog", "Collector"]
      ),
      (.list, ["", "a b"], []), (.text, ["", "x"], []),
    ] as [(AgentKeyType, [String], [String])])
  func takes(_ type: AgentKeyType, _ good: [String], _ bad: [String]) {
    for text in good { #expect(type.accepts(text), "\(text)") }
    for text in bad { #expect(!type.accepts(text), "\(text)") }
    #expect(!type.expected.isEmpty)
  }

  /// Every key that has a type is one of the table's.
  @Test func typedKeysAreKnown() throws {
    #expect(KnownKeys.type(section: "DEFAULT", key: "log_local") == .boolean)
    #expect(KnownKeys.type(section: "TRACEBUFFSIZE", key: "Xmpp") == .whole)
    #expect(KnownKeys.type(section: "QUEUE-3", key: "default_hw_queue") == .boolean)
    #expect(KnownKeys.type(section: "QUEUE-65535", key: "logical_queue") == .logicalQueues)
    #expect(KnownKeys.type(section: "PG-3", key: "bandwidth") == .number(0...100))
    #expect(KnownKeys.type(section: "HYPERVISOR", key: "xen_ll_interface") == .text)
    for section in ["QUEUE-x", "QUEUE-", "QUEUE-+3", "QUEUE-65536", "QUEUE-3-4", "PG-x", "PG-"] {
      for key in ["logical_queue", "default_hw_queue", "scheduling", "bandwidth"] {
        #expect(KnownKeys.type(section: section, key: key) == nil, "[\(section)] \(key)")
      }
    }
    #expect(KnownKeys.type(section: "DEFAULT", key: "nothing") == nil)
    for (section, keys) in KnownKeys.types {
      for key in keys.keys { #expect(KnownKeys.table[section]?.contains(key) == true, "[\(section)] \(key)") }
    }
  }

  /// What this program writes by itself, it would take from an override, too.
  @Test func whatIsRenderedIsTaken() throws {
    for environment in [[:], ["SSL_ENABLE": "true", "CONTROLLER_NODES": "a,10.0.0.2", "LOG_LOCAL": "yes"]] {
      for section in try render(environment).sections {
        for entry in section.entries {
          let type = try #require(KnownKeys.type(section: section.name, key: entry.key))
          #expect(type.accepts(entry.value.reveal()), "[\(section.name)] \(entry.key)")
        }
      }
    }
  }

  @Test(arguments: [
    ("VROUTER_AGENT__FLOWS__thread_count", "many"), ("VROUTER_AGENT__FLOWS__thread_count", ""),
    ("VROUTER_AGENT__FLOWS__thread_count", "65536"), ("VROUTER_AGENT__DEFAULT__log_flow", "enabled"),
    ("VROUTER_AGENT__DEFAULT__tunnel_type", "GRE"), ("VROUTER_AGENT__DNS__servers", "10.0.0.1"),
    ("VROUTER_AGENT__RESTART__backup_dir", "backup"), ("VROUTER_AGENT__NETWORKS__control_network_ip", "eth0"),
    ("VROUTER_AGENT__MACDASHLEARNING__thread_count", "-1"), ("VROUTER_AGENT__TRACEBUFFSIZE__Xmpp", "big"),
    ("VROUTER_AGENT__VIRTUALDASHHOSTDASHINTERFACE__ip", "garbage"),
    ("VROUTER_AGENT__VIRTUALDASHHOSTDASHINTERFACE__compute_node_address", "nonsense"),
    ("VROUTER_AGENT__VIRTUALDASHHOSTDASHINTERFACE__physical_interface", "eth0,eth1"),
    ("VROUTER_AGENT__DEFAULT__physical_interface_mac", "xyz"), ("VROUTER_AGENT__DEFAULT__hostname", "a b"),
    ("VROUTER_AGENT__DEFAULT__agent_name", "a b"), ("VROUTER_AGENT__DEFAULT__platform", "dpkd"),
    ("VROUTER_AGENT__DEFAULT__gateway_mode", "servr"), ("VROUTER_AGENT__DEFAULT__agent_mode", "tns"),
    ("VROUTER_AGENT__DEFAULT__tsn_servers", "10.0.0.1,10.0.0.2"),
    ("VROUTER_AGENT__SERVICES__bgp_as_a_service_port_range", "99999999-x"),
    ("VROUTER_AGENT__HYPERVISOR__xen_ll_ip", "zz"), ("VROUTER_AGENT__QUEUEDASH3__logical_queue", "garbage"),
    ("VROUTER_AGENT__PGDASH3__bandwidth", "garbage"), ("VROUTER_AGENT__PGDASH3__scheduling", "foo"),
    ("VROUTER_AGENT__RESTART__huge_page_1G", "relative only"),
    ("VROUTER_AGENT__SESSION__slo_destination", "colector"),
    ("VROUTER_AGENT__SESSION__sample_destination", "collector,syslog"),
  ])
  func anOverrideOfAnotherTypeIsRefused(_ name: String, _ value: String) throws {
    let found = problems([name: value])
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("\(name) (environment): found '\(value)'; expected ") == true)
  }

  @Test(arguments: [
    ("VROUTER_AGENT__FLOWS__thread_count", "8"), ("VROUTER_AGENT__FLOWS__max_vm_flows", "50.5"),
    ("VROUTER_AGENT__DEFAULT__log_flow", "On"),
    ("VROUTER_AGENT__SERVICES__bgp_as_a_service_port_range", "1-2"),
    ("VROUTER_AGENT__METADATA__metadata_client_cert", ""), ("VROUTER_AGENT__OTHER__thing", "anything"),
    ("VROUTER_AGENT__VIRTUALDASHHOSTDASHINTERFACE__ip", ""), ("VROUTER_AGENT__DEFAULT__platform", "default"),
    ("VROUTER_AGENT__DEFAULT__gateway_mode", "Server"), ("VROUTER_AGENT__DEFAULT__agent_mode", "TSN"),
    ("VROUTER_AGENT__DEFAULT__physical_interface_address", "0000:3b:00.0 0000:3b:00.1"),
    ("VROUTER_AGENT__DEFAULT__physical_interface_mac", "52:54:00:12:34:56 52:54:00:ab:cd:ef"),
    ("VROUTER_AGENT__DEFAULT__tsn_servers", "[]"), ("VROUTER_AGENT__SESSION__slo_destination", ""),
    ("VROUTER_AGENT__RESTART__huge_page_1G", "/a/bridge /a/flow"),
  ])
  func anOverrideOfTheTypeIsTaken(_ name: String, _ value: String) throws {
    #expect(problems([name: value]).isEmpty)
  }
}

@Suite struct EditDistanceTests {
  @Test(arguments: [
    ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("abc", "abcd", 1), ("abc", "axc", 1),
    ("abcd", "badc", 2), ("", "ab", 2), ("kitten", "sitting", 3), ("ca", "abc", 3),
  ])
  func counts(_ left: String, _ right: String, _ distance: Int) {
    #expect(EditDistance.between(left, right, limit: 10) == distance)
    #expect(EditDistance.between(right, left, limit: 10) == distance)
    #expect(EditDistance.between(left, right, limit: distance - 1) == nil || distance == 0)
  }
}
