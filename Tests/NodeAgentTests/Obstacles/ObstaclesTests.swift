import KernelModule
import Netlink
import Testing

@testable import NodeAgent

/// Everything that stands in the way of a preparation is told at once, and nothing that only follows from it.
@Suite struct ObstaclesTests {
  private static let lonely = NodeObservation(
    hugePages: pages(),
    functions: [functions("eth7", .failure(.init(description: "there is no interface eth7")))])

  private static func pages() -> HugePageWish? {
    let settings = SettingsReading(environment: ["HUGE_PAGES_2MB": "8"]).settings.module.memory.hugePages
    let pool = HugePages.Pool(pageBytes: 2 << 20, node: nil, total: 0, free: 0, promised: 0)
    return HugePageWish(settings, mayMount: false, on: HugePages(pools: [pool], mounts: []))
  }

  private static func functions(
    _ interface: String, _ device: Result<FunctionDevice, FunctionDevice.Problem>
  ) -> FunctionWish {
    FunctionWish(request: .init(interface: interface, count: 2), device: device, policy: .refuse)
  }

  /// What a preparation of a node is refused for.
  private func failure(_ node: ImaginaryNode) throws -> CommandFailure? {
    let reading = SettingsReading(environment: node.environment)
    let observation = try node.observation()
    do throws(CommandFailure) {
      _ = try PreparationPlan(reading, on: observation)
      return nil
    } catch {
      return error
    }
  }

  /// Each on a line, with the beginning of what is said.
  private func told(_ failure: CommandFailure?) -> [String] {
    failure?.problems.map { "\($0.kind) \($0.parameter ?? "-")" } ?? []
  }

  @Test func nothingStandsInTheWay() throws {
    #expect(try failure(ImaginaryNode()) == nil)
  }

  /// Malformed settings, a contradiction, refusals, files, module: one run tells them, and the first kind gives the code.
  @Test func everythingIsToldAtOnce() throws {
    var node = ImaginaryNode()
    node.environment = [
      "XMPP_SERVER_PORT": "many", "L3MH_CIDR": "10.9.0.0/24", "HUGE_PAGES_2MB": "8",
      "XMPP_SERVER_POTR": "5269",
      "SRIOV_PHYSICAL_INTERFACE": "eth7", "SRIOV_VF": "2", "METADATA_PROXY_SECRET": "hush#hush",
    ]
    node.node = Self.lonely
    (node.loaded, node.builds) = (nil, [ImaginaryNode.nothing])
    let failure = try #require(try failure(node))
    #expect(failure.code == .settings)
    #expect(
      told(failure) == [
        "malformed XMPP_SERVER_PORT", "malformed METADATA_PROXY_SECRET", "contradiction L3MH_CIDR",
        "refusal HUGE_PAGES_2MB", "refusal -", "module -",
      ])
    #expect(failure.warnings.contains { $0.hasPrefix("XMPP_SERVER_POTR: ") })
    let lines = failure.description.split(separator: "\n").map(String.init)
    for heading in [
      "2 problems with the settings:", "1 setting can't hold on this host:", "nothing was changed:",
    ] {
      #expect(lines.contains(heading), "\(failure)")
    }
    #expect(!failure.description.contains("hush"))
  }

  /// What isn't decided leaves the rest to be judged; the code is that of the decision, as it comes first.
  @Test func anUndecidedInterfaceHidesNothing() throws {
    var node = ImaginaryNode()
    node.network = ImaginaryHost()
    node.network.link("eth0", mac: "52:54:00:00:00:01")
    node.environment = ["HUGE_PAGES_2MB": "8", "XMPP_SSL_ENABLE": "true"]
    node.node = Self.lonely
    node.contradictions.unreadable["/etc/contrail/ssl/certs/ca-cert.pem"] = "No such file or directory"
    let failure = try #require(try failure(node))
    #expect(failure.code == .undecided)
    #expect(
      told(failure) == [
        "undecided -", "contradiction SERVER_CA_CERTFILE", "refusal HUGE_PAGES_2MB", "refusal -",
      ])
  }

  /// A folder without pages is told once: by the refusal, and not again by the file that would name it.
  @Test func oneThingIsToldOnce() throws {
    var node = ImaginaryNode()
    node.environment = ["HUGE_PAGES_2MB": "8"]
    node.node = NodeObservation(hugePages: Self.pages())
    let refused = try #require(try failure(node))
    #expect(told(refused) == ["refusal HUGE_PAGES_2MB"])
    #expect(refused.code == .settings)
    // Where files are only shown, it is the file that can't be.
    let rendering = #expect(throws: CommandFailure.self) {
      try ConfigurationRendering(SettingsReading(environment: node.environment), on: node.observation())
    }
    #expect(told(rendering) == ["rendering HUGE_PAGES_2MB"])
    #expect(rendering?.code == .configuration)
  }

  /// What `prepare` would refuse doesn't keep files from being shown.
  @Test func refusalsAreWarningsWhereFilesAreShown() throws {
    var node = ImaginaryNode()
    node.environment = [
      "L3MH_CIDR": "10.9.0.0/24", "XMPP_SERVER_POTR": "1", "SRIOV_PHYSICAL_INTERFACE": "eth7",
      "SRIOV_VF": "2",
    ]
    node.node = NodeObservation(functions: Self.lonely.functions)
    let shown = try ConfigurationRendering(
      SettingsReading(environment: node.environment), on: node.observation())
    #expect(shown.files.all.count == 3)
    #expect(shown.warnings.count == 3)
    #expect(shown.warnings[0].hasPrefix("XMPP_SERVER_POTR: "))
    #expect(shown.warnings[1].hasPrefix("prepare would refuse this: L3MH_CIDR"))
    #expect(shown.warnings[2].hasPrefix("prepare would refuse this: SRIOV_VF asks for 2"))
  }

  /// A malformed parameter is told itself, whichever it is, and nothing that would follow from its absence.
  @Test(arguments: Parameter.all.map(\.name)) func nothingFollowsFromAMalformedParameter(
    _ name: String
  ) throws {
    for var node in [ImaginaryNode(), try Self.needy()] {
      // Whatever that parameter would have mended is still missing, and isn't complained about.
      node.environment[name] = "\u{1}"
      let failure = try #require(try failure(node))
      #expect(failure.code == .settings)
      #expect(failure.problems.allSatisfy { $0.kind == .malformed }, "\(name): \(failure)")
      #expect(failure.problems.contains { $0.parameter == name })
      let findings = try Diagnosis(
        observation: node.observation(), settings: node.settings(), loadEvidence: LoadEvidence(),
        claimsReadiness: false, doubt: SettingsReading(environment: node.environment).doubt
      ).findings
      #expect(findings.isEmpty, "\(name): \(findings)")
    }
  }

  /// A host with two alike interfaces, SSL on files that aren't there unless they are named, and a card to be named.
  private static func needy() throws -> ImaginaryNode {
    var node = ImaginaryNode()
    node.environment = [
      "XMPP_SSL_ENABLE": "true", "XMPP_SERVER_CERTFILE": "/c", "XMPP_SERVER_KEYFILE": "/k",
      "XMPP_SERVER_CA_CERTFILE": "/a",
    ]
    for file in ["certs/server.pem", "private/server-privkey.pem", "certs/ca-cert.pem"] {
      node.contradictions.unreadable["/etc/contrail/ssl/\(file)"] = "No such file or directory"
    }
    return node
  }

  /// What the host refuses may be what the malformed parameter would have mended.
  @Test(arguments: [
    ("HUGE_PAGES_2MB_DIR", "refusal HUGE_PAGES_2MB"), ("VROUTER_HUGE_PAGES_MOUNT", "refusal HUGE_PAGES_2MB"),
    ("VROUTER_SRIOV_IN_USE", "refusal -"), ("VROUTER_MODULE_DIR", "module -"),
    ("VROUTER_MODULE_OPTIONS", "module -"), ("CONTROL_NODES", "contradiction L3MH_CIDR"),
  ])
  func aRefusalThatRestsOnAMalformedParameterIsNotTold(_ name: String, _ refusal: String) throws {
    var node = ImaginaryNode()
    node.environment = ["L3MH_CIDR": "10.9.0.0/24", "HUGE_PAGES_2MB": "8"]
    node.node = Self.lonely
    (node.loaded, node.builds) = (nil, [ImaginaryNode.nothing])
    let all = told(try failure(node))
    #expect(all.contains(refusal))
    node.environment[name] = "\u{1}"
    #expect(told(try failure(node)) == ["malformed \(name)"] + all.filter { $0 != refusal })
  }

  /// An interface that isn't named, as its name is malformed, isn't missed.
  @Test func anInterfaceWithAMalformedNameIsNotMissed() throws {
    var node = ImaginaryNode()
    node.network = ImaginaryHost()
    two(&node.network, metrics: (100, 100))
    #expect(try failure(node)?.code == .undecided)
    node.environment["PHYSICAL_INTERFACE"] = "/dev/null"
    let failure = try #require(try failure(node))
    #expect(told(failure) == ["malformed PHYSICAL_INTERFACE"])
    #expect(failure.warnings.isEmpty)
  }

  /// A line that can't be read may have been any parameter.
  @Test func aLineThatCantBeReadLeavesNothingToJudge() throws {
    let file = EnvironmentFile(
      path: "common.env", bytes: Array("XMPP_SSL_ENABLE=true; id\n)(\n".utf8), environment: [:])
    let reading = SettingsReading(environment: [:], file: file)
    #expect(reading.doubt.isTotal)
    var node = ImaginaryNode()
    node.network = ImaginaryHost()
    let observation = try node.observation()
    let failure = #expect(throws: CommandFailure.self) { try PreparationPlan(reading, on: observation) }
    #expect(failure?.problems.allSatisfy { $0.kind == .malformed } == true, "\(String(describing: failure))")
  }

  /// The data path that isn't prepared here is told beside the rest, and its module isn't missed.
  @Test func aDataPathThatIsntPreparedIsToldBesideTheRest() throws {
    var node = ImaginaryNode()
    node.environment = ["AGENT_MODE": "dpdk", "L3MH_CIDR": "10.9.0.0/24"]
    (node.loaded, node.builds) = (nil, [ImaginaryNode.nothing])
    let failure = try #require(try failure(node))
    #expect(told(failure) == ["malformed AGENT_MODE", "contradiction L3MH_CIDR"])
  }

  @Test func machinesReadTheSame() throws {
    var node = ImaginaryNode()
    node.environment = ["XMPP_SERVER_PORT": "many", "L3MH_CIDR": "10.9.0.0/24", "XMPP_SERVER_POTR": "1"]
    let document = JSON.document(FailureReport(try #require(try failure(node))))
    #expect(
      try keyPaths(document) == [
        "error", "error.exit_code", "error.message", "error.name", "error.problems", "error.problems[].kind",
        "error.problems[].message", "error.problems[].parameter", "warnings",
      ])
    let plain = JSON.document(FailureReport(CommandFailure(.locked, "another agent is at work")))
    #expect(try keyPaths(plain) == ["error", "error.exit_code", "error.message", "error.name"])
  }
}
