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

  private func place(_ release: String, _ path: String, _ module: FakeModule? = nil) throws {
    var module = module ?? FakeModule(name: "vrouter")
    module.release = release
    try module.write(to: "\(path)\(Self.builds)/\(release)/vrouter.ko")
  }

  @Test func proposesTheNearestBuildThatFits() throws {
    try withTemporaryRoot { _, path in
      _ = try LibkmodBackendTests.makeTree(path)
      try FileManager.default.removeItem(atPath: "\(path)/lib/modules/\(Self.release)/extra/vrouter.ko")
      try runDepmod(root: path, release: Self.release)
      try place("6.1.0-97-test-amd64", path)
      // The nearest, but built with another layout of the kernel's structures.
      try place(
        "6.1.0-98-test-amd64", path, FakeModule(name: "vrouter", checksums: [("module_layout", 0xbad)]))
      try place("6.1.0-100-test-amd64", path)
      try place("6.1.0-98-rt-amd64", path)
      try place("5.10.0-9-test-amd64", path)
      try writeFile("not a build", to: "\(path)\(Self.builds)/README")
      let choice = try find(path)
      #expect(
        choice.candidates.map(\.otherRelease) == [
          nil, nil, "6.1.0-98-test-amd64", "6.1.0-97-test-amd64", "6.1.0-100-test-amd64",
          "5.10.0-9-test-amd64", "6.1.0-98-rt-amd64",
        ])
      #expect(choice.chosen?.otherRelease == "6.1.0-97-test-amd64")
      #expect(
        choice.candidates[2].verdict
          == .ofAnotherKernel(
            reason:
              "1 of its 1 symbol checksums are another kernel's: module_layout is 0xbad, the running kernel has 0x12345678"
          ))
      #expect(
        choice.chosen?.verdict == .usable(note: "the nearest there is, built for 6.1.0-97-test-amd64"))
      #expect(choice.candidates[5].verdict == .ofAnotherKernel(reason: "it is for another series of kernels"))
      #expect(
        choice.candidates[6].description.contains(
          "another flavour of kernels ('rt', the running one is 'test')"))
    }
  }

  /// However many there are: those that are looked into are the nearest, and the others are named.
  @Test func ofManyBuildsTheNearestAreLookedInto() throws {
    try withTemporaryRoot { _, path in
      _ = try LibkmodBackendTests.makeTree(path)
      try FileManager.default.removeItem(atPath: "\(path)/lib/modules/\(Self.release)/extra/vrouter.ko")
      try runDepmod(root: path, release: Self.release)
      // Names that come first in a folder are the farthest.
      for number in 1000..<1120 { try place("6.1.0-\(number)-test-amd64", path) }
      try place("6.1.0-98-test-amd64", path)
      let choice = try find(path)
      #expect(choice.chosen?.otherRelease == "6.1.0-98-test-amd64")
      let builds = choice.candidates.filter { $0.otherRelease != nil }
      #expect(builds.count == 121)
      #expect(builds.filter(\.isUsable).count == ModuleFinder.otherBuildsLimit)
      #expect(builds.last?.otherRelease == "6.1.0-1119-test-amd64")
      #expect(builds.last?.description.contains("not looked into, as 100 nearer ones were") == true)
    }
  }

  /// The copy that this program made of a build doesn't hide a newer one in the folder that it came from.
  @Test(arguments: [(true, "2"), (false, "1.0")])
  func itsOwnCopyComesAfterTheFolder(isOwn: Bool, version: String) throws {
    try withTemporaryRoot { _, path in
      _ = try LibkmodBackendTests.makeTree(path)
      let host = try HostRoot(path)
      try FakeModule(name: "vrouter", version: "2").write(
        to: "\(path)\(Self.builds)/\(Self.release)/vrouter.ko")
      func choose() throws -> ModuleChoice {
        try ModuleFinder(
          name: "vrouter", release: Self.release, host: host,
          backend: try LibkmodBackend(host: host, release: Self.release),
          ownCopy: "/usr/lib/modules/\(Self.release)/extra/\(isOwn ? "vrouter" : "another").ko"
        ).find()
      }
      #expect(try choose().chosen?.information?.version == version)
      // Without that folder's build the copy is as good as any.
      try FileManager.default.removeItem(atPath: "\(path)\(Self.builds)")
      #expect(try choose().chosen?.information?.version == "1.0")
    }
  }

  @Test func whereNothingFitsEveryBuildSaysWhy() throws {
    try withTemporaryRoot { _, path in
      try place("5.10.0-9-test-amd64", path)
      let choice = try find(path)
      #expect(choice.chosen == nil)
      #expect(choice.absence.contains("no build of the module vrouter for the kernel \(Self.release)"))
      #expect(choice.absence.contains("builds in \(Self.builds): nothing there"))
      #expect(choice.absence.contains("it is for another series of kernels"))
    }
  }

  @Test func theExactReleaseComesBeforeANearerFolder() throws {
    try withTemporaryRoot { _, path in
      _ = try LibkmodBackendTests.makeTree(path)
      try FakeModule(name: "vrouter", release: "6.1.0-98-test-amd64").write(
        to: "\(path)/srv/6.1.0-98-test-amd64/vrouter.ko")
      let choice = try find(path, folder: "/srv")
      #expect(choice.chosen?.origin == .tree("/lib/modules/\(Self.release)"))
      #expect(choice.candidates.map(\.isUsable) == [false, true, true])
    }
  }

  @Test(arguments: [(UInt16(183), "for another machine"), (62, "usable")])
  func comparesTheMachine(machine: UInt16, said: String) throws {
    try withTemporaryRoot { _, path in
      try place(Self.release, path, FakeModule(name: "vrouter", machine: machine))
      let candidate = try #require(try find(path).candidates.last)
      #expect(candidate.description.contains(said), "\(candidate)")
    }
  }

  @Test func aBuildWithoutItsDependenciesIsNotTried() throws {
    try withTemporaryRoot { _, path in
      _ = try LibkmodBackendTests.makeTree(path)
      try place(Self.release, path, FakeModule(name: "vrouter", dependencies: ["absent_one", "inside"]))
      let choice = try find(path)
      let candidate = try #require(choice.candidates.last)
      #expect(
        candidate.verdict
          == .unusable(reason: "it depends on absent_one, which is neither loaded nor in the module tree"))
      // It is there as soon as somebody has loaded it.
      try writeFile("live\n", to: "\(path)/sys/module/absent_one/initstate")
      #expect(try find(path).candidates.last?.isUsable == true)
    }
  }

  /// The kernel's own words are known from a module of its tree.
  @Test(
    arguments: [
      (release, "SMP preempt mod_unload modversions ", "usable"),
      ("6.1.0-98-test-amd64", "SMP preempt mod_unload modversions ", "usable"),
      (release, "SMP mod_unload modversions ", "of another kernel [version-magic]: it was built with"),
      (
        "4.18.0-80.el8.x86_64", "SMP mod_unload modversions ",
        "of another kernel [version-magic]: it was built with"
      ),
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
      ("empty", "it is empty"), ("junk", "it is no ELF object"),
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
