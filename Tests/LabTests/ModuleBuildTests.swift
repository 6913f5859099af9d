import Testing

/// Builds of the module that are not there or can't be used: a named cause, a remedy, nothing left behind.
@Suite(.timeLimit(.minutes(30)))
struct ModuleBuildTests {
  private static let faults = [
    ModuleFault(
      name: "no build", given: "rm -r $builds",
      says: [
        "no build of the module vrouter for the kernel 6.", "module tree /lib/modules/6.", "nothing there",
        "install the build that was made for 6.",
      ], findings: ["module.build-missing"]),
    ModuleFault(
      name: "no build in the folder that is named", environment: "VROUTER_MODULE_DIR=/mnt/builds",
      says: ["builds in /mnt/builds: nothing there", "install the build that was made for 6."]),
    ModuleFault(
      name: "checksums of another kernel", given: "place vrouter-other-layout",
      says: [
        "[symbol-versions]", "Exec format error", "disagrees about version of symbol module_layout",
        "use the build that was made for exactly this kernel",
      ], attempts: 1),
    ModuleFault(
      name: "version magic of another kernel", given: "place vrouter-other-flags",
      says: ["of another kernel", "the kernel with 'SMP preempt ", "install the build that was made for 6."],
      findings: ["module.refused"]),
    ModuleFault(
      name: "unknown symbol", given: "place vrouter-unknown-symbol",
      says: [
        "[unknown-symbol]", "Unknown symbol lab_absent_symbol", "use the build for exactly this kernel",
      ], attempts: 1),
    ModuleFault(
      name: "truncated", given: "place vrouter-truncated",
      says: ["not usable", "replace the file: it isn't a whole kernel module"], findings: ["module.refused"]),
    ModuleFault(
      name: "empty", given: "place vrouter-empty",
      says: ["not usable: it is empty", "install the build that was made for 6."],
      findings: ["module.refused"]),
    ModuleFault(
      name: "everybody may write to it", given: "chmod 666 $builds/vrouter.ko",
      says: ["not usable: everybody may write to it (chmod o-w)"], findings: ["module.refused"]),
    ModuleFault(
      name: "a folder of that name", given: "rm $builds/vrouter.ko; mkdir $builds/vrouter.ko",
      says: ["not usable: it is no regular file"]),
    ModuleFault(
      name: "compressed in a way that libkmod can't read", given: "gzip $builds/vrouter.ko",
      says: ["vrouter.ko.gz: not usable", "compressed in a way that this program can't read"]),
    ModuleFault(
      name: "another module under that name", given: "cp /lab/modules/labfrag.ko $builds/vrouter.ko",
      says: ["not usable: it is the module labfrag"]),
  ]

  @Test func aBuildThatCantBeUsedIsNamed() async throws {
    let result = try await ModuleScript.run(ModuleFault.script(Self.faults))
    try ModuleFault.check(Self.faults, result)
  }

  @Test func aBuildIsFoundInTreeAndFolders() async throws {
    let result = try await ModuleScript.run(
      """
      agent tree prepare
      bare
      place vrouter
      place vrouter /mnt/builds/$release
      agent both module load
      bare
      record named env VROUTER_MODULE_DIR=/mnt/builds vrouter-node-agent module load
      bare
      place vrouter-other-flags /mnt/builds/$release
      record fallback env VROUTER_MODULE_DIR=/mnt/builds vrouter-node-agent module load
      bare
      rm /lib/modules/$release/extra/vrouter.ko
      depmod -a
      agent folder prepare
      bare
      place vrouter-other-release
      agent other-release prepare
      """, in: ModuleScript.guest(module: .tree))
    func run(_ name: String, loads path: String) throws {
      let run = try result.agentRun(name)
      #expect(run.exitCode == 0, "\(name): \(run.errors)")
      #expect(run.output.contains(path), "\(name): \(run.output)")
      #expect(run.left.module == "live")
      #expect(run.initCalls == 1)
      // module load alone declares nothing.
      #expect(run.left.probe == (run.left.ready == nil ? 1 : 0))
    }
    try run("tree", loads: "/extra/vrouter.ko")
    // What the operator named comes before the tree, and the tree before the common folder.
    try run("both", loads: "/extra/vrouter.ko")
    try run("named", loads: "/mnt/builds/")
    try run("fallback", loads: "/extra/vrouter.ko")
    try run("folder", loads: "/opt/contrail/vrouter-kernel-modules/")
    // With MODVERSIONS the kernel doesn't compare the release in the version magic: it is left to decide.
    try run("other-release", loads: "/opt/contrail/vrouter-kernel-modules/")
    #expect(try result.agentRun("folder").left.probe == 0)
    #expect(try result.agentRun("other-release").left.probe == 0)
  }
}
