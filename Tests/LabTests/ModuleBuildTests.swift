import Foundation
import Testing

/// Builds of the module that are not there or can't be used: a named cause, a remedy, nothing left behind.
@Suite(.withGuests)
struct ModuleBuildTests {
  /// depend NAME: gives the build a dependency, in the place of its description
  private static let functions = #"""
    depend() {
      place vrouter
      at=$(strings -t d $builds/vrouter.ko | sed -n 's/^ *\([0-9]*\) description=.*/\1/p' | head -n 1)
      printf "depends=$1\\0" | dd of=$builds/vrouter.ko bs=1 seek=$at conv=notrunc 2>/dev/null
    }

    """#

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
        "of another kernel [symbol-checksums]", "symbol checksums are another kernel's: module_layout is 0x",
        "install the build that was made for 6.",
      ], findings: ["module.refused"]),
    ModuleFault(
      name: "version magic of another kernel", given: "place vrouter-other-flags",
      says: [
        "of another kernel [version-magic]", "the kernel with 'SMP preempt ",
        "install the build that was made for 6.",
      ], findings: ["module.refused"]),
    ModuleFault(
      name: "unknown symbol", given: "place vrouter-unknown-symbol",
      says: [
        "of another kernel [symbols]", "a symbol that the running kernel doesn't have: lab_absent_symbol",
        "install the build that was made for 6.",
      ], findings: ["module.refused"]),
    ModuleFault(
      name: "a dependency is missing", given: "depend absent_one",
      says: [
        "not usable [dependencies]",
        "it depends on absent_one, which is neither loaded nor in the module tree",
        "install what it depends on",
      ], findings: ["module.refused"]),
    ModuleFault(
      name: "another machine",
      given: "printf '\\267' | dd of=$builds/vrouter.ko bs=1 seek=18 conv=notrunc 2>/dev/null",
      says: ["of another kernel [architecture]", "it is for another machine (ELF 183, x86_64 is 62)"]),
    ModuleFault(
      name: "truncated", given: "place vrouter-truncated",
      says: ["of another kernel [architecture]", "it was cut short"], findings: ["module.refused"]),
    ModuleFault(
      name: "junk", given: "head -c 100000 /dev/urandom >$builds/vrouter.ko",
      says: ["of another kernel [architecture]", "it is no ELF object"]),
    ModuleFault(
      name: "empty", given: "place vrouter-empty",
      says: ["not usable [file]: it is empty", "install the build that was made for 6."],
      findings: ["module.refused"]),
    ModuleFault(
      name: "everybody may write to it", given: "chmod 666 $builds/vrouter.ko",
      says: ["not usable [file]: everybody may write to it (chmod o-w)"], findings: ["module.refused"]),
    ModuleFault(
      name: "a folder of that name", given: "rm $builds/vrouter.ko; mkdir $builds/vrouter.ko",
      says: ["not usable [file]: it is no regular file"]),
    ModuleFault(
      name: "compressed in a way that libkmod can't read", given: "gzip $builds/vrouter.ko",
      says: ["vrouter.ko.gz: not usable [file]", "compressed in a way that this program can't read"]),
    ModuleFault(
      name: "another module under that name", given: "cp /lab/modules/labfrag.ko $builds/vrouter.ko",
      says: ["not usable [name]: it is the module labfrag"]),
    ModuleFault(
      name: "builds for other kernels only",
      given:
        "rm -r $builds; for other in 5.10.0-9-cloud-amd64 ${release%-cloud*}-rt-amd64; do place vrouter ${builds%/*}/$other; done",
      after: "rm -r ${builds%/*}/*",
      says: [
        "it is for another series of kernels",
        "it is for another flavour of kernels ('rt', the running one is 'cloud')",
      ],
      findings: ["module.refused"]),
  ]

  @Test func aBuildThatCantBeUsedIsNamed() async throws {
    let result = try await ModuleScript.run(Self.functions + ModuleFault.script(Self.faults))
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
  /// Without the exact release, the nearest that fits is loaded, and every other tells why it isn't.
  @Test func theNearestBuildThatFitsIsLoaded() async throws {
    let result = try await ModuleScript.run(
      """
      all=${builds%/*}
      number=$(echo $release | sed 's/.*-\\([0-9]*\\)-cloud.*/\\1/')
      near() { echo "${release%-$number-cloud*}-$1-cloud-amd64"; }
      echo $number >/out/number
      # The nearest below doesn't fit; the next one does.
      place vrouter-other-layout $all/$(near $((number - 1)))
      place vrouter-other-release $all/$(near $((number - 2)))
      place vrouter $all/$(near $((number + 44)))
      place vrouter $all/5.10.0-9-cloud-amd64
      record status vrouter-node-agent module status --output json
      agent text module status
      agent prepare prepare
      bare
      # The exact release wins as soon as it is there.
      place vrouter
      agent exact module load
      """)
    let number = try #require(
      result.text("number").flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) })
    let status = try result.agentRun("status").json(ModuleDocument.self)
    #expect(status.builds.map { $0.path == nil } == [true, true, false, false, false, false])
    let builds = status.builds.compactMap { build in
      build.release.map {
        ($0.split(separator: "-")[1], build.chosen, build.checks.first { $0.result == "failed" }?.name)
      }
    }
    #expect(builds.map(\.0) == ["\(number - 1)", "\(number - 2)", "\(number + 44)", "9"])
    #expect(builds.map(\.1) == [false, true, false, false])
    #expect(builds.map(\.2) == ["symbol-checksums", nil, nil, nil])
    let text = try result.agentRun("text").output
    #expect(text.contains("* builds in"), "\(text)")
    #expect(text.contains("the nearest there is, built for"), "\(text)")
    let prepare = try result.agentRun("prepare")
    #expect(prepare.exitCode == 0, "\(prepare.errors)")
    #expect(prepare.output.contains("-\(number - 2)-cloud-amd64/vrouter.ko"), "\(prepare.output)")
    #expect(prepare.initCalls == 1)
    #expect(prepare.left.probe == 0)
    #expect(!prepare.kernelLog.contains("disagrees about version of symbol"))
    let exact = try result.agentRun("exact")
    #expect(exact.output.contains("/\(status.release)/vrouter.ko"), "\(exact.output)")
  }
}
