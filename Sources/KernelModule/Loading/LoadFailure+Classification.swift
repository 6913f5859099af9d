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
    }
  }
}
