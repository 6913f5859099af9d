import KernelModule
import Netlink
import Readiness
import Testing

@testable import NodeAgent

/// Judging a host is a pure function: each row is a host and all that is found there.
@Suite struct DiagnosisTests {
  /// What of the host decides about a load, as a test needs it.
  struct Policy: Sendable {
    var loadingDisabled = false
    var blacklist: [String] = []
    var enforcesSignatures = false
    var lockdown: String? = "none"
    /// A takeover that an earlier run left.
    var unfinished: UnfinishedTakeover?

    var evidence: LoadEvidence {
      var evidence = LoadEvidence()
      evidence.loadingDisabled = loadingDisabled
      evidence.commandLineBlacklist = blacklist
      evidence.enforcesSignatures = enforcesSignatures
      evidence.lockdown = lockdown
      return evidence
    }
  }

  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let findings: [String]
    /// What message, evidence and remedy of the first finding must name.
    let words: [String]
    var claimsReadiness = true
    let change: @Sendable (inout ImaginaryNode, inout Policy) -> Void

    init(
      _ name: String, _ findings: [String], naming words: [String] = [], claimsReadiness: Bool = true,
      _ change: @escaping @Sendable (inout ImaginaryNode, inout Policy) -> Void
    ) {
      testDescription = name
      self.findings = findings
      self.words = words
      self.claimsReadiness = claimsReadiness
      self.change = change
    }
  }

  private static func hugePages(mounts: [HugePages.Mount]) -> HugePageWish? {
    let pools = [nil, 0].map { node in
      HugePages.Pool(pageBytes: 2 << 20, node: node, total: 4, free: 4, promised: nil)
    }
    let settings = HugePageSettings(
      gigantic: 0, huge: 8,
      directory: Sourced(value: "/dev/hugepages", origin: .defaultValue(of: "HUGE_PAGES_DIR")))
    return HugePageWish(settings, mayMount: false, on: HugePages(pools: pools, mounts: mounts))
  }

  private static func functions(_ count: Int) -> FunctionWish {
    FunctionWish(
      request: .init(interface: "eth1", count: count),
      device: .success(.init(folder: "/sys/bus/pci/devices/0000:03:00.0", total: 8, count: 0, functions: [])),
      policy: .refuse)
  }

  static let rows: [Row] = [
    Row("a prepared node", []) { _, _ in },
    Row(
      "a node that nobody prepared", ["warning config.missing"], naming: [AgentConfiguration.path],
      claimsReadiness: false
    ) {
      node, _ in
      node.loaded = nil
      node.configuration = .missing
      node.readiness = .notReady(.file, "none")
    },
    Row(
      "no default route", ["error interface.undecided"],
      naming: ["no default route", "eth0: ", "PHYSICAL_INTERFACE"]
    ) {
      node, _ in node.network.snapshot.routes = []
    },
    Row("an interface that isn't there", ["error interface.undecided"], naming: ["ens9", "eth0"]) { node, _ in
      node.environment["PHYSICAL_INTERFACE"] = "ens9"
    },
    Row("no address", ["error interface.undecided"], naming: ["no usable address"]) { node, _ in
      node.network.snapshot.addresses.removeAll { $0.linkIndex == 2 }
    },
    Row(
      "the interface is down", ["error interface.down"], naming: ["eth0 is down", "ip link set dev eth0 up"]
    ) { node, _ in
      node.network.snapshot.links[1].flags = [.broadcast]
    },
    Row("no carrier", ["error interface.down"], naming: ["no carrier", "cable"]) { node, _ in
      node.network.snapshot.links[1].flags = [.up, .broadcast]
    },
    Row(
      "no gateway at all", ["warning gateway.missing"], naming: ["no default route", "set VROUTER_GATEWAY"]
    ) { node, _ in
      node.network.snapshot.routes = []
      node.environment = ["PHYSICAL_INTERFACE": "eth0", "CONTROLLER_NODES": "10.0.0.77"]
    },
    Row(
      "no default route, from which the controllers would follow",
      ["warning gateway.missing", "error settings.invalid"], naming: ["VROUTER_GATEWAY"]
    ) { node, _ in
      node.network.snapshot.routes = []
      node.environment["PHYSICAL_INTERFACE"] = "eth0"
    },
    Row(
      "an interface without a MAC", ["error interface.undecided"],
      naming: ["eth0 has no MAC address", "PHYSICAL_INTERFACE"]
    ) { node, _ in node.network.snapshot.links[1].macAddress = nil },
    Row("a default route without a gateway", ["error gateway.missing"], naming: ["eth0", "VROUTER_GATEWAY"]) {
      node, _ in
      node.network.snapshot.routes[0].gateway = nil
    },
    Row("a gateway that a setting names", []) { node, _ in
      node.network.snapshot.routes = []
      node.network.route("10.0.0.0/24", by: "eth0")
      node.network.way(to: "10.0.0.1", by: "eth0", from: "10.0.0.5")
      node.environment = ["VROUTER_GATEWAY": "10.0.0.1", "CONTROLLER_NODES": "10.0.0.77"]
    },
    Row("the default route leaves by another interface", []) { node, _ in
      node.network.link("eth1", mac: "52:54:00:00:00:02")
      node.network.address("eth1", "10.1.0.5/24")
      node.environment["PHYSICAL_INTERFACE"] = "eth1"
    },
    Row(
      "no build", ["error module.build-missing"],
      naming: [ImaginaryNode.release, "nothing there", "install the build"],
      claimsReadiness: false
    ) { node, _ in
      node.loaded = nil
      node.builds = [ImaginaryNode.nothing]
    },
    Row("no build, but the module is loaded", []) { node, _ in node.builds = [ImaginaryNode.nothing] },
    Row(
      "a build for another kernel", ["error module.refused"], naming: ["flags differ", "install the build"],
      claimsReadiness: false
    ) { node, _ in
      node.loaded = nil
      node.builds = [ImaginaryNode.nothing, ImaginaryNode.build(.ofAnotherKernel(reason: "flags differ"))]
    },
    Row(
      "an option that crashes the kernel", ["error module.refused"],
      naming: ["vr_pkt_droplog_buf_en=0 [crash]"],
      claimsReadiness: false
    ) { node, _ in
      node.loaded = nil
      node.options = "vr_pkt_droplog_buf_en=0"
    },
    Row("the module's names are taken", ["error module.refused"], naming: ["pkt3"], claimsReadiness: false) {
      node, _ in
      node.loaded = nil
      node.network.link("pkt3")
    },
    Row("the module's names are its own", []) { node, _ in node.network.link("pkt3") },
    Row(
      "modules can't be loaded any more", ["error module.refused"], naming: ["modules_disabled", "reboot"],
      claimsReadiness: false
    ) { node, policy in
      node.loaded = nil
      policy.loadingDisabled = true
    },
    Row("modules can't be loaded any more, and need not", []) { _, policy in policy.loadingDisabled = true },
    Row(
      "the command line forbids it", ["error module.refused"], naming: ["module_blacklist"],
      claimsReadiness: false
    ) { node, policy in
      node.loaded = nil
      policy.blacklist = ["floppy", "vrouter"]
    },
    Row("the command line forbids others", [], claimsReadiness: false) { node, policy in
      node.loaded = nil
      policy.blacklist = ["floppy", "vrouter_old"]
    },
    Row(
      "signatures are enforced", ["error module.refused"], naming: ["sig_enforce: true", "sign the module"],
      claimsReadiness: false
    ) { node, policy in
      node.loaded = nil
      policy.enforcesSignatures = true
    },
    Row("lockdown", ["error module.refused"], naming: ["lockdown: integrity"], claimsReadiness: false) {
      node, policy in
      node.loaded = nil
      policy.lockdown = "integrity"
    },
    Row("signatures are enforced, and the build has one", [], claimsReadiness: false) { node, policy in
      node.loaded = nil
      node.builds = [ImaginaryNode.build(signed: true)]
      policy.enforcesSignatures = true
      policy.lockdown = "confidentiality"
    },
    Row(
      "everything against it at once",
      ["error module.refused", "error module.refused", "error module.refused"],
      claimsReadiness: false
    ) { node, policy in
      node.loaded = nil
      policy = Policy(
        loadingDisabled: true, blacklist: ["vrouter"], enforcesSignatures: true, lockdown: "integrity")
    },
    Row("another build is loaded", ["warning module.stale"], naming: ["AAAA", "BBBB", "reboot"]) { node, _ in
      node.loaded = ImaginaryNode.module(srcversion: "BBBB")
    },
    Row("other options are in effect", ["warning module.stale"], naming: ["vr_vrfs", "1024", "4096"]) {
      node, _ in
      node.loaded = ImaginaryNode.module(parameters: ["vr_vrfs": "4096"])
      node.options = "vr_vrfs=1024"
    },
    Row(
      "memory is short", ["error memory.load-short"], naming: ["short by", "order", "compact"],
      claimsReadiness: false
    ) { node, _ in
      node.loaded = nil
      node.free = [90_000, 20_000, 4_000, 500, 0, 0, 0, 0, 0, 0, 0]
    },
    Row(
      "memory is short for the vRouter agent's start", ["warning memory.start-short"],
      naming: ["short by", "order 10", "vrouter-node-agent memory"], claimsReadiness: false
    ) { node, _ in
      node.loaded = nil
      node.free = [9000, 200, 40, 40, 40, 40, 20, 8, 8, 8, 20]
    },
    Row("memory is short, and the module has its own", []) { node, _ in
      node.free = [90_000, 20_000, 4_000, 500, 0, 0, 0, 0, 0, 0, 0]
    },
    Row(
      "the settings ask for another configuration", ["warning config.changed"],
      naming: ["[DEFAULT] log_level"]
    ) { node, _ in
      node.configuration = .text(
        ((try? ImaginaryNode().plan().files.agent.text) ?? "").replacing("SYS_NOTICE", with: "SYS_INFO"))
    },
    Row(
      "a file beside it holds something else", ["warning config.changed"],
      naming: [LoadBalancerFile.path, "[BARBICAN] admin_user"]
    ) { node, _ in
      node.companions[LoadBalancerFile.path] = "[BARBICAN]\nadmin_user=x\n"
    },
    Row(
      "a file beside it is missing", ["warning config.changed"],
      naming: [ConfigurationAPIFile.path, "prepare"]
    ) { node, _ in
      node.companions[ConfigurationAPIFile.path] = .some(nil)
    },
    Row(
      "the readiness file is of another boot", ["error readiness.stale"],
      naming: ["boot: it is of boot 7", "prepare"]
    ) { node, _ in
      node.readiness = .notReady(.boot, "it is of boot 7")
    },
    Row("there is no readiness file", [], claimsReadiness: false) { node, _ in
      node.readiness = .notReady(.file, "there is none")
    },
    Row(
      "a run was killed while vhost0 took over", ["error takeover.unfinished"],
      naming: ["moving", "eth0", "undoes it", "cleanup"]
    ) { _, policy in
      policy.unfinished = .begun(.moving, at: 1, cards: ["eth0"])
    },
    Row(
      "a run was killed when vhost0 had taken over", ["error takeover.unfinished"],
      naming: ["committing", "does the rest"]
    ) { _, policy in
      policy.unfinished = .begun(.committing, at: 1, cards: ["eth0"])
    },
    Row(
      "nobody renews vhost0's lease", ["error lease.unrenewed"],
      naming: ["prepare", "doesn't run", DHCPFollow.unitName]
    ) { node, _ in
      node.follow = DHCPFollowState(isRunning: false, address: nil, expires: nil)
    },
    Row(
      "the DHCP server gave vhost0 another address", ["error lease.unrenewed"],
      naming: ["10.0.2.77", "reserve", "until 7"]
    ) { node, _ in
      node.follow = DHCPFollowState(isRunning: true, address: "10.0.2.77", expires: 7)
    },
    Row(
      "the takeover's journal is damaged", ["error takeover.unfinished"], naming: ["damaged", "remove"]
    ) { _, policy in
      policy.unfinished = .unreadable("it is damaged")
    },
    Row(
      "huge pages without a mount", ["error huge-pages.unmounted", "warning huge-pages.short"],
      naming: ["VROUTER_HUGE_PAGES_MOUNT"]
    ) { node, _ in
      node.node.hugePages = hugePages(mounts: [])
    },
    Row(
      "fewer huge pages than asked for", ["warning huge-pages.short"],
      naming: ["4 missing", "node 0: 4 reserved", "hugepagesz=2M hugepages=8"]
    ) { node, _ in
      node.node.hugePages = hugePages(mounts: [.init(path: "/dev/hugepages", pageBytes: 2 << 20)])
    },
    Row("virtual functions to be made", ["warning virtual-functions.missing"], naming: ["eth1", "prepare"]) {
      node, _ in
      node.node.functions = [functions(4)]
    },
    Row("more virtual functions than there can be", ["error virtual-functions.refused"], naming: ["have 8"]) {
      node, _ in
      node.node.functions = [functions(9)]
    },
    Row("LRO is on", ["warning nic.features-unfit"], naming: ["rx-lro is on", "prepare"]) { node, _ in
      let features = InterfaceFeatures(changeable: ["rx-lro"], active: ["rx-lro"])
      node.node.features = [
        FeaturePlan(
          FeatureSubject(interface: "eth0", index: 2, driver: nil, features: .success(features)))
      ]
    },
    Row(
      "nobody tells the prefix", ["error address.prefix-unknown"],
      naming: ["because", "VROUTER_SUBNET_PREFIX"]
    ) { node, _ in
      node.node.prefix = .unknown(reason: "because")
    },
    Row("the name servers went", ["warning name-servers.lost"], naming: ["/etc/resolv.conf"]) { node, _ in
      node.node.lostNameServers = .init(path: "/etc/resolv.conf", content: "nameserver 10.0.0.2\n")
    },
    Row(
      "much is wrong at once",
      [
        "error interface.undecided", "error module.build-missing", "error memory.load-short",
        "warning config.missing", "error readiness.stale",
      ]
    ) { node, _ in
      node.network.snapshot.routes = []
      node.loaded = nil
      node.builds = [ImaginaryNode.nothing]
      node.free = [10]
      node.configuration = .missing
      node.readiness = .notReady(.module, "module vrouter is not loaded")
    },
  ]

  @Test(arguments: rows) func finds(_ row: Row) throws {
    var node = ImaginaryNode()
    var policy = Policy()
    row.change(&node, &policy)
    let findings = Diagnosis(
      observation: try node.observation(), settings: node.settings(), loadEvidence: policy.evidence,
      claimsReadiness: row.claimsReadiness, unfinished: policy.unfinished
    ).findings
    #expect(findings.map { "\($0.severity.rawValue) \($0.name.rawValue)" } == row.findings, "\(findings)")
    for finding in findings {
      #expect(!finding.message.isEmpty && !finding.message.contains("\n"))
      #expect(!finding.remedy.isEmpty)
      #expect(!finding.evidence.contains { $0.contains("\n") })
    }
    if let first = findings.first {
      let said = ([first.message, first.remedy] + first.evidence).joined(separator: "\n")
      for word in row.words { #expect(said.contains(word), "\(said)") }
    }
  }

  /// Every finding that this program can make has its row, but for the one about settings, below.
  @Test func everyFindingIsTested() {
    let names = Set(Self.rows.flatMap(\.findings).map { String($0.split(separator: " ")[1]) })
    #expect(names.union(["settings.invalid"]) == Set(Finding.Name.allCases.map(\.rawValue)))
  }

  @Test func malformedSettingsAreFindings() throws {
    let error = #expect(throws: SettingsError.self) {
      try Settings.read(environment: [
        "VROUTER_GATEWAY": "10.0.0.300", "METADATA_PROXY_SECRET": "hush#hush",
      ])
    }
    let findings = Diagnosis.findings(try #require(error))
    #expect(findings.map(\.name) == [.settingsInvalid, .settingsInvalid])
    #expect(findings.allSatisfy { $0.severity == .error })
    let text = DiagnosisText.text(findings, readiness: .notReady(.file, "because"))
    #expect(text.contains("VROUTER_GATEWAY: found '10.0.0.300'"))
    #expect(text.contains("set in"))
    #expect(text.contains("METADATA_PROXY_SECRET"))
    #expect(!text.contains("hush"))
  }
}
