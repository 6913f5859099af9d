extension LoadFailure {
  /// The named cause of a load that failed: from the answer, and from facts that tell apart what shares one errno.
  ///
  /// Pure. Sources: init_module(2), kernel/module/main.c; the rows are pinned by tests.
  ///
  /// - Returns: nil for `.loaded`.
  public static func classify(_ answer: LoadAnswer, module: String, evidence: LoadEvidence) -> LoadFailure? {
    switch answer {
    case .loaded: nil
    case .errno(let errno, let failed):
      LoadClassifier(errno: errno, module: failed, wanted: module, evidence: evidence).failure()
    case .dependencyMissing(let dependency):
      LoadFailure(
        .dependencyMissing, module: module,
        explanation: "it depends on the module \(dependency), which is neither loaded nor in the module tree",
        remedy: "install \(dependency) for the running kernel, or a build that doesn't need it")
    case .installCommand(let name, let command):
      LoadFailure(
        .installCommand, module: name,
        explanation: "modprobe.d puts a command in place of the load, and this program runs none",
        evidence: ["install \(name) \(command)"],
        remedy: "remove the line 'install \(name) …' from /etc/modprobe.d")
    case .blacklisted(let name):
      LoadFailure(
        .configuredBlacklist, module: name, explanation: "modprobe.d forbids it",
        evidence: ["blacklist \(name)"], remedy: "remove the line 'blacklist \(name)' from /etc/modprobe.d")
    case .unanswered(let unanswered): LoadFailure.unanswered(unanswered, module: module, evidence: evidence)
    }
  }

  /// A load that gave no answer: what became of its process tells what is left to do.
  private static func unanswered(
    _ unanswered: Unanswered, module: String, evidence: LoadEvidence
  ) -> LoadFailure {
    let log = (evidence.kernelLog ?? []).filter { line in
      (crashWords + ["blocked for more than", module]).contains { line.contains($0) }
    }
    func failure(_ cause: Cause, _ explanation: String, remedy: String) -> LoadFailure {
      LoadFailure(
        cause, module: module, explanation: explanation, evidence: Array(log.prefix(8)), remedy: remedy)
    }
    switch unanswered {
    case .stuck:
      return failure(
        .hang, "the load hangs in the kernel: \(unanswered)",
        remedy: "reboot: until then no other load of it can succeed")
    case .ended where evidence.isPresent == true:
      return failure(
        .hang, "the load hangs in the kernel: \(unanswered), and the module stays half loaded",
        remedy: "reboot: until then no other load of it can succeed")
    case .ended:
      return failure(
        .hang, "the load hung: \(unanswered), and the module went with it",
        remedy:
          "read the module's lines in the kernel's log (dmesg); raise the time limit where a host is that slow"
      )
    // The kernel keeps a module whose init crashed, and tells of the crash. Where its log can't be read, the worse is
    // supposed: a dependency may have crashed.
    case .crashed where evidence.isPresent == false && evidence.kernelLog.map { !showsCrash($0) } == true:
      return LoadFailure(
        .killed, module: module, isRetryable: true,
        explanation: "the load was cut short: \(unanswered), and no crash of the kernel shows", evidence: [],
        remedy: "look for what killed it: the kernel for lack of memory (dmesg), a supervisor, or somebody")
    case .crashed:
      return failure(
        .crash, "the kernel crashed in the module's init: \(unanswered)",
        remedy: "reboot, and check the module options and the build before the next load")
    }
  }

  private static let crashWords = ["BUG:", "Oops", "RIP:", "general protection fault"]

  /// Whether the kernel's log tells of a crash.
  static func showsCrash(_ log: [String]?) -> Bool {
    (log ?? []).contains { line in crashWords.contains { line.contains($0) } }
  }
}

extension Unanswered {
  /// Whether a module that is live now can be trusted, though the load gave no answer.
  func leavesLive(_ log: [String]?) -> Bool {
    switch self {
    case .ended: true
    case .crashed: !LoadFailure.showsCrash(log)
    case .stuck: false
    }
  }
}
