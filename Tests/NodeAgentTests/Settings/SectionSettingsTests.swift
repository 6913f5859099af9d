import Testing

@testable import NodeAgent

/// Settings of the sections and files that not every node has.
@Suite struct SectionSettingsTests {
  @Test(
    arguments: [
      ("1,2", "[1];[2]", [("[1]", "parameter"), ("[2]", "parameter")]),
      ("1,2", "[1]", [("[1]", "parameter"), ("[]", "default")]),
      ("7", nil, [("[]", "default")]),
      ("7", " [ 1, 6-10 ] ", [("[ 1, 6-10 ]", "parameter")]),
      ("7", "[]", [("[]", "parameter")]),
    ] as [(String, String?, [(String, String)])])
  func logicalQueues(_ ids: String, _ logical: String?, _ expected: [(String, String)]) throws {
    let settings = try readSettings(["QOS_QUEUE_ID": ids, "QOS_LOGICAL_QUEUES": logical ?? ""]).queues
    let found = settings.queues.map { queue in
      if case .parameter = queue.logical.origin { return "\(queue.logical.value) parameter" }
      return "\(queue.logical.value) default"
    }
    #expect(found == expected.map { "\($0.0) \($0.1)" })
  }

  @Test(arguments: [
    (["QOS_QUEUE_ID": "1,1", "QOS_LOGICAL_QUEUES": "[1];[2]"], "QOS_QUEUE_ID (environment): found 1 twice"),
    (
      ["QOS_QUEUE_ID": "1,2,3", "QOS_LOGICAL_QUEUES": "[1]"],
      "QOS_LOGICAL_QUEUES (environment): found 1 entry"
    ),
    (
      ["QOS_QUEUE_ID": "1", "QOS_LOGICAL_QUEUES": "[1];[2]"],
      "QOS_LOGICAL_QUEUES (environment): found 2 entries"
    ),
    (["QOS_QUEUE_ID": "1,2,3"], "QOS_LOGICAL_QUEUES: found nothing"),
    (["QOS_QUEUE_ID": "1", "QOS_LOGICAL_QUEUES": "1"], "QOS_LOGICAL_QUEUES (environment): found '1'"),
    (
      ["QOS_QUEUE_ID": "1", "QOS_LOGICAL_QUEUES": "[2-1]"], "QOS_LOGICAL_QUEUES (environment): found '[2-1]'"
    ),
    (["QOS_QUEUE_ID": "1", "QOS_LOGICAL_QUEUES": "[1,]"], "QOS_LOGICAL_QUEUES (environment): found '[1,]'"),
    (
      ["PRIORITY_ID": "0,1", "PRIORITY_SCHEDULING": "rr", "PRIORITY_BANDWIDTH": "50,50"],
      "PRIORITY_SCHEDULING (environment): found 1 entry; expected 2, as PRIORITY_ID has"
    ),
    (
      ["PRIORITY_ID": "0", "PRIORITY_SCHEDULING": "rr"],
      "PRIORITY_BANDWIDTH: found nothing; expected a list of 1, as PRIORITY_ID has"
    ),
    (
      ["PRIORITY_ID": "0", "PRIORITY_SCHEDULING": "rr", "PRIORITY_BANDWIDTH": "101"],
      "PRIORITY_BANDWIDTH (environment): found '101'"
    ),
    (
      ["PRIORITY_ID": "0", "PRIORITY_SCHEDULING": "fair", "PRIORITY_BANDWIDTH": "1"],
      "PRIORITY_SCHEDULING (environment): found 'fair'"
    ),
  ])
  func queuesThatDontFitTogether(_ environment: [String: String], _ line: String) throws {
    let found = problems(environment)
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.hasPrefix(line) == true, "\(found)")
  }

  @Test func aServiceNodesListMayBeNone() throws {
    #expect(try readSettings().serviceNodes.nodes.value == "[]")
    #expect(
      try readSettings(["TSN_NODES": "[]"]).serviceNodes.nodes.origin.description == "TSN_NODES (environment)"
    )
    #expect(
      try readSettings(["TSN_NODES": "10.0.0.1, 10.0.0.2"]).serviceNodes.nodes.value == "10.0.0.1 10.0.0.2")
    #expect(try readSettings().serviceNodes.mode == nil)
  }

  /// Each URL's origin is what an operator set of it.
  @Test(
    arguments: [
      ([:], "http://127.0.0.1:5000/v3", "default of KEYSTONE_AUTH_HOST"),
      (["KEYSTONE_AUTH_HOST": "::1"], "http://[::1]:5000/v3", "KEYSTONE_AUTH_HOST (environment)"),
      (
        ["KEYSTONE_AUTH_PROTO": "HTTPS", "KEYSTONE_AUTH_URL_VERSION": "/v2.0"], "https://127.0.0.1:5000/v2.0",
        "default of KEYSTONE_AUTH_HOST with KEYSTONE_AUTH_PROTO (environment) with KEYSTONE_AUTH_URL_VERSION (environment)"
      ),
    ] as [([String: String], String, String)])
  func urlOfKeystone(_ environment: [String: String], _ url: String, _ origin: String) throws {
    let keystone = try readSettings(environment).keystone
    #expect(keystone.url.value == url)
    #expect(keystone.url.origin.description == origin)
  }

  @Test func openStackMeansKeystone() throws {
    #expect(try !readSettings().configurationAPI.asksKeystone.value)
    #expect(try readSettings(["AUTH_MODE": "Keystone"]).configurationAPI.asksKeystone.value)
    let settings = try readSettings(["AUTH_MODE": "noauth", "CLOUD_ORCHESTRATOR": "openstack"])
    #expect(settings.configurationAPI.asksKeystone.value)
    #expect(settings.configurationAPI.asksKeystone.origin.description == "CLOUD_ORCHESTRATOR (environment)")
  }

  @Test func secretsOfLoadBalancersAreNotDumped() throws {
    let settings = try readSettings([
      "KEYSTONE_AUTH_ADMIN_PASSWORD": "hunter2", "K8S_TOKEN": "hunter3", "BARBICAN_USER": "someone",
    ])
    var dumped = "\(settings)"
    dump(settings, to: &dumped)
    #expect(!dumped.contains("hunter") && dumped.contains("someone"))
    #expect(settings.loadBalancer.password.value.reveal() == "hunter2")
  }

  /// Each parameter of a DPDK node that this program doesn't act on is named, in the refusal and in a warning; without DPDK they say
  /// nothing.
  @Test func whatIsForVrouterDPDKIsNamed() throws {
    var environment = Dictionary(uniqueKeysWithValues: Parameter.unserved.map { ($0.name, "0x3") })
    environment["DPDK_SOMETHING_NEW"] = "1"
    environment["DPDK_NOTHING"] = ""
    let names = Parameter.unserved.map(\.name) + ["DPDK_SOMETHING_NEW"]
    let kernel = try readSettings(environment)
    #expect(kernel.warnings.map(\.parameters) == [names])
    #expect(kernel.warnings.first?.message == "it says nothing without AGENT_MODE=dpdk")
    environment["DPDK_UIO_DRIVER"] = "vfio-pci"
    #expect(try readSettings(environment).warnings.map(\.parameters) == [["DPDK_UIO_DRIVER"] + names])
    environment["AGENT_MODE"] = "dpdk"
    let dpdk = try readSettings(environment)
    #expect(dpdk.warnings.map(\.parameters) == [names])
    #expect(dpdk.warnings.first?.message.hasPrefix("this agent doesn't act on it") == true)
    let refusal = try #require(dpdk.dataPathProblem).description
    for name in names { #expect(refusal.contains(name), "\(name)") }
    // A slip in the name of one that is known is told of as such, once.
    #expect(
      try readSettings(["DPDK_UIO_DRIVR": "x"]).warnings.map(\.message) == [
        "this parameter isn't known, and has no effect: did you mean DPDK_UIO_DRIVER?"
      ])
  }

  @Test func aDPDKNodeIsRefusedByName() throws {
    #expect(try readSettings().dataPathProblem == nil)
    #expect(try readSettings(["AGENT_MODE": "kernel"]).dataPathProblem == nil)
    let problem = try readSettings(["AGENT_MODE": "dpdk", "DPDK_UIO_DRIVER": "vfio-pci"]).dataPathProblem
    let text = try #require(problem).description
    #expect(text.hasPrefix("AGENT_MODE (environment): found 'dpdk'; expected kernel: "))
    for words in ["bind the card to vfio-pci", "memory and cores", "vrouter-dpdk", "vhost0", "config render"]
    {
      #expect(text.contains(words), "\(words)")
    }
  }
}
