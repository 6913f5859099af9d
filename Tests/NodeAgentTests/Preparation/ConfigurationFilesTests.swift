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
  private var original: String { FileSet.File.originalPath(of: path) }
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
      #expect(
        outcome.done == [
          "removed \(path)", "gave \(path) back what it held before this program's first write",
          "removed \(previous)",
        ] + Self.removed)
      #expect(outcome.left.isEmpty)
      // It is somebody else's now.
      #expect(try removal(root).done.isEmpty)
    }
  }

  /// However often the settings change: what comes back is what was there before the first run.
  @Test func theOriginalComesBackAfterManyChanges() throws {
    try withTemporaryRoot { root, folder in
      var host = try FakeHost(root: root, path: folder)
      try root.makeDirectories("/etc/contrail", mode: 0o755)
      let field = "[DEFAULT]\nlog_level=SYS_INFO\n"
      try root.replace(path, with: Array(field.utf8), mode: 0o600)
      for level in ["SYS_DEBUG", "SYS_INFO", "SYS_ERR"] {
        host.environment = ["LOG_LEVEL": level]
        _ = try host.prepare()
        #expect(try root.readText(original) == field)
      }
      #expect(try root.status(original).permissions == 0o640)
      #expect(try root.readText(previous).contains("log_level=SYS_INFO"))
      let outcome = try removal(root)
      #expect(try root.readText(path) == field)
      #expect(outcome.left.isEmpty)
      #expect(try root.names(in: "/etc/contrail") == ["contrail-vrouter-agent.conf"])
    }
  }

  /// Whoever wrote the file in between is told where that is: neither it nor the original is lost.
  @Test func whatSomebodyWroteInBetweenStaysBesideTheOriginal() throws {
    try withTemporaryRoot { root, folder in
      let host = try FakeHost(root: root, path: folder)
      try root.makeDirectories("/etc/contrail", mode: 0o755)
      try root.replace(path, with: Array("field".utf8), mode: 0o600)
      _ = try host.prepare()
      try root.replace(path, with: Array("in between".utf8), mode: 0o640)
      _ = try host.prepare()
      #expect(try root.readText(original) == "field")
      let outcome = try removal(root)
      #expect(try root.readText(path) == "field")
      #expect(try root.readText(previous) == "in between")
      #expect(outcome.left == ["\(previous) holds what somebody wrote in between, and stays"])
    }
  }

  /// A clean-up without a readiness file, as after a reboot or a failed run: what was written is known by what is remembered.
  @Test func filesAreKnownWithoutAReadinessFile() throws {
    try withTemporaryRoot { root, folder in
      var host = try FakeHost(root: root, path: folder)
      _ = try host.prepare()
      host.environment = ["LOG_LEVEL": "SYS_DEBUG"]
      _ = try host.prepare()
      try root.remove(ReadyFile.path)
      #expect(try removal(root).done == ["removed \(path)", "removed \(previous)"] + Self.removed)
      #expect(try root.names(in: "/etc/contrail").isEmpty)
      #expect(!root.exists(WrittenFiles.path))
    }
  }

  /// What isn't what was written stays, whatever it looks like: changed below our own first line, or another's file altogether.
  @Test(arguments: ["edited", "another's", "a link"])
  func whatIsNotKnownStaysWithoutAReadinessFile(_ kind: String) throws {
    try withTemporaryRoot { root, folder in
      let host = try FakeHost(root: root, path: folder)
      _ = try host.prepare()
      try root.remove(ReadyFile.path)
      let companion = LoadBalancerFile.path
      for file in [path, companion] {
        let text = try root.readText(file)
        switch kind {
        case "edited": try root.replace(file, with: Array((text + "extra=1\n").utf8), mode: 0o640)
        case "another's": try root.replace(file, with: Array("mine".utf8), mode: 0o640)
        default:
          // To a copy that holds the very bytes.
          try root.replace(file + ".copy", with: Array(text.utf8), mode: 0o640)
          try root.remove(file)
          #expect(symlink("\(file.split(separator: "/").last ?? "").copy", folder + file) == 0)
        }
      }
      let outcome = try removal(root)
      #expect(outcome.done == ["removed \(ConfigurationAPIFile.path)"])
      #expect(outcome.left.count == 2)
      for file in [path, companion] { #expect(root.exists(file)) }
    }
  }

  /// Killed between remembering and writing: the old content is known as well as the new one.
  @Test func aFileIsKnownWhereverAWriteEnded() throws {
    let old = WrittenFiles().adding([1], at: "/a")
    let killed = old.adding([2], at: "/a")
    for content: [UInt8] in [[1], [2]] { #expect(killed.holds(content, at: "/a") == true) }
    #expect(killed.holds([3], at: "/a") == false)
    #expect(killed.holds([1], at: "/b") == nil)
    // A later write lets go of the oldest.
    #expect(killed.adding([3], at: "/a").holds([1], at: "/a") == false)
    #expect(killed.adding([2], at: "/a") == killed)
  }

  @Test func whatIsRememberedIsForRootAlone() throws {
    try withTemporaryRoot { root, folder in
      _ = try FakeHost(root: root, path: folder).prepare()
      #expect(try root.status(WrittenFiles.path).permissions == 0o600)
      let known = WrittenFiles.read(from: root)
      for file in ConfigurationFiles.paths {
        #expect(known.holds(try root.readBytes(file), at: file) == true)
      }
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
      #expect(outcome.left.map { $0.prefix { $0 != " " } } == [path, "\(previous),"].map { $0[...] })
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
