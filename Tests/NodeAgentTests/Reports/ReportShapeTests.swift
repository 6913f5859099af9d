import KernelModule
import Readiness
import Testing

@testable import NodeAgent

/// What programs read: a member that disappears or changes its name breaks them.
@Suite struct ReportShapeTests {
  private static let candidates = [
    "candidates", "candidates[].addresses", "candidates[].chosen", "candidates[].default_routes",
    "candidates[].default_routes[].carries_traffic", "candidates[].default_routes[].family",
    "candidates[].default_routes[].gateway", "candidates[].default_routes[].metric",
    "candidates[].default_routes[].next_hops", "candidates[].default_routes[].table",
    "candidates[].has_carrier", "candidates[].index",
    "candidates[].is_up",
    "candidates[].kind", "candidates[].mac", "candidates[].mtu", "candidates[].name", "candidates[].reason",
  ]

  private static let decision =
    ["address", "address_holder"] + candidates
    + ["gateway_reason", "gateways", "interface", "interfaces"]
    + ["address", "address_holder", "gateway_reason", "gateways", "index", "mac", "mtu", "name"].map {
      "interfaces[].\($0)"
    }
    + ["mtu", "reason", "rule", "warnings", "would_change"]

  /// A node with a link of a kind.
  private func node() -> ImaginaryNode {
    var node = ImaginaryNode()
    node.network.link("br0", kind: "bridge")
    return node
  }

  @Test func decision() throws {
    let report = DetectionReport(try node().observation().decided())
    #expect(try keyPaths(JSON.document(report)) == Self.decision)
  }

  @Test func noDecision() throws {
    var node = node()
    node.network.address("br0", "10.0.0.5/24")
    node.environment = ["PHYSICAL_INTERFACE": "ens9"]
    guard case .failure(let error) = try node.observation().detection else {
      Issue.record("decided")
      return
    }
    #expect(
      try keyPaths(JSON.document(DetectionReport(error))) == Self.candidates
        + [
          "error", "error.awaits", "error.message", "error.problem", "error.remedy", "gateways", "interfaces",
        ]
        + ["warnings", "would_change", "would_change[].changes", "would_change[].changes[].kind"]
        + ["would_change[].changes[].setting", "would_change[].changes[].value", "would_change[].interfaces"]
        + ["would_change[].text"])
  }

  @Test func diagnosis() throws {
    let report = DiagnosisReport(
      [Finding(.configMissing, "m", evidence: ["e"], remedy: "r")], readiness: .notReady(.file, "because"))
    #expect(
      try keyPaths(JSON.document(report)) == [
        "findings", "findings[].evidence", "findings[].message", "findings[].name", "findings[].remedy",
        "findings[].severity", "readiness", "ready", "receive", "warnings",
      ])
    let none = DiagnosisReport([], readiness: .notReady(.file, "because"))
    #expect(try keyPaths(JSON.document(none)) == ["findings", "readiness", "ready", "receive", "warnings"])
  }

  @Test func configuration() throws {
    let files = try node().plan().files.all
    let report = ConfigurationReport(files, showsSecrets: false)
    #expect(
      try keyPaths(JSON.document(report)) == [
        "files", "files[].entries", "files[].entries[].from", "files[].entries[].from[].kind",
        "files[].entries[].from[].parameter", "files[].entries[].from[].rule", "files[].entries[].key",
        "files[].entries[].origin", "files[].entries[].secret", "files[].entries[].section",
        "files[].entries[].value", "files[].path", "warnings",
      ])
    #expect(report.files.map(\.path) == files.map(\.path))
    func values(_ report: ConfigurationReport) -> [String] {
      report.files.flatMap(\.entries).filter(\.secret).map(\.value)
    }
    #expect(values(report) == ["(set)", "(set)", "(unset)"])
    #expect(values(ConfigurationReport(files, showsSecrets: true)) == ["contrail", "contrail123", ""])
  }

  /// Where a value comes from, for machines.
  @Test func configurationOrigins() throws {
    let settings = try readSettings(
      ["XMPP_SERVER_PORT": "1234"], file: "# c\nCONTROL_NODES=10.0.0.1\nLOG_LEVEL=SYS_INFO\n")
    let configuration = try AgentConfiguration(settings: settings, facts: exampleFacts())
    let entries = ConfigurationReport([configuration.file], showsSecrets: false).files[0].entries
    func from(_ key: String) -> [String] {
      entries.first { $0.key == key }?.from.map {
        [$0.kind, $0.parameter, $0.file, $0.line.map { "\($0)" }, $0.rule].compactMap(\.self)
          .joined(separator: " ")
      } ?? []
    }
    #expect(from("log_level") == ["parameter LOG_LEVEL common.env 3"])
    #expect(from("servers") == ["parameter CONTROL_NODES common.env 2", "parameter XMPP_SERVER_PORT"])
    #expect(from("log_local") == ["default LOG_LOCAL"])
    #expect(from("name") == ["fixed"])
    #expect(from("physical_interface_mac") == ["detected MAC of the physical interface"])
    #expect(
      entries.first { $0.key == "servers" }?.origin
        == "CONTROL_NODES (common.env:2) with XMPP_SERVER_PORT (environment)")
  }

  @Test func configurationCheck() throws {
    let wanted = try #require(try node().plan().files.all.first)
    var report = ConfigurationCheckReport()
    report.add(
      ConfigurationCheck("[DEFAULT]\nnonsense\nlog_level=SYS_DEBUG\n", wanted: wanted), file: "f", path: "p")
    report.add(failure: "gone", file: "g", path: "p")
    #expect(
      try keyPaths(JSON.document(report)) == [
        "files", "files[].agrees", "files[].differences", "files[].differences[].key",
        "files[].differences[].kind", "files[].differences[].line", "files[].differences[].note",
        "files[].differences[].origin", "files[].differences[].present", "files[].differences[].section",
        "files[].differences[].wanted", "files[].failure", "files[].file", "files[].path", "files[].usable",
      ])
  }

  @Test func module() throws {
    var node = node()
    node.loaded = ImaginaryNode.module(srcversion: "BBBB", parameters: ["vr_vrfs": "4096"])
    let report = ModuleReport(try node.observation().module(), blockers: [])
    #expect(
      try keyPaths(JSON.document(report)) == [
        "builds", "builds[].checks", "builds[].chosen", "builds[].path", "builds[].release",
        "builds[].srcversion", "builds[].verdict",
        "builds[].version",
        "dangers", "differences", "loaded", "loaded.parameters", "loaded.parameters[].name",
        "loaded.parameters[].value", "loaded.references", "loaded.srcversion", "loaded.state",
        "loaded.version",
        "memory", "options", "release", "unload_blockers",
      ])
    #expect(report.differences.count == 1)
    #expect(report.builds.map(\.chosen) == [true])
  }

  @Test func preparation() throws {
    let report = PreparationReport(PreparationOutcome(plan: try node().plan()))
    let fixed = [
      "dry_run", "moments", "ready", "steps", "steps[].description", "steps[].name", "treatments", "warnings",
    ]
    #expect(
      try keyPaths(JSON.document(report))
        == (["decision"] + Self.decision.map { "decision.\($0)" } + fixed).sorted())
    #expect(report.dryRun && !report.ready)
  }

  /// Sorted keys, slashes as they are, one newline at the end: two outputs can be compared line by line.
  @Test func documentsAreStable() {
    struct Value: Encodable {
      let zebraPath = "/a"
      let anInt = 1
    }
    #expect(JSON.document(Value()) == "{\n  \"an_int\" : 1,\n  \"zebra_path\" : \"/a\"\n}\n")
    #expect(JSON.line(Value()) == "{\"an_int\":1,\"zebra_path\":\"/a\"}\n")
    // What JSON can't hold is said, not dropped.
    #expect(JSON.line(Double.nan) == "{\"error\": \"this report could not be encoded\"}\n")
  }
}
