public import HostFiles

/// What a module's own vocabulary makes of a failed load; the library that knows the module supplies it.
public struct ModuleVerdict: Equatable, Sendable {
  /// Whether trying again can help at all.
  public let canChange: Bool
  /// Whether it is about memory, when the answer is ENOMEM: a module may answer so for other reasons.
  public let isAboutMemory: Bool
  /// What happened, in one sentence.
  public let explanation: String
  /// What to do.
  public let remedy: String

  /// A verdict.
  public init(canChange: Bool, isAboutMemory: Bool = true, explanation: String, remedy: String) {
    self.canChange = canChange
    self.isAboutMemory = isAboutMemory
    self.explanation = explanation
    self.remedy = remedy
  }
}

/// Facts that tell apart causes which share one errno. What could not be learnt is nil.
public struct LoadEvidence: Equatable, Sendable {
  /// Messages of the kernel since the moment before the load; nil when its log can't be read. Absent lines prove nothing.
  public var kernelLog: [String]?
  /// What the kernel's lockdown is set to: `none`, `integrity`, `confidentiality`.
  public var lockdown: String?
  /// Whether the kernel takes signed modules only.
  public var enforcesSignatures: Bool?
  /// Whether loading was switched off until the next boot.
  public var loadingDisabled: Bool?
  /// Modules that the kernel's command line forbids.
  public var commandLineBlacklist: [String] = []
  /// Whether this process has CAP_SYS_MODULE where it counts: in the host's own user namespace.
  public var hasCapability: Bool?
  /// Whether a system call filter (seccomp) is set for this process.
  public var hasCallFilter: Bool?
  /// Size of the module's file in bytes; nil when it isn't there or could not be looked at.
  public var fileSize: Int64?
  /// Whether a signature is appended to the module's file.
  public var isSigned: Bool?
  /// How the file's version magic stands to the running kernel.
  public var versionMagic: VersionMagic.Comparison?
  /// Whether a module of this name is in the kernel now.
  public var isPresent: Bool?
  /// What the module's own vocabulary says.
  public var verdict: ModuleVerdict?

  /// Nothing known.
  public init() {}

  /// What a host shows, apart from the kernel's log and the module's file.
  public static func gather(from host: HostRoot) -> LoadEvidence {
    var evidence = LoadEvidence()
    evidence.lockdown = (try? host.readValue("/sys/kernel/security/lockdown")).flatMap(lockdownMode)
    evidence.enforcesSignatures =
      (try? host.readValue("/sys/module/module/parameters/sig_enforce")).map { $0 == "Y" || $0 == "1" }
    evidence.loadingDisabled = (try? host.readValue("/proc/sys/kernel/modules_disabled")).map { $0 != "0" }
    evidence.commandLineBlacklist = (try? host.readText("/proc/cmdline")).map(blacklist) ?? []
    if let status = try? host.readText("/proc/self/status") {
      evidence.hasCallFilter = field("Seccomp", of: status).map { $0 != "0" }
      let mapping = try? host.readText("/proc/self/uid_map")
      evidence.hasCapability = hasModuleCapability(status: status, userMapping: mapping)
    }
    return evidence
  }

  /// The mode in brackets: `none [integrity] confidentiality`.
  static func lockdownMode(_ text: String) -> String? {
    guard let start = text.firstIndex(of: "["), let end = text[start...].firstIndex(of: "]") else {
      return nil
    }
    return String(text[text.index(after: start)..<end])
  }

  /// The names after `module_blacklist=`; as for every such parameter, the last one counts.
  static func blacklist(_ commandLine: String) -> [String] {
    let key = "module_blacklist="
    let words = commandLine.split { $0 == " " || $0 == "\n" }
    guard let last = words.last(where: { $0.hasPrefix(key) }) else { return [] }
    return last.dropFirst(key.count).split { $0 == "," || $0 == "\"" }.map(String.init)
  }

  /// Whether CAP_SYS_MODULE (16, linux/capability.h) is effective, and in the initial user namespace.
  static func hasModuleCapability(status: String, userMapping: String?) -> Bool? {
    guard let text = field("CapEff", of: status), let set = UInt64(text, radix: 16) else { return nil }
    guard set & (1 << 16) != 0 else { return false }
    guard let mapping = userMapping?.split(whereSeparator: \.isWhitespace).map(String.init) else {
      return true
    }
    // The initial namespace maps every number to itself (user_namespaces(7)).
    return mapping == ["0", "0", "4294967295"]
  }

  private static func field(_ name: String, of status: String) -> String? {
    for line in status.split(separator: "\n") where line.hasPrefix(name + ":") {
      return line.dropFirst(name.count + 1).split(whereSeparator: \.isWhitespace).first.map(String.init)
    }
    return nil
  }
}
