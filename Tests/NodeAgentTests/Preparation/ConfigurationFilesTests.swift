import Glibc
import HostFiles
import Readiness
import TestSupport
import Testing

@testable import NodeAgent

/// The configuration files on the host: written together, whose they are, what they held before, and their end.
@Suite struct ConfigurationFilesTests {
  private let path = AgentConfiguration.path
  private var previous: String { FileSet.File.previousPath(of: path) }
  /// Those beside it, by name, and what a clean-up says of them.
  private static let beside = ["contrail-lbaas-auth.conf", "vnc_api_lib.ini"]
  private static let removed = ConfigurationFiles.companionPaths.map { "removed \($0)" }

  @Test func aChangeKeepsWhatWasThereBefore() throws {
    try withTemporaryRoot { root, folder in
      var host = try FakeHost(root: root, path: folder)
      _ = try host.prepare()
      #expect(!root.exists(previous))
      let first = try root.readText(path)
      host.environment = ["LOG_LEVEL": "SYS_DEBUG"]
      _ = try host.prepare()
      #expect(try root.readText(previous) == first)
      for file in [path, previous] { #expect(try root.status(file).permissions == 0o640) }
      let status = try root.status(previous)
      // Nothing changes: nothing is touched, the previous version neither.
      _ = try host.prepare()
      #expect(try root.status(previous) == status)
      #expect(
        try root.names(in: "/etc/contrail").filter { !Self.beside.contains($0) } == [
          "contrail-vrouter-agent.conf", "contrail-vrouter-agent.conf.previous",
        ])
    }
  }

  @Test func theFilesAreWhoseTheSettingsSay() throws {
    try withTemporaryRoot { root, folder in
      var host = try FakeHost(root: root, path: folder)
      _ = try host.prepare()
      host.environment = ["CONTRAIL_UID": "1999", "CONTRAIL_GID": "1998"]
      #expect(
        try host.plan().steps.map(\.name) == ["withdraw-readiness", "write-configuration", "declare-ready"])
      _ = try host.prepare()
      #expect(try root.status(path).user == 1999)
      #expect(try root.status(path).group == 1998)
      #expect(!root.exists(previous), "the content is the same")
      #expect(try host.plan().steps.map(\.name) == ["declare-ready"])
      // Not said any more: it stays whose it is.
      host.environment = [:]
      #expect(try host.plan().steps.map(\.name) == ["declare-ready"])
    }
  }

  /// What a run left that was killed while it wrote is made good by the next one.
  @Test func anUnfinishedWriteIsFinished() throws {
    try withTemporaryRoot { root, folder in
      let host = try FakeHost(root: root, path: folder)
      _ = try host.prepare()
      let wanted = try root.readText(path)
      let tag = "0123456789abcdef"
      try root.replace(
        "/etc/contrail/.contrail-vrouter-agent.conf.\(tag).unfinished", with: Array("half".utf8), mode: 0o600)
      try root.replace(
        ConfigurationFiles.journal,
        with: Array("vrouter-files 1\nfinish \(tag)\nexisted drop \(path)\nend\n".utf8), mode: 0o600)
      _ = try host.prepare()
      #expect(try root.readText(path) == wanted)
      #expect(try root.names(in: "/etc/contrail").filter { $0.hasPrefix(".") } == [])
    }
  }

  private func removal(_ root: HostRoot) throws -> Cleanup.Outcome {
    var outcome = Cleanup.Outcome()
    let claim = (try? root.readBytes(ReadyFile.path)).flatMap { try? ReadyFile(parsing: $0) }
    try ConfigurationRemoval(root: root, claim: claim).run(&outcome)
    return outcome
  }

  @Test func whatWasThereBeforeComesBack() throws {
    try withTemporaryRoot { root, folder in
      let host = try FakeHost(root: root, path: folder)
      try root.makeDirectories("/etc/contrail", mode: 0o755)
      try root.replace(path, with: Array("[DEFAULT]\nlog_level=SYS_INFO\n".utf8), mode: 0o600)
      _ = try host.prepare()
      let outcome = try removal(root)
      #expect(try root.readText(path) == "[DEFAULT]\nlog_level=SYS_INFO\n")
      #expect(try root.names(in: "/etc/contrail") == ["contrail-vrouter-agent.conf"])
      #expect(outcome.done == ["removed \(path)", "gave \(path) back what it held before"] + Self.removed)
      #expect(outcome.left.isEmpty)
      // It is somebody else's now.
      #expect(try removal(root).done.isEmpty)
    }
  }

  @Test func ourOwnPreviousVersionGoes() throws {
    try withTemporaryRoot { root, folder in
      var host = try FakeHost(root: root, path: folder)
      _ = try host.prepare()
      host.environment = ["LOG_LEVEL": "SYS_DEBUG"]
      _ = try host.prepare()
      #expect(try removal(root).done == ["removed \(path)", "removed \(previous)"] + Self.removed)
      #expect(try root.names(in: "/etc/contrail").isEmpty)
    }
  }

  @Test func whatSomebodyChangedSinceStays() throws {
    try withTemporaryRoot { root, folder in
      var host = try FakeHost(root: root, path: folder)
      _ = try host.prepare()
      host.environment = ["LOG_LEVEL": "SYS_DEBUG"]
      _ = try host.prepare()
      try root.replace(path, with: Array("mine".utf8), mode: 0o640)
      let outcome = try removal(root)
      #expect(outcome.done == Self.removed)
      #expect(outcome.left.count == 1)
      #expect(try root.readText(path) == "mine")
      #expect(root.exists(previous))
    }
  }

  @Test func aLinkInThePreviousVersionsPlaceIsLeft() throws {
    try withTemporaryRoot { root, folder in
      let host = try FakeHost(root: root, path: folder)
      _ = try host.prepare()
      try root.replace("/victim", with: Array("precious".utf8), mode: 0o600)
      #expect(symlink("/victim", folder + previous) == 0)
      #expect(try removal(root).done == ["removed \(path)"] + Self.removed)
      #expect(try root.readText("/victim") == "precious")
      #expect(!root.exists(path))
    }
  }
}
