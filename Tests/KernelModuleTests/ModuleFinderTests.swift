import Foundation
import HostFiles
import TestSupport
import Testing

@testable import KernelModule

struct ModuleFinderTests {
  static let release = LibkmodBackendTests.release
  static let builds = "/opt/contrail/vrouter-kernel-modules"

  private func find(_ path: String, folder: String? = nil) throws -> ModuleChoice {
    let host = try HostRoot(path)
    let backend = try LibkmodBackend(host: host, release: Self.release)
    return try ModuleFinder(
      name: "vrouter", release: Self.release, host: host, backend: backend, folder: folder
    ).find()
  }

  @Test func prefersTheTreeToTheDefaultFolder() throws {
    try withTemporaryRoot { _, path in
      _ = try LibkmodBackendTests.makeTree(path)
      try FakeModule(name: "vrouter", version: "2").write(
        to: "\(path)\(Self.builds)/\(Self.release)/vrouter.ko")
      let choice = try find(path)
      #expect(choice.candidates.map(\.isUsable) == [true, true])
      #expect(choice.chosen?.origin == .tree("/lib/modules/\(Self.release)"))
      #expect(choice.chosen?.information?.version == "1.0")
    }
  }

  @Test func prefersANamedFolder() throws {
    try withTemporaryRoot { _, path in
      _ = try LibkmodBackendTests.makeTree(path)
      try FakeModule(name: "vrouter", version: "3").write(to: "\(path)/srv/builds/\(Self.release)/vrouter.ko")
      let choice = try find(path, folder: "/srv/builds")
      #expect(choice.chosen?.origin == .builds("/srv/builds"))
      #expect(choice.chosen?.information?.version == "3")
      #expect(choice.candidates.count == 2)
    }
  }

  @Test func takesTheExactReleaseOnly() throws {
    try withTemporaryRoot { _, path in
      try FakeModule(name: "vrouter").write(to: "\(path)\(Self.builds)/6.1.0-98-test-amd64/vrouter.ko")
      let choice = try find(path)
      #expect(choice.chosen == nil)
      #expect(choice.candidates.map(\.verdict) == [.absent, .absent])
      #expect(choice.absence.contains("no build of the module vrouter for the kernel \(Self.release)"))
      #expect(choice.absence.contains("builds in \(Self.builds): nothing there"))
    }
  }

  /// The kernel's own words are known from a module of its tree.
  @Test(
    arguments: [
      (release, "SMP preempt mod_unload modversions ", "usable"),
      ("6.1.0-98-test-amd64", "SMP preempt mod_unload modversions ", "usable (built for 6.1.0-98-test-amd64"),
      (release, "SMP mod_unload modversions ", "of another kernel: it was built with"),
      ("4.18.0-80.el8.x86_64", "SMP mod_unload modversions ", "of another kernel: it was built with"),
    ])
  func comparesTheVersionMagic(built: String, flags: String, said: String) throws {
    try withTemporaryRoot { _, path in
      _ = try LibkmodBackendTests.makeTree(path)
      try FakeModule(name: "vrouter", release: built, flags: flags)
        .write(to: "\(path)/srv/\(Self.release)/vrouter.ko")
      let candidate = try #require(try find(path, folder: "/srv").candidates.first)
      #expect(candidate.description.contains("vrouter.ko (below \(path)): \(said)"), "\(candidate)")
    }
  }

  @Test func withoutATreeOnlyTheReleaseIsCompared() throws {
    try withTemporaryRoot { _, path in
      try FakeModule(name: "vrouter", release: "4.18.0", flags: "SMP mod_unload ")
        .write(to: "\(path)\(Self.builds)/\(Self.release)/vrouter.ko")
      guard case .ofAnotherKernel = try find(path).candidates.last?.verdict else {
        Issue.record("not refused")
        return
      }
    }
  }

  @Test(
    arguments: [
      ("empty", "it is empty"), ("junk", "cannot read the module information"),
      ("open", "everybody may write to it"),
      ("folder", "it is no regular file"), ("other", "it is the module openvswitch"),
      ("magicless", "doesn't say for which kernel"),
    ])
  func refusesWhatCantBeTrusted(how: String, said: String) throws {
    try withTemporaryRoot { _, path in
      let file = "\(path)\(Self.builds)/\(Self.release)/vrouter.ko"
      switch how {
      case "empty": try writeFile("", to: file)
      case "junk": try writeFile("junk", to: file)
      case "folder": try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: true)
      case "other": try FakeModule(name: "openvswitch").write(to: file)
      case "magicless":
        var bytes = FakeModule(name: "vrouter").bytes
        let start = try #require(bytes.indices.first { bytes[$0...].starts(with: "vermagic".utf8) })
        bytes[start] = UInt8(ascii: "x")
        try writeFile(bytes, to: file)
      default:
        try FakeModule(name: "vrouter").write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: file)
      }
      let choice = try find(path)
      #expect(choice.chosen == nil)
      #expect(choice.absence.contains(said), "\(choice.absence)")
    }
  }

  @Test func refusesAFolderThatIsNoPlainPath() throws {
    try withTemporaryRoot { host, _ in
      let backend = try LibkmodBackend(host: host, release: Self.release)
      #expect(throws: KernelModuleError.self) {
        try ModuleFinder(
          name: "vrouter", release: Self.release, host: host, backend: backend, folder: "../builds")
      }
    }
  }

  @Test func knowsBuiltIn() throws {
    try withTemporaryRoot { _, path in
      let (host, backend) = try LibkmodBackendTests.makeTree(path)
      let choice = try ModuleFinder(
        name: "inside", release: Self.release, host: host, backend: backend
      ).find()
      #expect(choice.isBuiltIn)
      #expect(choice.chosen == nil)
    }
  }
}
