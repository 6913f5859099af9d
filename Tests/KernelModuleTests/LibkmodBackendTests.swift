import Foundation
import HostFiles
import SystemPackage
import TestSupport
import Testing

@testable import KernelModule

/// libkmod against a module tree made for the test.
struct LibkmodBackendTests {
  static let release = "6.1.0-99-test-amd64"

  /// A root with a tree that holds `vrouter`, which needs `helper`, and a kernel module of the tree itself.
  static func makeTree(_ path: String, linked: Bool = true) throws -> (
    host: HostRoot, backend: LibkmodBackend
  ) {
    if linked {
      try writeFile("", to: "\(path)/usr/lib/os-release")
      try FileManager.default.createSymbolicLink(atPath: "\(path)/lib", withDestinationPath: "usr/lib")
    }
    let tree = "\(path)/lib/modules/\(release)"
    try FakeModule(name: "helper", version: nil).write(to: "\(tree)/kernel/drivers/helper.ko")
    try FakeModule(
      name: "vrouter", dependencies: ["helper"],
      parameters: [("vr_nexthops", "uint"), ("vrouter_dbg", "int"), ("vr_force", "bool")]
    ).write(to: "\(tree)/extra/vrouter.ko")
    try writeFile("kernel/net/inside.ko\n", to: "\(tree)/modules.builtin")
    try writeFile("", to: "\(tree)/modules.order")
    try writeFile("", to: "\(tree)/modules.builtin.modinfo")
    try runDepmod(root: path, release: release)
    let host = try HostRoot(path)
    return (host, try LibkmodBackend(host: host, release: release))
  }

  @Test func findsAFileInTheTree() throws {
    try withTemporaryRoot { _, path in
      let (host, backend) = try Self.makeTree(path)
      let found = try #require(try backend.find("vrouter"))
      guard case .file(let file) = found else {
        Issue.record("\(found)")
        return
      }
      #expect(file.path == "/usr/lib/modules/\(Self.release)/extra/vrouter.ko")
      #expect(file.root == host)
      let information = try backend.information(of: file)
      #expect(information.name == "vrouter")
      #expect(information.version == "1.0")
      #expect(information.sourceVersion == "ABCDEF0123456789ABCDEF0")
      #expect(
        information.versionMagic == VersionMagic("6.1.0-99-test-amd64 SMP preempt mod_unload modversions "))
      #expect(information.dependencies == ["helper"])
      #expect(information.parameter("vr_nexthops")?.type == "uint")
      #expect(information.parameter("vr_nexthops")?.meaning == "sets vr_nexthops")
      #expect(!information.isSigned)
    }
  }

  @Test func missingIsAValue() throws {
    try withTemporaryRoot { _, path in
      let (_, backend) = try Self.makeTree(path)
      #expect(try backend.find("nothing") == nil)
      #expect(try backend.find("vrouter_not") == nil)
      // A dash is an underscore, to the kernel and to libkmod.
      #expect(try backend.find("no-thing") == nil)
    }
  }

  @Test func builtInIsKnown() throws {
    try withTemporaryRoot { _, path in
      let (_, backend) = try Self.makeTree(path)
      #expect(try backend.find("inside") == .builtIn)
    }
  }

  @Test(arguments: [false, true]) func aTreeWithoutIndexHasNothing(exists: Bool) throws {
    try withTemporaryRoot { host, path in
      if exists {
        try FakeModule(name: "vrouter").write(to: "\(path)/lib/modules/\(Self.release)/extra/vrouter.ko")
      }
      let backend = try LibkmodBackend(host: host, release: Self.release)
      #expect(try backend.find("vrouter") == nil)
    }
  }

  @Test func namesOfNoFileAreNotFound() throws {
    try withTemporaryRoot { _, path in
      let (_, backend) = try Self.makeTree(path)
      try writeFile("alias gone vrouter\ninstall ghost /bin/true\n", to: "\(path)/etc/modprobe.d/test.conf")
      #expect(try backend.find("gone") == nil)
      #expect(try backend.find("ghost") == nil)
      #expect(try backend.find("vrouter") != nil)
    }
  }

  @Test func followsLinksInsideTheRoot() throws {
    try withTemporaryRoot { _, path in
      let (host, backend) = try Self.makeTree(path)
      let tree = "\(path)/lib/modules/\(Self.release)"
      try FakeModule(name: "weak").write(to: "\(path)/lib/modules/older/extra/weak.ko")
      try FileManager.default.createDirectory(
        atPath: "\(tree)/weak-updates", withIntermediateDirectories: true)
      // As EL's weak-modules makes them: absolute.
      try FileManager.default.createSymbolicLink(
        atPath: "\(tree)/weak-updates/weak.ko", withDestinationPath: "/lib/modules/older/extra/weak.ko")
      let file = try ModuleFile(
        resolving: "/lib/modules/\(Self.release)/weak-updates/weak.ko", below: host)
      #expect(file.path == "/usr/lib/modules/older/extra/weak.ko")
      #expect(try backend.information(of: file).name == "weak")
    }
  }

  @Test func aLoopOfLinksIsAnError() throws {
    try withTemporaryRoot { host, path in
      try FileManager.default.createSymbolicLink(atPath: "\(path)/a", withDestinationPath: "/b")
      try FileManager.default.createSymbolicLink(atPath: "\(path)/b", withDestinationPath: "a")
      #expect(throws: KernelModuleError.self) { try ModuleFile(resolving: "/a/x.ko", below: host) }
    }
  }

  @Test(arguments: ["", "not an ELF file, though it is long enough to have a header of 64 bytes in it...."])
  func whatIsNoModuleIsAnError(content: String) throws {
    try withTemporaryRoot { host, path in
      try writeFile(content, to: "\(path)/vrouter.ko")
      let backend = try LibkmodBackend(host: host, release: Self.release)
      let file = try ModuleFile(resolving: "/vrouter.ko", below: host)
      let error = #expect(throws: KernelModuleError.self) { try backend.information(of: file) }
      #expect(error?.kind == .library)
      #expect(error?.subject == "\(path)/vrouter.ko")
    }
  }

  @Test func truncatedFilesDontCrashIt() throws {
    try withTemporaryRoot { host, path in
      let whole = FakeModule(name: "vrouter").bytes
      let backend = try LibkmodBackend(host: host, release: Self.release)
      let file = try ModuleFile(resolving: "/vrouter.ko", below: host)
      for length in stride(from: 0, to: whole.count, by: 7) {
        try writeFile(Array(whole.prefix(length)), to: "\(path)/vrouter.ko")
        #expect(throws: KernelModuleError.self) { try backend.information(of: file) }
      }
    }
  }

  @Test func readsConfiguredOptions() throws {
    try withTemporaryRoot { _, path in
      let (_, backend) = try Self.makeTree(path)
      #expect(try backend.configuredOptions(for: "vrouter") == ModuleOptions())
      try writeFile(
        "options vrouter vr_nexthops=1 vrouter_dbg\noptions other x=1\n", to: "\(path)/etc/modprobe.d/a.conf")
      try writeFile("options vrouter vr_nexthops=65536\n", to: "\(path)/usr/lib/modprobe.d/z.conf")
      let options = try backend.configuredOptions(for: "vrouter")
      #expect(options["vr_nexthops"] == "65536")
      #expect(options["vrouter_dbg"] == "1")
      #expect(options.assignments.count == 2)
    }
  }

  @Test func neverRunsAnInstallCommand() throws {
    try withTemporaryRoot { _, path in
      let (host, backend) = try Self.makeTree(path)
      let file = try ModuleFile(resolving: "/lib/modules/\(Self.release)/extra/vrouter.ko", below: host)
      let trace = "\(path)/was-run"
      try writeFile("install vrouter touch \(trace)\n", to: "\(path)/etc/modprobe.d/a.conf")
      #expect(
        try backend.load(file, options: ModuleOptions())
          == .installCommand(module: "vrouter", command: "touch \(trace)"))
      try writeFile("install helper touch \(trace)\n", to: "\(path)/etc/modprobe.d/a.conf")
      #expect(
        try backend.load(file, options: ModuleOptions())
          == .installCommand(module: "helper", command: "touch \(trace)"))
      #expect(!FileManager.default.fileExists(atPath: trace))
    }
  }

  @Test func honoursABlacklistOnlyWhenAsked() throws {
    try withTemporaryRoot { _, path in
      let (host, backend) = try Self.makeTree(path)
      try writeFile("blacklist vrouter\n", to: "\(path)/etc/modprobe.d/a.conf")
      let file = try ModuleFile(resolving: "/lib/modules/\(Self.release)/extra/vrouter.ko", below: host)
      let strict = try LibkmodBackend(host: host, release: Self.release, honoursBlacklist: true)
      #expect(try strict.load(file, options: ModuleOptions()) == .blacklisted(module: "vrouter"))
      #expect(try backend.load(file, options: ModuleOptions()) != .blacklisted(module: "vrouter"))
    }
  }

  @Test func missingDependenciesAreNamedBeforeAnythingIsTried() throws {
    try withTemporaryRoot { _, path in
      let (host, backend) = try Self.makeTree(path)
      try FakeModule(name: "lonely", dependencies: ["no_such_module"]).write(to: "\(path)/builds/lonely.ko")
      let file = try ModuleFile(resolving: "/builds/lonely.ko", below: host)
      #expect(try backend.load(file, options: ModuleOptions()) == .dependencyMissing("no_such_module"))
    }
  }

  /// The fake holds no code, so that no kernel takes it: the number tells that one was asked, and about which module.
  @Test func asksTheKernel() throws {
    try withTemporaryRoot { _, path in
      let (host, backend) = try Self.makeTree(path)
      try FakeModule(name: "alone").write(to: "\(path)/builds/alone.ko")
      let alone = try ModuleFile(resolving: "/builds/alone.ko", below: host)
      guard case .errno(let errno, module: "alone") = try backend.load(alone, options: ModuleOptions()) else {
        Issue.record("no kernel loads a file without code")
        return
      }
      #expect(errno != .noSuchFileOrDirectory)
      let vrouter = try ModuleFile(resolving: "/lib/modules/\(Self.release)/extra/vrouter.ko", below: host)
      guard case .errno(_, module: "helper") = try backend.load(vrouter, options: ModuleOptions()) else {
        Issue.record("the dependency comes first")
        return
      }
    }
  }

  /// libkmod ties a name to the first path that it saw: a second build of that name must not trip over the first.
  @Test func readsTwoBuildsOfOneName() throws {
    try withTemporaryRoot { _, path in
      let (host, backend) = try Self.makeTree(path)
      try FakeModule(name: "vrouter", version: "2.0").write(to: "\(path)/builds/vrouter.ko")
      let first = try ModuleFile(resolving: "/lib/modules/\(Self.release)/extra/vrouter.ko", below: host)
      let second = try ModuleFile(resolving: "/builds/vrouter.ko", below: host)
      #expect(try backend.information(of: first).version == "1.0")
      #expect(try backend.information(of: second).version == "2.0")
      #expect(try backend.information(of: first).version == "1.0")
    }
  }

  @Test func unloadingWhatIsNotThereGivesANumber() throws {
    try withTemporaryRoot { _, path in
      let (_, backend) = try Self.makeTree(path)
      #expect(try backend.unload("no_such_module_at_all") != .unloaded)
    }
  }
}
