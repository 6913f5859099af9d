import Foundation
import HostFiles
import KernelModule
import Readiness
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import NodeAgent

/// The whole of a preparation on a host in a folder, with an imagined kernel.
@Suite struct PreparationTests {
  @Test func aBareHostBecomesReady() throws {
    try withTemporaryRoot { root, path in
      var host = try FakeHost(root: root, path: path)
      host.environment = ["VROUTER_MODULE_OPTIONS": "vr_vrfs=1024"]
      let moments = Mutex<[String]>([])
      let outcome = try host.prepare { moment in moments.withLock { $0.append(moment) } }
      #expect(moments.withLock { $0 } == PreparationMoments.names(of: outcome.plan.steps))
      #expect(
        outcome.plan.steps.map(\.name)
          == [
            "withdraw-readiness", "load-module", "write-configuration", "remember-identity", "declare-ready",
          ])
      let ready = try #require(outcome.ready)
      #expect(ready == (try ReadyFile(parsing: root.readBytes(ReadyFile.path))))
      #expect(ready.bootID == FakeHost.bootID && ready.writtenAt == 1_800_000_000)
      #expect(ready.interface == .init(name: "eth0", index: 2, mac: "52:54:00:00:00:01"))
      #expect(ready.gateway == "10.0.0.1")
      #expect(ready.module == .init(name: "vrouter", version: "1.0", srcversion: "AAAA"))
      #expect(ready.configuration.identity == (try root.status(AgentConfiguration.path).identity))
      #expect(ReadinessCheck(root: root).verdict().isReady)
      for file in outcome.plan.files.all {
        #expect(try root.readBytes(file.path) == file.bytes)
        #expect(try root.status(file.path).permissions == 0o640)
      }
      let known = try #require(IdentityFile.read(from: root).identity)
      #expect(known.interfaces.map(\.name) == ["eth0"])
      #expect(known == outcome.plan.identity)
      #expect(outcome.summary == "eth0 with 10.0.0.5/24, module vrouter 1.0")
      let document = JSON.document(PreparationReport(outcome))
      let members = try keyPaths(document).filter { $0.hasPrefix("module") }
      #expect(
        members == [
          "module", "module.attempts", "module.failures", "module.refused", "module.srcversion",
          "module.version",
        ])
      // Again: nothing is left to do but to renew the readiness file.
      #expect(try host.prepare().plan.steps == [.declareReady])
    }
  }

  /// While anything is being changed there is no readiness file, and it comes last.
  @Test func readinessGoesFirstAndComesLast() throws {
    try withTemporaryRoot { root, path in
      var host = try FakeHost(root: root, path: path)
      _ = try host.prepare()
      host.environment = ["LOG_LEVEL": "SYS_DEBUG"]
      let seen = Mutex<[String: Bool]>([:])
      _ = try host.prepare { moment in seen.withLock { $0[moment] = root.exists(ReadyFile.path) } }
      #expect(
        seen.withLock { $0 } == [
          "before:withdraw-readiness": true, "after:withdraw-readiness": false,
          "before:write-configuration": false,
          "after:write-configuration": false, "before:declare-ready": false, "after:declare-ready": true,
        ])
    }
  }

  /// A run that only renews the file never leaves the node without one.
  @Test func aRenewalDoesNotInterruptReadiness() throws {
    try withTemporaryRoot { root, path in
      let host = try FakeHost(root: root, path: path)
      _ = try host.prepare()
      let seen = Mutex<[Bool]>([])
      _ = try host.prepare { _ in seen.withLock { $0.append(ReadinessCheck(root: root).verdict().isReady) } }
      #expect(seen.withLock { $0 } == [true, true])
    }
  }

  @Test func aPlanTouchesNothing() throws {
    try withTemporaryRoot { root, path in
      let host = try FakeHost(root: root, path: path)
      let before = try listing(path)
      _ = try host.plan()
      #expect(try listing(path) == before)
    }
  }

  /// A preparation whose own check fails is taken back: here the card's MAC changed meanwhile.
  @Test func aNodeThatFailsItsOwnCheckIsNotDeclaredReady() throws {
    try withTemporaryRoot { root, path in
      let host = try FakeHost(root: root, path: path)
      let failure = #expect(throws: CommandFailure.self) {
        try host.prepare { moment in
          guard moment == "before:declare-ready" else { return }
          try? FakeHost.write("52:54:00:00:00:99", "/sys/class/net/eth0/address", root)
        }
      }
      #expect(failure?.code == .failed)
      #expect(failure?.description.contains("its own check fails") == true)
      #expect(failure?.description.contains("52:54:00:00:00:99") == true)
      #expect(!root.exists(ReadyFile.path))
    }
  }

  @Test func aModuleThatVanishesAfterTheLoad() throws {
    try withTemporaryRoot { root, path in
      let host = try FakeHost(root: root, path: path)
      let failure = #expect(throws: CommandFailure.self) {
        try host.prepare { moment in
          guard moment == "before:declare-ready" else { return }
          try? FileManager.default.removeItem(atPath: path + "/sys/module/vrouter")
        }
      }
      #expect(failure?.code == .module)
      #expect(failure?.description.contains("not loaded any more") == true)
      #expect(!root.exists(ReadyFile.path))
    }
  }

  static let refusals: [(LoadAnswer, ExitCode)] = [
    (.errno(.execFormatError, module: "vrouter"), .module),
    (.errno(.notPermitted, module: "vrouter"), .module),
    (.errno(.noMemory, module: "vrouter"), .memory), (.errno(.resourceBusy, module: "vrouter"), .module),
    (.dependencyMissing("udp_tunnel"), .module), (.blacklisted(module: "vrouter"), .module),
    (.installCommand(module: "vrouter", command: "/bin/false"), .module),
  ]

  @Test(arguments: refusals) func aLoadThatFails(_ answer: LoadAnswer, _ code: ExitCode) throws {
    try withTemporaryRoot { root, path in
      var host = try FakeHost(root: root, path: path)
      host.answer = answer
      let failure = #expect(throws: CommandFailure.self) { try host.prepare() }
      #expect(failure?.code == code)
      #expect(failure?.description.contains("attempt") == true)
      // The steps after it were not tried.
      #expect(!root.exists(AgentConfiguration.path))
      #expect(!root.exists(ReadyFile.path))
    }
  }

  /// A file beside the agent's own that somebody changed, removed or opened to others is made good.
  @Test func companionsAreKeptAsTheyAreToBe() throws {
    try withTemporaryRoot { root, path in
      let host = try FakeHost(root: root, path: path)
      _ = try host.prepare()
      for file in try host.plan().files.companions {
        #expect(try host.plan().steps == [.declareReady])
        for spoil in [
          { try root.replace(file.path, with: Array("[auth]\n".utf8), mode: 0o640) as Any },
          { try root.replace(file.path, with: file.bytes, mode: 0o644) },
          { try root.remove(file.path) },
        ] {
          _ = try spoil()
          #expect(
            try host.plan().steps.map(\.name) == [
              "withdraw-readiness", "write-configuration", "declare-ready",
            ])
          _ = try host.prepare()
          #expect(try root.readBytes(file.path) == file.bytes)
          #expect(try root.status(file.path).permissions == 0o640)
        }
      }
    }
  }

  @Test func cleanupRemovesTheCompanionsThatThisProgramWrote() throws {
    try withTemporaryRoot { root, path in
      _ = try FakeHost(root: root, path: path).prepare()
      try root.replace(LoadBalancerFile.path, with: Array("[BARBICAN]\n".utf8), mode: 0o640)
      var outcome = Cleanup.Outcome()
      let claim = try ReadyFile(parsing: try root.readBytes(ReadyFile.path))
      try ConfigurationRemoval(root: root, claim: claim).run(&outcome)
      #expect(outcome.done == ["removed \(AgentConfiguration.path)", "removed \(ConfigurationAPIFile.path)"])
      #expect(outcome.left.count == 1 && outcome.left.first?.hasPrefix(LoadBalancerFile.path) == true)
      #expect(!root.exists(ConfigurationAPIFile.path) && root.exists(LoadBalancerFile.path))
    }
  }

  @Test func whatAKilledRunLeftIsCleanedUp() throws {
    try withTemporaryRoot { root, path in
      let host = try FakeHost(root: root, path: path)
      try FakeHost.write("half", "/etc/contrail/.contrail-vrouter-agent.conf.1f.unfinished", root)
      try FakeHost.write("half", "/run/vrouter-node-agent/.ready.1f.unfinished", root)
      _ = try host.prepare()
      #expect(
        try root.names(in: "/etc/contrail") == [
          "contrail-lbaas-auth.conf", "contrail-vrouter-agent.conf", "vnc_api_lib.ini",
        ])
      #expect(try root.names(in: "/run/vrouter-node-agent") == ["lock", "ready"])
    }
  }

  @Test func twoAtOnce() throws {
    try withTemporaryRoot { root, path in
      let host = try FakeHost(root: root, path: path)
      let second = Mutex<CommandFailure?>(nil)
      _ = try host.prepare { moment in
        guard moment == "after:load-module" else { return }
        do { _ = try host.prepare() } catch { second.withLock { $0 = error as? CommandFailure } }
      }
      let failure = second.withLock { $0 }
      #expect(failure?.code == .locked)
      #expect(failure?.description.contains("(test, process ") == true)
      #expect(ReadinessCheck(root: root).verdict().isReady)
    }
  }

  /// Every file below a folder with what stat(2) knows of it.
  private func listing(_ path: String) throws -> [String] {
    let paths = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    return try paths.sorted().map { name in
      let facts = try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
      return
        "\(name) \(facts[.systemFileNumber] ?? "") \(facts[.modificationDate] ?? "") \(facts[.size] ?? "")"
    }
  }
}
