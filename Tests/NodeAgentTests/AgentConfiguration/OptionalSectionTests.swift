import KernelModule
import Netlink
import Testing

@testable import NodeAgent

/// The sections and files that not every node has, beyond the golden files.
@Suite struct OptionalSectionTests {
  /// Every file that an environment gives on the example host, after a change to its facts.
  private func files(
    _ environment: [String: String] = [:], _ change: (inout ConfigurationFacts) throws -> Void = { _ in }
  ) throws -> ConfigurationFiles {
    var facts = try exampleFacts()
    try change(&facts)
    return try ConfigurationFiles(settings: readSettings(environment), facts: facts)
  }

  /// Each switch writes its own keys, whatever the others say.
  @Test(arguments: 0..<16) func everyCombinationOfSSL(_ bits: Int) throws {
    let (xmpp, introspect, sandesh, metadata) = (bits & 1 > 0, bits & 2 > 0, bits & 4 > 0, bits & 8 > 0)
    let agent = try files([
      "XMPP_SSL_ENABLE": "\(xmpp)", "INTROSPECT_SSL_ENABLE": "\(introspect)",
      "SANDESH_SSL_ENABLE": "\(sandesh)", "METADATA_SSL_ENABLE": "\(metadata)",
      "METADATA_SSL_CERTFILE": "/m/c", "METADATA_SSL_KEYFILE": "/m/k", "METADATA_SSL_CA_CERTFILE": "/m/a",
    ]).agent
    func keys(_ section: String) -> Set<String> {
      Set(agent.sections.first { $0.name == section }?.entries.map(\.key) ?? [])
    }
    func value(_ section: String, _ key: String) -> String? {
      agent.entry(section: section, key: key)?.value.reveal()
    }
    for key in ["xmpp_server_cert", "xmpp_server_key", "xmpp_ca_cert"] {
      #expect(keys("DEFAULT").contains(key) == xmpp)
    }
    #expect(value("DEFAULT", "xmpp_auth_enable") == "\(xmpp)")
    #expect(value("DEFAULT", "xmpp_dns_auth_enable") == "\(xmpp)")
    #expect(value("SANDESH", "introspect_ssl_enable") == "\(introspect)")
    #expect(value("SANDESH", "sandesh_ssl_enable") == "\(sandesh)")
    #expect(keys("SANDESH").count == (introspect ? 8 : 2))
    #expect(
      keys("METADATA")
        == Set(
          ["metadata_proxy_secret"]
            + (metadata
              ? ["metadata_use_ssl", "metadata_client_cert", "metadata_client_key", "metadata_ca_cert"] : []))
    )
  }

  /// A server's own files, else the client's, else those of all servers.
  @Test(
    arguments: [
      ([:], "/etc/contrail/ssl/private/server-privkey.pem", "/etc/contrail/ssl/certs/server.pem"),
      (["SERVER_KEYFILE": "/k", "SERVER_CERTFILE": "/c"], "/k", "/c"),
      (
        ["SERVER_KEYFILE": "/k", "SERVER_CERTFILE": "/c", "SANDESH_KEYFILE": "/own/k"], "/own/k", "/c"
      ),
      (["SANDESH_KEYFILE": "/own/k", "SANDESH_CERTFILE": "/own/c"], "/own/k", "/own/c"),
      (
        ["SANDESH_KEYFILE": "/own/k", "SANDESH_SERVER_KEYFILE": "/s/k", "SANDESH_SERVER_CERTFILE": "/s/c"],
        "/s/k", "/s/c"
      ),
    ] as [([String: String], String, String)])
  func introspectsFiles(_ environment: [String: String], _ key: String, _ certificate: String) throws {
    let agent = try files(environment.merging(["INTROSPECT_SSL_ENABLE": "true"]) { $1 }).agent
    #expect(agent.entry(section: "SANDESH", key: "sandesh_server_keyfile")?.value.reveal() == key)
    #expect(agent.entry(section: "SANDESH", key: "sandesh_server_certfile")?.value.reveal() == certificate)
  }

  @Test func hugePagesNeedAMountOfTheirSize() throws {
    let mounts = [HugePages.Mount(path: "/dev/hugepages", pageBytes: 2 << 20)]
    let small = try files(["HUGE_PAGES_2MB": "64"]) { $0.hugePageMounts = mounts }
    let entry = small.agent.entry(section: "RESTART", key: "huge_page_2M")
    #expect(entry?.value.reveal() == "/dev/hugepages/bridge /dev/hugepages/flow")
    #expect(entry?.origin == .detected("last mounted hugetlbfs with pages of 2 MiB"))
    for (environment, found) in [
      (["HUGE_PAGES_1GB": "4"], "default of HUGE_PAGES_DIR: found /dev/hugepages"),
      (["HUGE_PAGES_1GB": "4", "HUGE_PAGES_DIR": "/h"], "HUGE_PAGES_DIR (environment): found /h"),
      (
        ["HUGE_PAGES_2MB": "4", "HUGE_PAGES_2MB_DIR": "/dev/huge"],
        "HUGE_PAGES_2MB_DIR (environment): found /dev/huge"
      ),
    ] {
      let error = #expect(throws: AgentConfigurationError.self) {
        try files(environment) { $0.hugePageMounts = mounts }
      }
      #expect(error?.problems.count == 1)
      #expect(
        error?.description.contains("from \(found), where no hugetlbfs") == true,
        "\(error?.description ?? "")")
    }
  }

  @Test func filesOfHugePagesThatAreNamedNeedNoMount() throws {
    let files = try files([
      "HUGE_PAGES_1GB": "4", "VROUTER_AGENT__RESTART__huge_page_1G": "/a/bridge /a/flow",
    ])
    #expect(files.agent.entry(section: "RESTART", key: "huge_page_1G")?.value.reveal() == "/a/bridge /a/flow")
  }

  @Test func aDPDKNodeNeedsAPCIAddress() throws {
    let error = #expect(throws: AgentConfigurationError.self) { try files(["AGENT_MODE": "dpdk"]) }
    #expect(error?.description.contains("found no PCI address of eth1") == true)
    let bond = #expect(throws: AgentConfigurationError.self) {
      try files(["AGENT_MODE": "dpdk"]) { $0.physicalInterfaces[0].pciPlace = .bondWithoutCards("bond0") }
    }
    #expect(
      bond?.description.contains("found bond0 is a bond whose ports have no PCI address; expected") == true)
    let given = try files([
      "AGENT_MODE": "dpdk", "VROUTER_AGENT__DEFAULT__physical_interface_address": "0000:00:00.0",
    ])
    let entry = given.agent.entry(section: "DEFAULT", key: "physical_interface_address")
    #expect(entry?.value.reveal() == "0000:00:00.0")
  }

  /// vrouter-dpdk makes the bond from its ports; the agent has it with the address of none.
  @Test func aBondIsAnUplinkOfDPDK() throws {
    let agent = try files(["AGENT_MODE": "dpdk"]) { $0.physicalInterfaces[0].pciPlace = .bond }.agent
    let entry = agent.entry(section: "DEFAULT", key: "physical_interface_address")
    #expect(entry?.value.reveal() == "0000:00:00.0")
  }

  @Test func priorityGroupsOnAVLANAreTold() throws {
    let environment = ["PRIORITY_ID": "0", "PRIORITY_SCHEDULING": "rr", "PRIORITY_BANDWIDTH": "9"]
    #expect(try files(environment).warnings.isEmpty)
    let warnings = try files(environment) { $0.physicalInterfaces[0].isVLAN = true }.warnings
    #expect(
      warnings == [
        "PRIORITY_ID: priority groups are not written, since the physical interface eth1 is a VLAN"
      ])
  }

  @Test func aTokensFileThatIsNamedAndMissingIsTold() throws {
    #expect(try files().warnings.isEmpty)
    #expect(try files(["K8S_TOKEN_FILE": "/t", "K8S_TOKEN": "x"]).warnings.isEmpty)
    let missing = try files(["K8S_TOKEN_FILE": "/t"])
    #expect(
      missing.warnings == [
        "K8S_TOKEN_FILE names /t: there is no such file; kubernetes_token in /etc/contrail/contrail-lbaas-auth.conf stays empty"
      ])
    let unreadable = try files(["K8S_TOKEN_FILE": "/t"]) { $0.token = .unreadable("it is empty") }
    #expect(unreadable.warnings.first?.contains("it is empty") == true)
  }

  /// What is wrong with any of the files is reported at once, and no secret with it.
  @Test func problemsOfEveryFileAtOnce() throws {
    let error = #expect(throws: AgentConfigurationError.self) {
      try files(["VROUTER_GATEWAY": "10.0.0.1"]) {
        $0.defaultAddress = nil
        $0.token = .found(Secret("hunter2\nhunter3"))
      }
    }
    #expect(
      error?.problems.map { "\($0.file ?? "") [\($0.section)] \($0.key ?? "")" } == [
        " [CONTROL-NODE] servers", " [DEFAULT] collectors", " [DNS] servers",
        "/etc/contrail/vnc_api_lib.ini [global] WEB_SERVER",
        "/etc/contrail/contrail-lbaas-auth.conf [KUBERNETES] kubernetes_token",
      ])
    #expect(error?.description.contains("hunter") == false)
  }

  @Test func secretsAreShownAsSetOnly() throws {
    let files = try files(["BARBICAN_PASSWORD": "hunter2", "K8S_TOKEN": "hunter3"])
    let shown = ConfigurationText.files(files.all, showsSecrets: false)
    #expect(!shown.contains("hunter"))
    #expect(shown.contains("admin_password=(set)\n") && shown.contains("kubernetes_token=(set)\n"))
    #expect(shown.contains("\n\n==> /etc/contrail/vnc_api_lib.ini <==\n"))
    #expect(ConfigurationText.files([files.agent.file], showsSecrets: false).hasPrefix("# Written"))
    var dumped = "\(files)"
    dump(files, to: &dumped)
    #expect(!dumped.contains("hunter"))
    #expect(files.companions[1].text.contains("admin_password=hunter2\n"))
  }
}
