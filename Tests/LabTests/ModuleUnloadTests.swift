import Foundation
import Testing

/// `module load`, `status` and `unload` on a node where the module is there, perhaps loaded by somebody else.
@Suite(.withGuests)
struct ModuleUnloadTests {
  @Test func unloadingIsRefusedWhileSomethingWouldBeLost() async throws {
    let result = try await ModuleScript.run(
      """
      place vrouter
      record prepare env VROUTER_MODULE_OPTIONS=standin_chrdev=1 vrouter-node-agent prepare

      ip link add vhost0 type vhost
      ip link add backup type vhost
      agent links module unload
      agent links-status module status --output json
      ip link delete vhost0
      ip link delete backup

      mknod /dev/flow c $(awk '$2 == "vrouter_mem" { print $1 }' /proc/devices) 0
      exec 5</dev/flow
      agent open module unload
      echo $$ >/out/shell
      exec 5<&-

      agent gone module unload
      agent nothing module unload

      # Loaded by hand with what makes the real module crash.
      insmod $builds/vrouter.ko vr_pkt_droplog_buf_en=0
      agent danger prepare
      agent danger-kept module unload
      rmmod vrouter
      insmod $builds/vrouter.ko vr_pkt_droplog_bufsz=30000
      agent size-kept module unload
      """)
    let prepare = try result.agentRun("prepare")
    #expect(prepare.exitCode == 0, "\(prepare.errors)")
    #expect(prepare.left.probe == 0)
    func refused(_ name: String, _ words: [String]) throws {
      let run = try result.agentRun(name)
      #expect(run.exitCode == 12)
      for words in words + ["was not unloaded"] { #expect(run.errors.contains(words), "\(run.errors)") }
      #expect(run.output == "")
      #expect(run.left == prepare.left)
    }
    try refused(
      "links", ["[vhost-link]", "vhost0 would vanish", "backup would vanish", "undo the takeover first"])
    let shell = try #require(result.text("shell")).trimmingCharacters(in: .whitespacesAndNewlines)
    try refused(
      "open", ["[device-open]", "process \(shell) (dash) has /dev/flow open", "stop the vRouter agent first"])

    let status = try result.agentRun("links-status").json(ModuleDocument.self)
    #expect(status.unloadBlockers.count == 2)
    #expect(status.loaded?.state == "live")
    #expect(status.loaded?.version == "1.0-standin")
    #expect(status.loaded?.parameters.contains { $0.name == "vr_nexthops" && $0.value == "524288" } == true)

    let gone = try result.agentRun("gone")
    #expect(gone.exitCode == 0, "\(gone.errors)")
    #expect(gone.left.module == "absent")
    #expect(gone.left.ready == nil)
    #expect(gone.left.probe == 1)
    #expect(gone.left.configuration == prepare.left.configuration)
    let nothing = try result.agentRun("nothing")
    #expect(nothing.exitCode == 0)
    #expect(nothing.output.contains("is not loaded: nothing to do"))
    #expect(nothing.left == gone.left)

    for (name, option) in [
      ("danger-kept", "vr_pkt_droplog_buf_en=0"), ("size-kept", "vr_pkt_droplog_bufsz=30000"),
    ] {
      let run = try result.agentRun(name)
      #expect(run.exitCode == 12)
      for words in ["[crash]", option, "reboot instead of unloading"] {
        #expect(run.errors.contains(words), "\(run.errors)")
      }
      #expect(run.left.module == "live")
    }
    // The node was declared ready before, and the refusal leaves it so.
    #expect(try result.agentRun("danger").left == result.agentRun("danger-kept").left)
    #expect(try result.agentRun("danger").left.probe == 0)
  }

  @Test func aModuleThatIsThereIsLeftAlone() async throws {
    let result = try await ModuleScript.run(
      """
      place vrouter
      agent dry module load --dry-run
      agent status-before module status --output json
      agent first module load
      cat /sys/class/net/pkt1/ifindex >/out/index
      agent second module load
      cat /sys/class/net/pkt1/ifindex >>/out/index
      agent status-text module status
      rmmod vrouter

      insmod $builds/vrouter.ko vr_vrfs=512
      export VROUTER_MODULE_OPTIONS=vr_vrfs=0x200
      agent same prepare --output json
      agent same-diagnose diagnose --output json
      export VROUTER_MODULE_OPTIONS=vr_vrfs=1024
      agent other prepare --output json
      agent other-text prepare
      agent other-load module load
      agent other-diagnose diagnose --output json
      agent other-status module status
      cat /sys/module/vrouter/parameters/vr_vrfs
      unset VROUTER_MODULE_OPTIONS

      # Another build than the one that lies on the disk: the checksum of its sources differs.
      bare
      srcversion=$(modinfo -F srcversion $builds/vrouter.ko)
      offset=$(strings -t d $builds/vrouter.ko | awk '/srcversion=/ { print $1 }')
      insmod $builds/vrouter.ko
      printf 0000000 | dd of=$builds/vrouter.ko bs=1 seek=$((offset + 11)) conv=notrunc 2>/dev/null
      [ "$(modinfo -F srcversion $builds/vrouter.ko)" != $srcversion ] || echo 'srcversion is the same' >&2
      agent build prepare --output json
      agent build-diagnose diagnose --output json
      """)
    let dry = try result.agentRun("dry")
    #expect(dry.exitCode == 0)
    #expect(dry.output.hasPrefix("would load /opt/contrail/vrouter-kernel-modules/"))
    #expect(dry.left == .nothing)
    #expect(dry.kernelLog == "")
    let before = try result.agentRun("status-before").json(ModuleDocument.self)
    #expect(before.loaded == nil)
    #expect(before.builds.filter(\.chosen).count == 1)

    let first = try result.agentRun("first")
    #expect(first.exitCode == 0)
    #expect(first.output.contains("after 1 attempt"))
    let second = try result.agentRun("second")
    #expect(second.exitCode == 0)
    #expect(second.output == "module vrouter is loaded: nothing to do\n")
    #expect(second.kernelLog == "")
    let indexes = try #require(result.text("index")).split(separator: "\n")
    #expect(indexes.count == 2 && indexes[0] == indexes[1])
    let text = try result.agentRun("status-text").output
    #expect(text.contains("loaded   vrouter 1.0-standin (live)"))
    #expect(text.contains("  vr_nexthops=524288\n"))

    let same = try result.agentRun("same")
    #expect(same.exitCode == 0)
    #expect(same.left.probe == 0)
    let sameReport = try same.json(PreparationDocument.self)
    #expect(sameReport.warnings == [])
    #expect(!sameReport.steps.map(\.name).contains("load-module"))
    #expect(try result.agentRun("same-diagnose").exitCode == 0)
    try checkStale(result, "other", "vr_vrfs was asked to be 1024 and is 512")
    for report in [
      try result.agentRun("other-text").output, try result.agentRun("other-load").output,
      try result.agentRun("other-status").output,
    ] {
      #expect(report.contains("vr_vrfs was asked to be 1024 and is 512"), "\(report)")
    }
    #expect(result.output == "512\n")
    try checkStale(result, "build", "the loaded module has srcversion")
  }

  /// The node is ready with the module that is there, and what differs is told.
  private func checkStale(_ result: GuestResult, _ name: String, _ difference: String) throws {
    let run = try result.agentRun(name)
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.left.probe == 0)
    #expect(run.initCalls == 0)
    #expect(run.errors.contains(difference))
    let report = try run.json(PreparationDocument.self)
    #expect(report.warnings.count == 1)
    #expect(report.warnings.first?.contains(difference) == true)
    let diagnosis = try result.agentRun("\(name)-diagnose")
    #expect(diagnosis.exitCode == 4)
    let findings = try diagnosis.json(DiagnosisDocument.self).findings
    #expect(findings.map(\.name) == ["module.stale"])
    #expect(findings.first?.evidence.contains { $0.contains(difference) } == true)
    #expect(findings.first?.remedy.contains("module unload") == true)
  }
}
