import Foundation
import Testing

/// Every way in which a load is known to fail, produced for real: the kernel's own answer to the same file and host, and
/// the agent's cause, exit code and remedy beside it. docs/module.md has the table; a row that is missing here or there
/// fails.
@Suite(.withGuests)
struct LoadFailureTableTests {
  /// Faults of the file, of options and of modprobe.d, which come and go.
  private static let faults = [
    LoadFailureRow(
      name: LoadFailureRow.alreadyLoaded, given: "insmod $builds/vrouter.ko", answer: "EEXIST", exitCode: 0),
    LoadFailureRow(
      name: "other kernel flavour", given: "place vrouter-other-layout", answer: "ENOEXEC",
      log: "disagrees about version of symbol module_layout",
      says: ["[symbol-checksums]", "install the build that was made for 6."]),
    LoadFailureRow(
      name: "version magic flags differ", given: "place vrouter-other-flags", answer: "ENOEXEC",
      log: "should be '6.", says: ["[version-magic]", "install the build that was made for 6."]),
    LoadFailureRow(
      name: "only the release in the version magic differs", given: "place vrouter-other-release",
      answer: "loads", exitCode: 0),
    LoadFailureRow(
      name: "unknown symbol", given: "place vrouter-unknown-symbol", answer: "ENOENT",
      log: "Unknown symbol lab_absent_symbol (err -2)",
      says: ["[symbols]", "lab_absent_symbol", "install the build that was made for 6."]),
    LoadFailureRow(
      name: "a dependency is missing",
      given: """
        at=$(strings -t d $builds/vrouter.ko | sed -n 's/^ *\\([0-9]*\\) description=.*/\\1/p' | head -n 1)
        printf 'depends=absent_one\\0' | dd of=$builds/vrouter.ko bs=1 seek=$at conv=notrunc 2>/dev/null
        """,
      // To the kernel a dependency is the symbols that it gives: a module of its own, without the one that it needs.
      asks: "finit-module $(modinfo -n vxlan)", answer: "ENOENT", log: "Unknown symbol",
      says: ["[dependencies]", "absent_one", "install what it depends on"]),
    LoadFailureRow(
      name: "bad value of a parameter", asks: "finit-module $builds/vrouter.ko vr_nexthops=abc",
      answer: "EINVAL", log: "`abc' invalid for parameter `vr_nexthops'",
      environment: "VROUTER_MODULE_OPTIONS=vr_nexthops=abc",
      says: ["vr_nexthops=abc", "give a whole number from 0 to 4294967295", "nothing was tried"]),
    LoadFailureRow(
      name: "value of a parameter out of range",
      asks: "finit-module $builds/vrouter.ko vr_nexthops=99999999999",
      answer: "ERANGE", log: "`99999999999' invalid for parameter `vr_nexthops'",
      environment: "VROUTER_MODULE_OPTIONS=vr_nexthops=99999999999",
      says: ["out of range", "give a whole number from 0 to 4294967295", "nothing was tried"]),
    LoadFailureRow(
      name: "unknown parameter", asks: "finit-module $builds/vrouter.ko vr_unheard_of=1", answer: "loads",
      log: "unknown parameter 'vr_unheard_of' ignored",
      environment: "VROUTER_MODULE_OPTIONS=vr_unheard_of=1",
      says: ["vr_unheard_of", "no such parameter", "remove the option"]),
    LoadFailureRow(
      name: "truncated", given: "place vrouter-truncated", answer: "ENOEXEC",
      says: ["[architecture]", "it was cut short", "install the build that was made for 6."]),
    LoadFailureRow(
      name: "junk", given: "head -c 100000 /dev/urandom >$builds/vrouter.ko", answer: "ENOEXEC",
      log: "Invalid ELF header",
      says: ["[architecture]", "it is no ELF object", "install the build that was made for 6."]),
    LoadFailureRow(
      name: "empty file", given: "place vrouter-empty", answer: "EINVAL",
      says: ["[file]: it is empty", "install the build that was made for 6."]),
    LoadFailureRow(
      name: "the module's init says no", asks: "finit-module $builds/vrouter.ko standin_fail_errno=5",
      answer: "EIO", log: "vrouter stand-in: fails with -5",
      environment: "VROUTER_MODULE_OPTIONS=standin_fail_errno=5",
      says: ["[init-refused]", "fails with -5", "check the module options"], attempts: 1),
    LoadFailureRow(
      name: "install line in modprobe.d",
      given: "echo 'install vrouter /bin/false' >/etc/modprobe.d/vrouter.conf",
      after: "rm /etc/modprobe.d/vrouter.conf", asks: byName, answer: "Invalid argument",
      says: ["[install-command]", "install vrouter /bin/false", "remove the line 'install vrouter …'"],
      attempts: 1),
    LoadFailureRow(
      name: "blacklist line in modprobe.d", given: "echo 'blacklist vrouter' >/etc/modprobe.d/vrouter.conf",
      after: "rm /etc/modprobe.d/vrouter.conf", asks: byName, answer: "loads", exitCode: 0),
    LoadFailureRow(
      name: "no CAP_SYS_MODULE", asks: "unshare -U -r finit-module $builds/vrouter.ko", answer: "EPERM",
      within: "unshare -U -r", says: ["[capability-missing]", "lacks CAP_SYS_MODULE", "SYS_MODULE"],
      attempts: 1),
    LoadFailureRow(
      name: "no contiguous memory", given: "lab-fragment unmovable >/dev/null",
      after: "lab-fragment undo >/dev/null",
      answer: "ENOMEM", log: "with return -12",
      // Treated, it may do.
      environment: "VROUTER_MEMORY_TREATMENT=none", exitCode: 13,
      says: ["[memory-short]", "free and compact memory"], attempts: 3),
  ]

  /// As modprobe(8) does it: the module has to be in the kernel's tree.
  private static let byName = """
    mkdir -p /lib/modules/$release/extra
    cp $builds/vrouter.ko /lib/modules/$release/extra
    depmod -a
    answer=$(modprobe vrouter 2>&1) && echo loads || echo "${answer##*: }"
    rm /lib/modules/$release/extra/vrouter.ko
    depmod -a
    """

  /// Policies of the kernel, each of which holds until the next boot and hides the one before.
  private static let policies = [
    LoadFailureRow(
      name: "`module_blacklist=` on the command line", answer: "EPERM", log: "Module vrouter is blacklisted",
      says: ["[command-line-blacklist]", "take vrouter out of module_blacklist="], attempts: 1),
    LoadFailureRow(
      name: "lockdown", given: "echo integrity >/sys/kernel/security/lockdown", answer: "EPERM",
      log: "unsigned module loading is restricted",
      says: ["[signature]", "the kernel is locked down (integrity)", "enrol it with mokutil"]),
    LoadFailureRow(
      name: "signature enforced",
      given: "umount /sys/kernel/security; echo 1 >/sys/module/module/parameters/sig_enforce",
      answer: "EKEYREJECTED", log: "Loading of unsigned module is rejected",
      says: ["[signature]", "(module.sig_enforce)", "enrol it with mokutil"]),
    // The checks must not see what holds since before.
    LoadFailureRow(
      name: "`kernel.modules_disabled=1`",
      given: """
        mount -t tmpfs none /sys/module/module/parameters
        echo 1 >/proc/sys/kernel/modules_disabled
        """, answer: "EPERM", says: ["[loading-disabled]", "kernel.modules_disabled = 1", "reboot"],
      attempts: 1),
  ]

  @Test func whatComesAndGoes() async throws {
    try check(Self.faults, try await ModuleScript.run(LoadFailureRow.script(Self.faults)))
  }

  @Test func whatHoldsUntilTheNextBoot() async throws {
    let guest = ModuleScript.guest(kernelArguments: ["module_blacklist=vrouter"])
    try check(Self.policies, try await ModuleScript.run(LoadFailureRow.script(Self.policies), in: guest))
  }

  private func check(_ rows: [LoadFailureRow], _ result: GuestResult) throws {
    for (number, row) in rows.enumerated() {
      let run = try result.agentRun("\(number)")
      let answer = result.text("\(number).answer")?.trimmingCharacters(in: .whitespacesAndNewlines)
      let said = result.text("\(number).said") ?? ""
      let comment = Comment(rawValue: "\(row.name): \(run.errors)\nthe kernel: \(answer ?? "")\n\(said)")
      #expect(answer == row.answer, comment)
      if let log = row.log { #expect(said.contains(log), comment) }
      #expect(run.exitCode == row.exitCode, comment)
      for words in row.says { #expect(run.errors.contains(words), comment) }
      #expect(run.attempts == row.attempts, comment)
      #expect(run.left.probe == (row.exitCode == 0 ? 0 : 1), comment)
      if row.exitCode != 0 { #expect(run.left == .nothing, comment) }
    }
  }

  /// The table is the promise: what it has is shown here, and what is shown here it has.
  @Test func theTableIsWhole() throws {
    let page = try String(
      contentsOf: Guest.labFolder.appending(path: "../../docs/module.md"), encoding: .utf8)
    let section = try #require(page.firstRange(of: "| what is wrong | the kernel itself | the agent |"))
    let lines = page[section.upperBound...].split(separator: "\n").dropFirst().prefix { $0.hasPrefix("|") }
    let written = lines.map { line in
      line.split(separator: "|").prefix(2).map { $0.trimmingCharacters(in: .whitespaces) }
    }
    let shown = (Self.faults + Self.policies).map { row in
      (row.name, row.answer, row.exitCode)
    }
    #expect(written.map(\.[0]).sorted() == shown.map(\.0).sorted())
    for (name, answer, code) in shown {
      let line = lines.first { $0.hasPrefix("| \(name) |") } ?? ""
      #expect(line.contains("| \(answer)"), "\(name): \(line)")
      #expect(code == 0 ? line.contains("ready") : line.contains("exit code \(code)"), "\(name): \(line)")
    }
  }
}
