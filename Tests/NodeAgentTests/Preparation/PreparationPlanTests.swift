import KernelModule
import Netlink
import Readiness
import Testing

@testable import NodeAgent

@Suite struct PreparationPlanTests {
  /// A node and the steps that prepare it.
  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let steps: [String]
    let change: @Sendable (inout ImaginaryNode) -> Void

    init(_ name: String, _ steps: String..., change: @escaping @Sendable (inout ImaginaryNode) -> Void) {
      (testDescription, self.steps, self.change) = (name, steps, change)
    }
  }

  static let rows = [
    Row("a prepared node: the readiness file is only renewed", "declare-ready") { _ in },
    Row(
      "a bare node", "withdraw-readiness", "load-module", "write-configuration", "remember-identity",
      "declare-ready"
    ) {
      $0.loaded = nil
      $0.isRemembered = false
      $0.configuration = .missing
      $0.readiness = .notReady(.file, "none")
    },
    Row("only the module is missing", "withdraw-readiness", "load-module", "declare-ready") {
      $0.loaded = nil
    },
    Row("only the configuration is missing", "withdraw-readiness", "write-configuration", "declare-ready") {
      $0.configuration = .missing
    },
    Row("only a setting changed", "withdraw-readiness", "write-configuration", "declare-ready") {
      $0.configuration = .text("[DEFAULT]\nlog_level=SYS_DEBUG\n")
    },
    Row("everybody may read the secrets", "withdraw-readiness", "write-configuration", "declare-ready") {
      $0.configurationIsPrivate = false
    },
    Row("an empty configuration", "withdraw-readiness", "write-configuration", "declare-ready") {
      $0.configuration = .text("")
    },
    Row("the module is part of the kernel", "declare-ready") { $0.loaded = ImaginaryNode.module(.builtIn) },
    Row("another build is loaded: it is left alone", "declare-ready") {
      $0.loaded = ImaginaryNode.module(srcversion: "BBBB")
    },
    Row("a module that is being loaded by somebody", "withdraw-readiness", "load-module", "declare-ready") {
      $0.loaded = ImaginaryNode.module(.coming)
    },
    Row("only the hardware is not remembered", "remember-identity", "declare-ready") {
      $0.isRemembered = false
    },
    Row("only the readiness file is stale", "declare-ready") { $0.readiness = .notReady(.boot, "another") },
  ]

  @Test(arguments: rows) func hasTheSteps(_ row: Row) throws {
    var node = ImaginaryNode()
    row.change(&node)
    #expect(try node.plan().steps.map(\.name) == row.steps)
  }

  @Test func stepsSayWhatTheyDo() throws {
    var node = ImaginaryNode()
    node.loaded = nil
    node.configuration = .missing
    node.isRemembered = false
    node.options = "vr_vrfs=1024 vr_flow_entries=65536"
    let steps = try node.plan().steps
    #expect(
      steps.map(\.description) == [
        "remove the readiness file, if there is one",
        "load the module /builds/6.1.0-7-test/vrouter.ko with vr_vrfs=1024 vr_flow_entries=65536",
        "write /etc/contrail/contrail-vrouter-agent.conf, /etc/contrail/vnc_api_lib.ini, /etc/contrail/contrail-lbaas-auth.conf",
        "remember the chosen hardware in /var/lib/vrouter-node-agent/identity.json",
        "check the node and write the readiness file",
      ])
    #expect(PreparationStep.loadModule(file: "/m.ko", options: "").description == "load the module /m.ko")
    #expect(
      PreparationStep.installProbe(path: "/p/vrouter-probe").description
        == "copy the probe to /p/vrouter-probe")
  }

  @Test func differencesOfALoadedModuleAreWarnings() throws {
    var node = ImaginaryNode()
    node.loaded = ImaginaryNode.module(srcversion: "BBBB", parameters: ["vr_vrfs": "4096"])
    node.options = "vr_vrfs=1024"
    let warnings = try node.plan().warnings.joined(separator: "\n")
    for words in ["BBBB", "AAAA", "vr_vrfs", "1024", "4096"] {
      #expect(warnings.contains(words), "\(warnings)")
    }
  }

  @Test func retriesAsTheSettingsSay() throws {
    var node = ImaginaryNode()
    node.environment = [
      "VROUTER_MODULE_LOAD_ATTEMPTS": "7", "VROUTER_MODULE_LOAD_BACKOFF": "250ms",
      "VROUTER_MODULE_LOAD_BACKOFF_MAX": "2m",
    ]
    let policy = try node.plan().module.retryPolicy
    #expect(policy.attempts == 7)
    #expect(policy.firstDelay == .milliseconds(250))
    #expect(policy.longestDelay == .seconds(120))
  }

  /// A host that can't be prepared, the exit code, and what the message names.
  struct Refusal: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let code: ExitCode
    let words: [String]
    let change: @Sendable (inout ImaginaryNode) -> Void

    init(
      _ name: String, _ code: ExitCode, _ words: String...,
      change: @escaping @Sendable (inout ImaginaryNode) -> Void
    ) {
      (testDescription, self.code, self.words, self.change) = (name, code, words, change)
    }
  }

  static let refusals = [
    Refusal("no default route", .undecided, "no default route", "set PHYSICAL_INTERFACE", "lo  ") {
      $0.network.snapshot.routes = []
    },
    Refusal("an interface without a MAC", .undecided, "eth0 has no MAC address", "PHYSICAL_INTERFACE") {
      $0.network.snapshot.links[1].macAddress = nil
    },
    Refusal("a name that the configuration can't hold", .undecided, "eth#0", "rename it") {
      $0.network.snapshot.links[1].name = "eth#0"
    },
    Refusal("no build", .module, ImaginaryNode.release, "nothing there", "install the build") {
      $0.loaded = nil
      $0.builds = [ImaginaryNode.nothing]
    },
    Refusal("a build for another kernel", .module, "of another kernel: flags", "install the build") {
      $0.loaded = nil
      $0.builds = [ImaginaryNode.build(.ofAnotherKernel(reason: "flags"))]
    },
    Refusal("an option that crashes the kernel", .module, "vr_pkt_droplog_buf_en=0", "nothing was tried") {
      $0.loaded = nil
      $0.options = "vr_pkt_droplog_buf_en=0"
    },
    Refusal("links with the module's names", .module, "pkt1", "rename or delete pkt1") {
      $0.loaded = nil
      $0.network.link("pkt1")
    },
  ]

  @Test(arguments: refusals) func isRefused(_ row: Refusal) throws {
    var node = ImaginaryNode()
    row.change(&node)
    let failure = #expect(throws: CommandFailure.self) { try node.plan() }
    #expect(failure?.code == row.code)
    for word in row.words {
      #expect(failure?.description.contains(word) == true, "\(String(describing: failure))")
    }
  }
}

/// What becomes of a module that is loaded and isn't the wanted one.
struct ModuleReplacementTests {
  private func plan(
    srcversion: String = "BBBB", blockers: [String]?, _ change: (inout ImaginaryNode) -> Void = { _ in }
  ) throws -> ModulePlan {
    var node = ImaginaryNode()
    node.loaded = ImaginaryNode.module(srcversion: srcversion)
    change(&node)
    var module = try node.observation().module()
    module.replacementBlockers = blockers
    return try ModulePlan(module, settings: try Settings.read(environment: node.environment).module)
  }

  @Test func isToldAndStaysUnlessItMayGo() throws {
    let plan = try plan(blockers: nil)
    #expect(plan.request == nil && !plan.replaces)
    #expect(plan.differences.count == 1)
  }

  @Test func isReplacedWhenNothingStandsAgainstIt() throws {
    let plan = try plan(blockers: [])
    #expect(plan.request != nil && plan.replaces)
    #expect(plan.differences.count == 1)
  }

  @Test func staysWhileItIsUsedAndSaysWhy() throws {
    let plan = try plan(blockers: ["[vhost-link] the link vhost0"])
    #expect(plan.request == nil && !plan.replaces)
    #expect(
      plan.differences.last == "the loaded module is not replaced: [vhost-link] the link vhost0")
  }

  @Test func theSameModuleIsLeftAlone() throws {
    let plan = try plan(srcversion: "AAAA", blockers: [])
    #expect(plan.request == nil && !plan.replaces && plan.differences.isEmpty)
  }

  /// Nothing is unloaded for options that can't be loaded.
  @Test func dangerousOptionsReplaceNothing() throws {
    #expect(throws: CommandFailure.self) {
      try plan(srcversion: "AAAA", blockers: []) { $0.options = "vr_nexthops=0" }
    }
  }
}
