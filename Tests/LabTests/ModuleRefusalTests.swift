import Testing

/// The kernel or the module itself refuses the load: a named cause, and another attempt only where it can change.
@Suite(.withGuests)
struct ModuleRefusalTests {
  /// What the module's init answers, and whether that may pass.
  private static func initFails(_ errno: Int, _ says: [String], attempts: Int, exitCode: Int = 12)
    -> ModuleFault
  {
    ModuleFault(
      name: "init answers \(errno)", environment: "VROUTER_MODULE_OPTIONS=standin_fail_errno=\(errno)",
      exitCode: exitCode, says: says + ["vrouter stand-in: fails with -\(errno)"], attempts: attempts,
      initCalls: attempts)
  }

  private static let answers = [
    initFails(11, ["[busy]", "Resource temporarily unavailable", "try again"], attempts: 3),
    initFails(16, ["[busy]", "Device or resource busy", "try again"], attempts: 3),
    initFails(4, ["[busy]", "Interrupted system call", "try again"], attempts: 3),
    initFails(
      12,
      ["[memory-short]", "Cannot allocate memory", "memory was compacted", "free and compact memory"],
      attempts: 3, exitCode: 13),
    initFails(5, ["[init-refused]", "Input/output error", "check the module options"], attempts: 1),
    initFails(1, ["[init-refused]", "Operation not permitted", "check the module options"], attempts: 1),
    initFails(22, ["[init-refused]", "Invalid argument", "check the module options"], attempts: 1),
    initFails(95, ["[init-refused]", "Operation not supported", "check the module options"], attempts: 1),
    // From another network namespace the name is not seen to be taken, and the module says "no memory".
    ModuleFault(
      name: "a name that the module needs turns out to be taken", given: "ip link add pkt1 type dummy",
      within: "unshare -n", arguments: "module load", after: "ip link delete pkt1",
      says: [
        "[init-refused]", "a link named pkt1, pkt2 or pkt3 exists already", "return -17",
        "rename or delete the links",
      ], attempts: 1, initCalls: 1),
    ModuleFault(
      name: "an install line of modprobe.d",
      given: "echo 'install vrouter /bin/false' >/etc/modprobe.d/vrouter.conf",
      after: "rm /etc/modprobe.d/vrouter.conf",
      says: [
        "[install-command]", "install vrouter /bin/false", "remove the line 'install vrouter …'",
      ], attempts: 1, findings: ["module.refused"]),
  ]

  @Test func whatTheModuleAnswersIsNamed() async throws {
    let result = try await ModuleScript.run(
      ModuleFault.script(Self.answers) + """
        bare
        # As for modprobe(8), a blacklist line keeps a module from being loaded by alias, not by name.
        echo 'blacklist vrouter' >/etc/modprobe.d/vrouter.conf
        agent blacklist prepare
        bare
        rm /etc/modprobe.d/vrouter.conf
        # The cause passes while the agent tries again.
        until=$(($(cut -d . -f 1 /proc/uptime) + 3))
        record passing env VROUTER_MODULE_LOAD_ATTEMPTS=100 VROUTER_MODULE_LOAD_BACKOFF=100ms \\
          VROUTER_MODULE_LOAD_BACKOFF_MAX=200ms \\
          "VROUTER_MODULE_OPTIONS=standin_fail_errno=16 standin_fail_until=$until" \\
          vrouter-node-agent prepare --output json
        """)
    try ModuleFault.check(Self.answers, result)
    let blacklist = try result.agentRun("blacklist")
    #expect(blacklist.exitCode == 0, "\(blacklist.errors)")
    #expect(blacklist.left.probe == 0)
    let passing = try result.agentRun("passing")
    #expect(passing.exitCode == 0, "\(passing.errors)")
    #expect(passing.left.probe == 0)
    let report = try passing.json(PreparationDocument.self)
    let module = try #require(report.module)
    #expect(module.attempts == passing.initCalls)
    #expect(module.failures.count == module.attempts - 1)
    #expect(report.ready)
  }

  /// Each policy is seen before the load where the host shows it, and named by the kernel's answer where it doesn't.
  private static let policies = [
    ModuleFault(
      name: "no capability", within: "unshare -U -r",
      says: [
        "[capability-missing]", "lacks CAP_SYS_MODULE in the host's user namespace", "SYS_MODULE",
      ], attempts: 1),
    ModuleFault(
      name: "lockdown", given: "echo integrity >/sys/kernel/security/lockdown",
      says: ["not usable [signature]", "the kernel is locked down (integrity)", "enrol it with mokutil"],
      findings: ["module.refused"]),
    ModuleFault(
      name: "lockdown that isn't shown", given: "umount /sys/kernel/security",
      says: ["[lockdown]", "takes signed modules only", "enrol it with mokutil"], attempts: 1),
    ModuleFault(
      name: "signatures enforced", given: "echo 1 >/sys/module/module/parameters/sig_enforce",
      says: [
        "not usable [signature]", "takes signed modules only (module.sig_enforce)", "enrol it with mokutil",
      ],
      findings: ["module.refused"]),
    ModuleFault(
      name: "signatures enforced, which isn't shown",
      given: "mount -t tmpfs none /sys/module/module/parameters",
      after: "umount /sys/module/module/parameters",
      says: ["[signature]", "Key was rejected by service", "enrol it with mokutil"], attempts: 1),
    ModuleFault(
      name: "loading switched off",
      given: "mount -t tmpfs none /sys/module/module/parameters; echo 1 >/proc/sys/kernel/modules_disabled",
      says: ["[loading-disabled]", "kernel.modules_disabled = 1", "reboot"], attempts: 1,
      findings: ["module.refused"]),
  ]

  /// Each policy holds until the next boot: in this order, each hides the one before.
  @Test func whatTheKernelsPolicyForbidsIsNamed() async throws {
    let result = try await ModuleScript.run("agent healthy prepare\n" + ModuleFault.script(Self.policies))
    for (number, fault) in Self.policies.enumerated() {
      let run = try result.agentRun("\(number)")
      #expect(run.exitCode == 12, "\(fault.name): \(run.errors)")
      for words in fault.says { #expect(run.errors.contains(words), "\(fault.name): \(run.errors)") }
      #expect(run.attempts == fault.attempts, "\(fault.name): \(run.errors)")
      #expect(run.initCalls == 0)
      #expect(run.left == .nothing)
      guard let wanted = fault.findings else { continue }
      let diagnosis = try result.agentRun("\(number).diagnose")
      #expect(diagnosis.exitCode == 3)
      let findings = try diagnosis.json(DiagnosisDocument.self).findings.map(\.name)
      #expect(findings == wanted + ["config.missing"], "\(fault.name)")
    }
  }

  /// What the checks would have found, had the host shown it: the kernel's own answers.
  private static let answersOfTheKernel = [
    ModuleFault(
      name: "another flavour", given: "place vrouter-other-layout",
      says: [
        "[symbol-versions]", "Exec format error", "disagrees about version of symbol module_layout",
        "use the build that was made for exactly this kernel",
      ], attempts: 1),
    ModuleFault(
      name: "other flags in the version magic", given: "place vrouter-other-flags",
      says: ["[version-magic]", "Exec format error", "should be '6.", "use the build"], attempts: 1),
    ModuleFault(
      name: "an unknown symbol", given: "place vrouter-unknown-symbol",
      says: [
        "[unknown-symbol]", "Unknown symbol lab_absent_symbol", "use the build for exactly this kernel",
      ],
      attempts: 1),
    ModuleFault(
      name: "a damaged section", given: "damage",
      says: ["[invalid-file]", "Exec format error", "copy or build it again"], attempts: 1),
  ]

  @Test func whatTheHostDoesntShowTheKernelAnswers() async throws {
    let result = try await ModuleScript.run(
      #"""
      # damage: a section that no reader needs begins and ends nowhere
      damage() {
        table=$(od -A n -t u8 -j 40 -N 8 $builds/vrouter.ko | tr -d ' ')
        printf '\377\377\377\377\377\377\377\177' |
          dd of=$builds/vrouter.ko bs=1 seek=$((table + 2 * 64 + 32)) conv=notrunc 2>/dev/null
      }
      # Neither checksums nor the version magic nor the symbols of the kernel can be seen.
      mount -t tmpfs none /lib/modules/$release/kernel
      mount --bind /dev/null /proc/kallsyms

      """# + ModuleFault.script(Self.answersOfTheKernel) + """
        bare
        # Somebody else loads it while the agent waits for its next attempt: EEXIST is no failure.
        env VROUTER_MODULE_LOAD_ATTEMPTS=2 VROUTER_MODULE_LOAD_BACKOFF=3s VROUTER_MODULE_OPTIONS=standin_fail_errno=16 \\
          vrouter-node-agent prepare >/out/exists.output 2>/out/exists.errors &
        until grep -q 'another one follows' /out/exists.errors 2>/dev/null; do :; done
        dmesg -c >/dev/null
        insmod $builds/vrouter.ko
        code=0
        wait $! || code=$?
        echo $code >/out/exists.code
        left >/out/exists.left
        """)
    try ModuleFault.check(Self.answersOfTheKernel, result)
    let exists = try result.agentRun("exists")
    #expect(exists.exitCode == 0, "\(exists.errors)")
    #expect(exists.errors.contains("another process loaded the module meanwhile"), "\(exists.errors)")
    #expect(exists.left.probe == 0)
  }

  @Test func theCommandLinesBlacklistIsNamed() async throws {
    let result = try await ModuleScript.run(
      """
      place vrouter
      agent load prepare
      agent diagnose diagnose --output json
      """, in: ModuleScript.guest(kernelArguments: ["module_blacklist=vrouter"]))
    let load = try result.agentRun("load")
    #expect(load.exitCode == 12)
    for words in [
      "[command-line-blacklist]", "Module vrouter is blacklisted", "take vrouter out of module_blacklist=",
    ] {
      #expect(load.errors.contains(words), "\(load.errors)")
    }
    #expect(load.attempts == 1)
    #expect(load.left == .nothing)
    let diagnosis = try result.agentRun("diagnose")
    #expect(diagnosis.exitCode == 3)
    #expect(try diagnosis.json(DiagnosisDocument.self)["module.refused"] != nil)
  }
}
