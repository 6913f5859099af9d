import SystemPackage

/// Why the kernel doesn't permit a load: five reasons share EPERM, and only facts of the host tell them apart.
extension LoadClassifier {
  func notPermitted() -> LoadFailure {
    if evidence.loadingDisabled == true {
      return result(
        .loadingDisabled, "loading modules was switched off until the next boot",
        evidence: ["kernel.modules_disabled = 1"],
        remedy: "reboot, and load the module before kernel.modules_disabled is set")
    }
    if evidence.hasCapability == false {
      return result(
        .capabilityMissing, "this process lacks CAP_SYS_MODULE in the host's user namespace",
        remedy: "run it as root, in a container as privileged or with the capability SYS_MODULE")
    }
    let blacklist = lines("is blacklisted")
    if !blacklist.isEmpty || evidence.commandLineBlacklist.contains(module) {
      return result(
        .commandLineBlacklist, "the kernel's command line forbids it",
        evidence: blacklist.isEmpty
          ? ["module_blacklist=\(evidence.commandLineBlacklist.joined(separator: ","))"] : blacklist,
        remedy: "take \(module) out of module_blacklist= and reboot")
    }
    let lockdown = lines("Lockdown:")
    if !lockdown.isEmpty { return lockedDown(lockdown) }
    if let answer = ownAnswer() { return answer }
    if let mode = evidence.lockdown, mode != "none", evidence.isSigned != true {
      return lockedDown(["/sys/kernel/security/lockdown: \(mode)"])
    }
    let policy = lines("LoadPin", "avc:", "apparmor=")
    if !policy.isEmpty || evidence.hasCallFilter == true {
      return result(
        .securityPolicy, "a security policy or a system call filter refused the load", evidence: policy,
        remedy: "run this program in a privileged container, or allow init_module and finit_module")
    }
    return result(
      .unknown, "the kernel refused it, and no known reason shows", evidence: ownLines,
      remedy: "read the kernel's log on the host (dmesg)")
  }

  private func lockedDown(_ evidence: [String]) -> LoadFailure {
    result(
      .lockdown, "the kernel is locked down and takes signed modules only", evidence: evidence,
      remedy: "sign the module with a key that the kernel trusts (Secure Boot: enrol it with mokutil), "
        + "or boot without lockdown")
  }

  func signature() -> LoadFailure {
    let found = lines("module", "key").filter { $0.contains("reject") || $0.contains("verification") }
    return result(
      .signature,
      evidence.isSigned == true
        ? "its signature is not by a key that the kernel trusts"
        : "the kernel takes signed modules only, and this one isn't",
      evidence: found.isEmpty && evidence.enforcesSignatures == true ? ["module.sig_enforce = Y"] : found,
      remedy: "sign the module with a key that the kernel trusts (Secure Boot: enrol it with mokutil), "
        + "or boot without module.sig_enforce")
  }
}
