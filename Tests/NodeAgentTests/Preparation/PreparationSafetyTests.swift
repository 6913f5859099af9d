import Foundation
import HostFiles
import KernelModule
import Readiness
import TestSupport
import Testing

@testable import NodeAgent

/// What keeps a preparation from doing harm: to the kernel, and to what the readiness file vouches for.
@Suite struct PreparationSafetyTests {
  /// A load without blocks for the drop log can crash the real module: it is not tried at all.
  @Test func withoutMemoryForTheDropLogNothingIsLoaded() throws {
    try withTemporaryRoot { root, path in
      let host = try FakeHost(root: root, path: path)
      try FakeHost.write("Node 0, zone   Normal 90000 9000 900 900 0 0 0 0 0 0 0", "/proc/buddyinfo", root)
      let error = #expect(throws: CommandFailure.self) { try host.prepare() }
      #expect(error?.code == .memory)
      #expect(error?.description.contains("drop log") == true)
      #expect(!root.exists("/sys/module/vrouter"), "it was loaded")
      #expect(!root.exists(ReadyFile.path))
    }
  }

  /// Where only larger blocks are short the module fails in good order, so that the kernel has the last word.
  @Test func withoutLargeBlocksTheKernelDecides() throws {
    try withTemporaryRoot { root, path in
      let host = try FakeHost(root: root, path: path)
      try FakeHost.write(
        "Node 0, zone   Normal 90000 9000 900 900 900 900 0 0 0 0 0", "/proc/buddyinfo", root)
      let outcome = try host.prepare()
      #expect(outcome.treatments.count == 1)
      #expect(outcome.treatments.first?.verdictsBefore.map(\.isShort) == [true, true])
      #expect(outcome.load?.attempts == 1)
      #expect(outcome.ready != nil)
    }
  }

  /// Nothing is done where nothing may be, and an attempt that could crash the kernel isn't made all the same.
  @Test func treatmentIsLeftOutWhereItIsForbidden() throws {
    try withTemporaryRoot { root, path in
      var host = try FakeHost(root: root, path: path)
      host.environment["VROUTER_MEMORY_TREATMENT"] = "none"
      try FakeHost.write(
        "Node 0, zone   Normal 90000 9000 900 900 900 900 0 0 0 0 0", "/proc/buddyinfo", root)
      #expect(try host.prepare().treatments.isEmpty)
    }
    try withTemporaryRoot { root, path in
      var host = try FakeHost(root: root, path: path)
      host.environment["VROUTER_MEMORY_TREATMENT"] = "none"
      try FakeHost.write("Node 0, zone   Normal 90000 9000 900 900 0 0 0 0 0 0 0", "/proc/buddyinfo", root)
      let error = #expect(throws: CommandFailure.self) { try host.prepare() }
      #expect(error?.code == .memory)
      #expect(!root.exists("/sys/module/vrouter"), "it was loaded")
    }
  }

  /// Tables are made smaller only where that is allowed, and a module with such tables is no stale one.
  @Test(arguments: [("true", "65536"), ("false", nil)] as [(String, String?)])
  func tablesAreFitted(allowed: String, flow: String?) throws {
    try withTemporaryRoot { root, path in
      var host = try FakeHost(root: root, path: path)
      host.environment["VROUTER_MODULE_FIT"] = allowed
      try FakeHost.write("Node 0, zone   Normal 9000 900 90 90 90 30 20 20 20 20 16", "/proc/buddyinfo", root)
      let outcome = try host.prepare()
      let loaded = try? root.readValue("/sys/module/vrouter/parameters/vr_flow_entries")
      #expect(loaded == flow)
      #expect(outcome.ready != nil)
      #expect(try host.plan().module.differences.isEmpty)
    }
  }

  /// Memory that is enough is left alone.
  @Test func enoughMemoryIsNotTreated() throws {
    try withTemporaryRoot { root, path in
      let host = try FakeHost(root: root, path: path)
      #expect(try host.prepare().treatments.isEmpty)
    }
  }

  /// A link to the wanted content, with the wanted mode, is still a link: refused where only the renewal is left to do.
  @Test func aLinkInTheConfigurationsPlaceIsNeverVouchedFor() throws {
    try withTemporaryRoot { root, path in
      let host = try FakeHost(root: root, path: path)
      _ = try host.prepare()
      let target = path + AgentConfiguration.path
      try FileManager.default.moveItem(atPath: target, toPath: target + ".moved")
      try FileManager.default.createSymbolicLink(
        atPath: target, withDestinationPath: "contrail-vrouter-agent.conf.moved")
      #expect(try host.plan().steps == [.declareReady])
      let error = #expect(throws: CommandFailure.self) { try host.prepare() }
      #expect(error?.code == .configuration)
      #expect(error?.description.contains("symbolic link") == true)
      #expect(!ReadinessCheck(root: root).verdict().isReady)
    }
  }

  /// What somebody writes between the plan and the end is not what the readiness file vouches for.
  @Test func aConfigurationThatChangesMeanwhileIsWrittenAgain() throws {
    try withTemporaryRoot { root, path in
      let host = try FakeHost(root: root, path: path)
      _ = try host.prepare()
      let wanted = try root.readBytes(AgentConfiguration.path)
      _ = try host.prepare { moment in
        guard moment == "before:declare-ready" else { return }
        _ = try? root.replace(AgentConfiguration.path, with: Array("[DEFAULT]\n".utf8), mode: 0o640)
      }
      #expect(try root.readBytes(AgentConfiguration.path) == wanted)
      #expect(ReadinessCheck(root: root).verdict().isReady)
    }
  }
}
