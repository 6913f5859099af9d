import Foundation
import HostFiles
import KernelModule
import TestSupport
import Testing

@testable import NodeAgent

/// Copying a build into the module tree, with the real depmod, and undoing it.
struct ModuleInstallationTests {
  private static let copy = "/lib/modules/\(ImaginaryNode.release)/extra/vrouter.ko"

  private func withHost(_ body: (FakeHost, HostAccess, ModuleInstallation, HostRoot) throws -> Void) throws {
    try withTemporaryRoot { root, path in
      let host = try FakeHost(root: root, path: path)
      try FakeHost.write("", "/lib/modules/\(ImaginaryNode.release)/modules.order", root)
      try FakeHost.write("", "/lib/modules/\(ImaginaryNode.release)/modules.builtin", root)
      let build = try ModuleFile(
        resolving: "/opt/contrail/vrouter-kernel-modules/\(ImaginaryNode.release)/vrouter.ko", below: root)
      try body(
        host, host.access, ModuleInstallation(file: build, release: ImaginaryNode.release), root)
    }
  }

  @Test func isCopiedRecordedAndUndone() throws {
    try withHost { _, host, installation, root throws in
      #expect(!installation.isCurrent(on: root))
      #expect(try installation.install(on: host) == Self.copy)
      #expect(try root.readBytes(Self.copy) == FakeHost.build)
      #expect(try root.status(Self.copy).permissions == 0o644)
      #expect(root.exists("/lib/modules/\(ImaginaryNode.release)/modules.dep"))
      #expect(try ModuleInstallation.record(on: root)?.path == Self.copy)
      #expect(installation.isCurrent(on: root))
      // Again changes nothing.
      #expect(try installation.install(on: host) == Self.copy)

      #expect(try ModuleInstallation.undo(on: host) == Self.copy)
      #expect(!root.exists(Self.copy))
      #expect(try ModuleInstallation.record(on: root) == nil)
      #expect(try ModuleInstallation.undo(on: host) == nil)
    }
  }

  @Test func aFileOfSomebodyElseIsLeftAlone() throws {
    try withHost { _, host, installation, root throws in
      try FakeHost.write("another build", Self.copy, root)
      #expect(throws: CommandFailure.self) { try installation.install(on: host) }
      #expect(try root.readText(Self.copy) == "another build\n")
      #expect(try ModuleInstallation.record(on: root) == nil)
    }
  }

  @Test func whatWasPutThereSinceStays() throws {
    try withHost { _, host, installation, root throws in
      _ = try installation.install(on: host)
      try FakeHost.write("another build", Self.copy, root)
      #expect(!installation.isCurrent(on: root))
      #expect(try ModuleInstallation.undo(on: host) == nil)
      #expect(try root.readText(Self.copy) == "another build\n")
      #expect(try ModuleInstallation.record(on: root) == nil)
    }
  }

  /// Killed between record and copy, or between copy and depmod: the next run, or the undoing, makes it good.
  @Test func aRecordWithoutACopyIsUndone() throws {
    try withHost { _, host, installation, root throws in
      _ = try installation.install(on: host)
      try root.remove(Self.copy)
      #expect(!installation.isCurrent(on: root))
      #expect(try ModuleInstallation.undo(on: host) == nil)
      #expect(try ModuleInstallation.record(on: root) == nil)
    }
  }

  /// Killed between copy and depmod, or there was no depmod: the tree doesn't know the copy, and the next run takes it up.
  @Test func aCopyThatTheTreeDoesntKnowIsTakenUp() throws {
    try withHost { host, access, installation, root throws in
      _ = try installation.install(on: access)
      let index = "/lib/modules/\(ImaginaryNode.release)/modules.dep"
      try FakeHost.write("", index, root)
      #expect(!installation.isCurrent(on: root))
      var host = host
      host.environment = ["VROUTER_MODULE_INSTALL": "true"]
      let outcome = try host.prepare()
      #expect(outcome.plan.steps.map(\.name).contains("install-module"))
      #expect(try root.readText(index).contains("extra/vrouter.ko:"))
      #expect(try !host.plan().steps.map(\.name).contains("install-module"))
    }
  }

  @Test func aDamagedRecordIsAnError() throws {
    try withHost { _, host, installation, root throws in
      try FakeHost.write(
        "{\"schema\":1,\"release\":\"x\",\"path\":\"/etc/passwd\",\"sha256\":\"\"}",
        ModuleInstallation.Record.path, root)
      #expect(throws: CommandFailure.self) { try ModuleInstallation.undo(on: host) }
      #expect(throws: CommandFailure.self) { try installation.install(on: host) }
    }
  }
}
