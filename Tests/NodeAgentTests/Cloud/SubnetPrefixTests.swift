import HostFiles
import KernelModule
import Netlink
import TestSupport
import Testing

@testable import NodeAgent

/// A cloud that answers always the same.
struct FakeCloud: CloudMetadata {
  var answer: Result<Int, CloudProblem> = .success(20)

  func prefixLength(of mac: MACAddress?, _ address: IPAddress, in cloud: Cloud) -> Result<Int, CloudProblem> {
    answer
  }
}

struct SubnetPrefixTests {
  private static let silent = Result<Int, CloudProblem>.failure(CloudProblem(description: "no answer"))

  /// Address, settings, cloud, what it answers, the present configuration's address; and what is written, where nil stands for
  /// the address as it is, "?" for nothing.
  static let rows: [(String, [String: String], Cloud?, Result<Int, CloudProblem>, String?, String?)] = [
    ("10.1.2.3/24", [:], .google, .success(20), nil, nil),
    ("10.1.2.3/24", ["VROUTER_SUBNET_PREFIX": "20"], .google, .success(20), nil, nil),
    ("2001:db8::1/128", [:], .google, .success(20), nil, nil),
    ("10.1.2.3/32", [:], nil, .success(20), nil, nil),
    ("10.1.2.3/32", ["VROUTER_SUBNET_PREFIX": "22"], nil, silent, nil, "10.1.2.3/22"),
    ("10.1.2.3/32", ["VROUTER_SUBNET_PREFIX": "22"], .google, .success(20), nil, "10.1.2.3/22"),
    (
      "10.1.2.3/32", ["VROUTER_SUBNET_PREFIX": "32", "VROUTER_CLOUD_METADATA": "off"], .google, silent, nil,
      "10.1.2.3/32"
    ),
    ("10.1.2.3/32", [:], .google, .success(20), nil, "10.1.2.3/20"),
    ("10.1.2.3/32", [:], .google, silent, nil, "?"),
    ("10.1.2.3/32", [:], .google, silent, "10.1.2.3/20", "10.1.2.3/20"),
    ("10.1.2.3/32", [:], .google, silent, "10.1.2.4/20", "?"),
    ("10.1.2.3/32", [:], .google, silent, "10.1.2.3/32", "?"),
    ("10.1.2.3/32", ["VROUTER_CLOUD_METADATA": "off"], .google, .success(20), "10.1.2.3/20", "?"),
  ]

  @Test(arguments: rows) func isDecided(
    _ row: (String, [String: String], Cloud?, Result<Int, CloudProblem>, String?, String?)
  ) throws {
    let address = try #require(IPPrefix(row.0))
    let prefix = SubnetPrefix(
      of: address, settings: try Settings.read(environment: row.1).node, cloud: row.2,
      present: row.4.flatMap { IPPrefix($0) }
    ) { _ in row.3 }
    #expect(prefix.applied(to: address)?.value == row.5.flatMap { IPPrefix($0) })
    #expect((prefix.refusal(of: address) != nil) == (row.5 == "?"))
    #expect(prefix.refusal(of: address)?.contains("VROUTER_SUBNET_PREFIX") != false)
    #expect((prefix.warning != nil) == (row.4 != nil && row.5 != "?"))
  }

  /// Where no cloud can be asked a /32 is written as it is, and told.
  @Test(
    arguments: [
      ("10.1.2.3/32", [:], nil, true), ("10.1.2.3/32", ["VROUTER_SUBNET_PREFIX": "32"], nil, false),
      ("10.1.2.3/32", ["VROUTER_SUBNET_PREFIX": "20"], nil, false), ("10.1.2.3/24", [:], nil, false),
      ("10.1.2.3/32", [:], .google, false), ("2001:db8::1/128", [:], nil, false),
    ] as [(String, [String: String], Cloud?, Bool)])
  func anAddressAloneIsTold(
    _ text: String, _ environment: [String: String], _ cloud: Cloud?, _ isTold: Bool
  ) throws {
    let address = try #require(IPPrefix(text))
    let settings = try Settings.read(environment: environment).node
    let prefix = SubnetPrefix(of: address, settings: settings, cloud: cloud, present: nil) { _ in .success(20)
    }
    #expect((prefix.doubt != nil) == isTold)
    #expect(prefix.doubt?.contains("10.1.2.3/32, without the prefix") != false)
    #expect(prefix.doubt?.contains("set VROUTER_SUBNET_PREFIX (32,") != false)
    #expect(prefix.refusal(of: address) == nil && prefix.warning == nil)
  }

  @Test(
    arguments: [
      ("10.1.2.3/24", "20", true), ("10.1.2.3/24", "32", true), ("10.1.2.3/20", "20", false),
      ("2001:db8::1/64", "20", true), ("2001:db8::1/128", "32", true),
    ])
  func aPrefixThatTheAddressOverrulesIsTold(_ text: String, _ length: String, _ isTold: Bool) throws {
    let address = try #require(IPPrefix(text))
    let settings = try Settings.read(environment: ["VROUTER_SUBNET_PREFIX": length]).node
    let prefix = SubnetPrefix(of: address, settings: settings, cloud: .google, present: nil) { _ in
      .success(20)
    }
    let words = "VROUTER_SUBNET_PREFIX=\(length) says nothing: the node's address is \(text),"
    #expect((prefix.doubt?.hasPrefix(words) == true) == isTold && (prefix.doubt != nil) == isTold)
    #expect(prefix.applied(to: address) == nil && prefix.refusal(of: address) == nil)
  }

  @Test func theMachineTells() throws {
    for (product, vendors, cloud) in [
      ("Google Compute Engine", ["Google", "Google"], Cloud.google), (nil, [nil, "Google"], .google),
      ("Standard PC (Q35 + ICH9, 2009)", ["QEMU", "QEMU"], nil), (nil, [nil, nil], nil),
      ("Google Compute Engine clone", ["Googleplex", nil], nil),
    ] as [(String?, [String?], Cloud?)] {
      #expect(Cloud.recognised(product: product, vendors: vendors) == cloud)
    }
  }

  private func host(_ root: HostRoot, _ path: String) throws -> FakeHost {
    var host = try FakeHost(root: root, path: path)
    host.network.snapshot.addresses = host.network.snapshot.addresses.map { address in
      var address = address
      if address.prefix.description == "10.0.0.5/24", let single = IPPrefix("10.0.0.5/32") {
        address.prefix = single
      }
      return address
    }
    try FakeHost.write("Google Compute Engine", "/sys/class/dmi/id/product_name", root)
    host.cloud = FakeCloud()
    return host
  }

  /// The agent has the network's prefix, the kernel's address stays alone; and a cloud that is silent later changes nothing.
  @Test func theConfigurationHasIt() throws {
    try withTemporaryRoot { root, path in
      var host = try host(root, path)
      let outcome = try host.prepare()
      #expect(outcome.summary.contains("10.0.0.5/32"))
      let text = try root.readText(AgentConfiguration.path)
      #expect(text.contains("ip=10.0.0.5/20\n"), "\(text)")
      host.cloud = FakeCloud(answer: Self.silent)
      let again = try host.prepare()
      #expect(again.plan.steps == [.declareReady])
      #expect(again.plan.warnings.contains { $0.contains("no answer") })
    }
  }

  /// Elsewhere the node is prepared with the address that it has, and every command that looks at it tells.
  @Test(
    arguments: [
      ([:], "10.0.0.5/32", 1), (["VROUTER_SUBNET_PREFIX": "32"], "10.0.0.5/32", 0),
      (["VROUTER_AGENT__VIRTUALDASHHOSTDASHINTERFACE__ip": "10.0.0.5/24"], "10.0.0.5/24", 0),
    ] as [([String: String], String, Int)])
  func anAddressAloneIsNoObstacle(
    _ environment: [String: String], _ written: String, _ told: Int
  ) throws {
    try withTemporaryRoot { root, path in
      var host = try host(root, path)
      try FakeHost.write("Standard PC", "/sys/class/dmi/id/product_name", root)
      host.environment = environment
      let settings = try Settings.read(environment: environment)
      let observation = try HostObservation(host.access, settings: settings)
      let rendering = try ConfigurationRendering(SettingsReading(settings), on: observation)
      #expect(rendering.warnings.count { $0.contains("VROUTER_SUBNET_PREFIX") } == told)
      let diagnosis = Diagnosis(
        observation: observation, settings: settings, loadEvidence: .gather(from: root),
        claimsReadiness: false)
      let findings = diagnosis.findings.filter { $0.name == .addressPrefixUnknown }
      #expect(findings.map(\.severity) == (told == 1 ? [.warning] : []))
      let plan = try host.prepare().plan
      #expect(plan.warnings.count { $0.contains("VROUTER_SUBNET_PREFIX") } == told)
      #expect(plan.files.agent.text.contains("\nip=\(written)\n"))
    }
  }

  @Test func withoutItNothingIsChanged() throws {
    try withTemporaryRoot { root, path in
      var host = try host(root, path)
      host.cloud = FakeCloud(answer: Self.silent)
      let failure = #expect(throws: CommandFailure.self) { try host.prepare() }
      #expect(failure?.code == .settings)
      #expect(failure?.description.contains("set VROUTER_SUBNET_PREFIX") == true)
      #expect(!root.exists("/sys/module/vrouter"))
      let settings = try Settings.read(environment: [:])
      let diagnosis = Diagnosis(
        observation: try HostObservation(host.access, settings: settings), settings: settings,
        loadEvidence: .gather(from: root), claimsReadiness: false)
      #expect(diagnosis.findings.map(\.name).contains(.addressPrefixUnknown))
    }
  }
}
