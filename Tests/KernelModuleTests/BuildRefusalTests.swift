import HostFiles
import KernelModule
import SystemPackage
import Testing

/// What a load that the kernel refused says of its build, and which build is the next.
struct BuildRefusalTests {
  private static func build(_ path: String, _ checksums: BuildCheck.Outcome) throws -> ModuleCandidate {
    ModuleCandidate(
      origin: .builds("/builds"), file: try ModuleFile(resolving: path, below: .running), information: nil,
      checks: [BuildCheck(.checksums, checksums)], verdict: .usable(note: nil))
  }

  private static func failure(_ errno: Errno, of module: String = "vrouter") throws -> LoadFailure {
    var evidence = LoadEvidence()
    evidence.fileSize = 1
    evidence.kernelLog = ["\(module): disagrees about version of symbol module_layout"]
    return try #require(
      LoadFailure.classify(.errno(errno, module: module), module: "vrouter", evidence: evidence))
  }

  @Test func theNextOfThoseThatStayedOpenIsChosen() throws {
    let near = try Self.build("/builds/a/vrouter.ko", .open(reason: "unknown"))
    let far = try Self.build("/builds/b/vrouter.ko", .open(reason: "unknown"))
    let choice = ModuleChoice(name: "vrouter", release: "6.1.0", candidates: [near, far])
    let refusal = try #require(
      BuildRefusal(try Self.failure(.execFormatError), of: near, module: "vrouter"))
    #expect(refusal.check == .checksums && refusal.path == "/builds/a/vrouter.ko")
    #expect(refusal.reason.contains("module_layout"))
    let known = choice.knowing([refusal])
    #expect(known.chosen == far)
    #expect("\(known.candidates[0])".contains("[symbol-checksums]: the kernel refused it"))
    #expect(choice.knowing([]) == choice)
  }

  /// No question of which build: a check that held, another module, a cause that has nothing to do with the build.
  @Test func allElseSaysNothingOfTheBuild() throws {
    let open = try Self.build("/builds/a/vrouter.ko", .open(reason: "unknown"))
    let passed = try Self.build("/builds/a/vrouter.ko", .passed)
    #expect(BuildRefusal(try Self.failure(.execFormatError), of: passed, module: "vrouter") == nil)
    #expect(
      BuildRefusal(try Self.failure(.execFormatError, of: "helper"), of: open, module: "vrouter") == nil)
    #expect(BuildRefusal(try Self.failure(.noMemory), of: open, module: "vrouter") == nil)
  }
}
