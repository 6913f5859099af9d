import Testing

/// The kernel or the module itself refuses the load: a named cause, and another attempt only where it can change.
@Suite(.timeLimit(.minutes(30)))
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

  private static let policies = [
    ModuleFault(
      name: "lockdown", given: "echo integrity >/sys/kernel/security/lockdown",
      says: ["[lockdown]", "takes signed modules only", "enrol it with mokutil"], attempts: 1,
      findings: ["module.refused"]),
    ModuleFault(
      name: "signatures enforced", given: "echo 1 >/sys/module/module/parameters/sig_enforce",
      says: ["[signature]", "Key was rejected by service", "enrol it with mokutil"], attempts: 1,
      findings: ["module.refused"]),
    ModuleFault(
      name: "loading switched off", given: "echo 1 >/proc/sys/kernel/modules_disabled",
      says: ["[loading-disabled]", "kernel.modules_disabled = 1", "reboot"], attempts: 1,
      findings: ["module.refused", "module.refused"]),
  ]

  /// Each policy holds until the next boot: in this order, each hides the one before.
  @Test func whatTheKernelsPolicyForbidsIsNamed() async throws {
    let result = try await ModuleScript.run("agent healthy prepare\n" + ModuleFault.script(Self.policies))
    for (number, fault) in Self.policies.enumerated() {
      let run = try result.agentRun("\(number)")
      #expect(run.exitCode == 12, "\(fault.name): \(run.errors)")
      for words in fault.says { #expect(run.errors.contains(words), "\(fault.name): \(run.errors)") }
      #expect(run.attempts == 1)
      #expect(run.initCalls == 0)
      #expect(run.left == .nothing)
      let diagnosis = try result.agentRun("\(number).diagnose")
      #expect(diagnosis.exitCode == 3)
      let findings = try diagnosis.json(DiagnosisDocument.self).findings.map(\.name)
      #expect(findings == (fault.findings ?? []) + ["config.missing"])
    }
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
