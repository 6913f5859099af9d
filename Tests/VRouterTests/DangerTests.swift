import HostFiles
import KernelModule
import Testing

@testable import VRouter

struct DangerTests {
  static let host = VRouterHostFacts(
    presentCPUs: 4, highestInterfaceIndex: 6, linkNames: ["lo", "eth0", "docker0"])

  private func dangers(_ options: String, on host: VRouterHostFacts = host) throws -> [Danger] {
    Danger.find(in: try ModuleOptions(parsing: options), on: host)
  }

  /// What field deployments use, and values at their limits.
  @Test(
    arguments: [
      "",
      "vr_mpls_labels=196000 vr_nexthops=521000 vr_vrfs=65536 vr_bridge_entries=1000000 vr_flow_entries=2000000",
      "vr_nexthops=1 vr_mpls_labels=1 vr_flow_entries=4 vr_bridge_entries=4",
      "vr_vrfs=65536", "vr_interfaces=524288", "vr_pkt_droplog_bufsz=24966", "vr_pkt_droplog_buf_en=1",
      "vr_flow_entries=16777212", "vr_bridge_entries=67108860", "vr_nexthops=536870911", "vr_perfq1=3",
      "vrouter_dbg=-1", "vr_nexthops=0x10000", "vr_force_ipv6_underlay_enabled=y", "vr_oflow_entries=0",
      "vr_pkt_droplog_sysctl_en=0", "vr_memory_alloc_checks=1 vr_vrfs=4096",
    ])
  func permits(options: String) throws {
    #expect(try dangers(options) == [])
  }

  @Test(
    arguments: [
      ("vr_pkt_droplog_buf_en=0", VRouterParameter.Effect.crash, "log's memory"),
      ("vr_pkt_droplog_buf_en=2", .crash, "log's memory"),
      ("vr_pkt_droplog_bufsz=24967", .crash, "exceed 4 MiB"),
      ("vr_pkt_droplog_bufsz=30000", .crash, "exceed 4 MiB"),
      ("vr_pkt_droplog_bufsz=25565282", .crash, "exceed 4 MiB"),
      ("vr_pkt_droplog_bufsz=0", .crash, "without room"),
      ("vr_nexthops=0", .loadFails, "without entries"), ("vr_mpls_labels=0", .loadFails, "without entries"),
      ("vr_interfaces=0", .loadFails, "without entries"),
      ("vr_flow_entries=0", .agentStartFails, "without entries"),
      ("vr_bridge_entries=0", .agentStartFails, "without entries"),
      ("vr_vrfs=0", .agentStartFails, "without entries"),
      ("vif_bridge_entries=0", .interfacesFail, "without entries"),
      ("vr_flow_entries=16777216", .agentStartFails, "32 bits"),
      ("vr_flow_entries=16777213", .agentStartFails, "32 bits"),
      ("vr_oflow_entries=16777216", .agentStartFails, "32 bits"),
      ("vr_bridge_entries=67108864", .agentStartFails, "32 bits"),
      ("vr_bridge_oentries=67108864", .agentStartFails, "32 bits"),
      ("vr_nexthops=536870912", .loadFails, "32 bits"), ("vr_mpls_labels=4294967295", .loadFails, "32 bits"),
      ("vr_vrfs=65537", .agentStartFails, "at most 65536"),
      ("vr_interfaces=524289", .loadFails, "exceed 4 MiB"),
      ("vr_interfaces=600000", .loadFails, "exceed 4 MiB"),
      ("vr_interfaces=8", .interfacesFail, "indexes up to 6"),
      ("vr_interfaces=13", .interfacesFail, "indexes up to 6"),
      ("vr_perfq1=4", .loadFails, "4 CPUs"), ("vr_perfq2=4294967295", .loadFails, "4 CPUs"),
      ("vr_perfq3=99", .loadFails, "4 CPUs"),
      ("vr_nexthops=many", .loadFails, "not a whole number"),
      ("vr_nexthops=1k", .loadFails, "not a whole number"),
      ("vr_nexthops=", .loadFails, "not a whole number"), ("vr_nexthops=-1", .loadFails, "out of range"),
      ("vr_nexthops=4294967296", .loadFails, "out of range"), ("vr_nexthops=0100", .loadFails, "octal"),
      ("vrouter_dbg=2147483648", .loadFails, "out of range"),
      ("vr_force_ipv6_underlay_enabled=maybe", .loadFails, "neither yes nor no"),
      ("vr_nexthop=5", .ignored, "no such parameter"),
      ("vr_memory_alloc_checks=1 vr_interfaces=524288", .loadFails, "exceed 4 MiB"),
    ])
  func refuses(options: String, effect: VRouterParameter.Effect, reason: String) throws {
    let found = try dangers(options)
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.effect == effect)
    #expect(found.first?.reason.contains(reason) == true, "\(found)")
    #expect(found.first?.remedy.isEmpty == false)
  }

  @Test func whatFailsTwiceIsSaidTwice() throws {
    #expect(try dangers("vr_vrfs=600000").map(\.effect) == [.agentStartFails, .loadFails])
    #expect(try dangers("vr_nexthops=0 vr_perfq1=9 vr_typo=1").count == 3)
  }

  /// The first index that fits: 6 + pkt1, pkt2, pkt3, vhost0 is 10; 0 to 10 and the module's last three places.
  @Test(arguments: [(13, false), (14, true)]) func countsInterfacePlaces(interfaces: Int, fits: Bool) throws {
    #expect(try dangers("vr_interfaces=\(interfaces)").isEmpty == fits)
  }

  @Test func theDefaultCountsToo() throws {
    var host = Self.host
    host.highestInterfaceIndex = 20_000
    let found = try dangers("", on: host)
    #expect(found.map(\.parameter) == ["vr_interfaces"])
    #expect(found.first?.value == "4355 (default)")
    #expect(found.first?.remedy == "set vr_interfaces to at least 20008")
    #expect(try dangers("vr_interfaces=20008", on: host) == [])
    host.highestInterfaceIndex = nil
    #expect(try dangers("", on: host) == [])
  }

  @Test func aLoadedModulesOwnLinksAreNoObstacle() throws {
    var host = Self.host
    host.linkNames = ["pkt1", "pkt2", "pkt3", "vhost0"]
    host.isModuleLoaded = true
    #expect(try dangers("vr_interfaces=10", on: host) == [])
    #expect(try dangers("vr_interfaces=9", on: host).count == 1)
  }

  @Test(arguments: [["pkt1"], ["pkt2", "pkt3"], ["pkt1", "pkt2", "pkt3"]]) func takenNames(names: [String])
    throws
  {
    var host = Self.host
    host.linkNames = Set(names + ["eth0", "pkt0"])
    let found = try dangers("", on: host)
    #expect(found.count == 1)
    #expect(found.first?.parameter == nil)
    #expect(found.first?.remedy == "rename or delete \(names.joined(separator: ", "))")
  }

  @Test(
    arguments: [
      ("vr_nexthop", "did you mean vr_nexthops?"), ("vr_flow_entires", "did you mean vr_flow_entries?"),
      ("nexthops", "did you mean vr_nexthops?"), ("completely_else", "remove the option"),
    ])
  func namesTheNearest(option: String, remedy: String) throws {
    let found = try dangers("\(option)=5")
    #expect(found.first?.remedy == remedy)
    #expect(found.first?.effect == .ignored)
  }

  /// A build decides which parameters there are.
  @Test func asksTheBuild() throws {
    let known = [
      ModuleInformation.Parameter(name: "vr_nexthops", type: "uint", meaning: nil),
      ModuleInformation.Parameter(name: "vr_new", type: "uint", meaning: nil),
    ]
    let options = try ModuleOptions(parsing: "vr_nexthops=5 vr_new=5 vr_memory_alloc_checks=1")
    let found = Danger.find(in: options, on: Self.host, known: known)
    #expect(found.map(\.parameter) == ["vr_memory_alloc_checks"])
  }

  @Test func largerPagesMoveTheLimits() throws {
    var host = Self.host
    host.pageSize = try #require(PageSize(bytes: 65_536))
    host.largestOrder = 13
    #expect(try dangers("vr_interfaces=600000", on: host) == [])
  }

  @Test(
    arguments: [("", "abc", 3), ("abc", "abc", 0), ("vr_flow", "vr_flaw", 1), ("kitten", "sitting", 3)])
  func measuresDistance(left: String, right: String, expected: Int) {
    #expect(Danger.editDistance(left, right) == expected)
    #expect(Danger.editDistance(right, left) == expected)
  }
}

struct VRouterParameterTests {
  @Test func theTableIsWhole() {
    #expect(VRouterParameter.all.count == 29)
    #expect(Set(VRouterParameter.all.map(\.name)).count == VRouterParameter.all.count)
    for parameter in VRouterParameter.all {
      #expect(parameter.range.contains(parameter.defaultValue))
      #expect(
        parameter.limits.allSatisfy {
          $0.allowed.contains(parameter.defaultValue) || parameter.defaultValue == 0
        })
      #expect(!parameter.meaning.isEmpty)
    }
  }

  @Test func computesOverflowTables() throws {
    let defaults = VRouterParameterValues()
    #expect(defaults.flowOverflowEntries == 105_472)
    #expect(defaults.bridgeOverflowEntries == 53_248)
    let given = try VRouterParameterValues(
      ModuleOptions(parsing: "vr_oflow_entries=4096 vr_bridge_entries=1048576"))
    #expect(given.flowOverflowEntries == 4096)
    #expect(given.bridgeOverflowEntries == 209_920)
    #expect(given["vr_nexthops"] == 524_288)
  }

  @Test func refusesWhatIsNoNumber() throws {
    #expect(throws: VRouterError.self) {
      try VRouterParameterValues(ModuleOptions(parsing: "vr_nexthops=x"))
    }
  }

  @Test(
    arguments: [
      ("0", 1), ("0-3", 4), ("0-3,5", 5), ("0,2,4-7", 6), ("", nil), ("3-1", nil), ("a", nil), ("0-", nil),
      ("0-1-2", nil), ("0,", nil),
    ] as [(String, Int?)])
  func countsCPUs(text: String, expected: Int?) {
    #expect(VRouterHostFacts.cpuCount(text) == expected)
  }
}

/// Options are held against what the build itself declares.
struct DeclaredParameterTests {
  private static func dangers(_ options: String, _ declared: [(String, String)]) throws -> [Danger] {
    Danger.find(
      in: try ModuleOptions(parsing: options), on: VRouterHostFacts(presentCPUs: 4),
      known: declared.map { ModuleInformation.Parameter(name: $0.0, type: $0.1, meaning: nil) })
  }

  @Test(
    arguments: [
      ("new_number=5", "uint", nil),
      ("new_number=-5", "uint", "out of range"),
      ("new_number=abc", "uint", "not a whole number"),
      ("new_number=300", "byte", "from 0 to 255"),
      ("new_number=9000000000", "ullong", nil),
      ("new_number=maybe", "bool", "neither yes nor no"),
      ("new_number=1,2,x", "array of int", "several separated by commas"),
      ("new_number=anything", "charp", nil),
      ("new_number=anything", "something_new", nil),
    ] as [(String, String, String?)])
  func aParameterThatOnlyTheBuildKnows(option: String, type: String, says: String?) throws {
    let found = try Self.dangers(option, [("new_number", type)])
    #expect(found.count == (says == nil ? 0 : 1), "\(found)")
    if let says {
      #expect(found.first?.effect == .loadFails)
      #expect(found.first?.description.contains(says) == true, "\(found)")
    }
  }

  /// Where a build declares another type than the one that is known, the build is right.
  @Test func theBuildsTypeWins() throws {
    let found = try Self.dangers("vrouter_dbg=70000", [("vrouter_dbg", "short")])
    #expect(found.map(\.effect) == [.loadFails])
    #expect(try Self.dangers("vrouter_dbg=7", [("vrouter_dbg", "short")]) == [])
    #expect(try Self.dangers("vr_vrfs=1024", [("vr_nexthops", "uint")]).map(\.effect) == [.ignored])
  }
}
