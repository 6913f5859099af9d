public import SystemPackage

/// Why a module could not be loaded: one named cause, with what shows it and what to do.
public struct LoadFailure: Error, Equatable, Sendable {
  /// The named causes.
  public enum Cause: String, Equatable, Sendable, CaseIterable {
    /// No free block of memory was large enough, or memory was short.
    case memoryShort = "memory-short"
    /// An allocation that can never succeed, however much memory is free.
    case memoryImpossible = "memory-impossible"
    /// The kernel was busy with this module or one that it needs.
    case busy
    /// A module of this name stays half loaded or half unloaded.
    case stuck
    /// The call into the kernel gave no answer in time.
    case hang = "load-hangs"
    /// The kernel crashed in the module's init, and ended the process that loaded it.
    case crash = "load-crashes"
    /// The process that loads it was killed from outside, and the module isn't there.
    case killed = "load-killed"
    /// The symbol checksums are those of another kernel or flavour.
    case symbolVersions = "symbol-versions"
    /// The version magic is another kernel's.
    case versionMagic = "version-magic"
    /// It uses a symbol that the kernel and the loaded modules don't have.
    case unknownSymbol = "unknown-symbol"
    /// A module that it depends on is neither loaded nor in the tree.
    case dependencyMissing = "dependency-missing"
    /// Its file isn't there.
    case fileMissing = "file-missing"
    /// A parameter's value was refused.
    case badParameter = "bad-parameter"
    /// Only signed modules are taken, and this one isn't, or by a key that the kernel doesn't know.
    case signature
    /// The kernel is locked down.
    case lockdown
    /// The kernel's command line forbids it.
    case commandLineBlacklist = "command-line-blacklist"
    /// Loading modules was switched off until the next boot.
    case loadingDisabled = "loading-disabled"
    /// This process may not load modules.
    case capabilityMissing = "capability-missing"
    /// A security policy (SELinux, LoadPin, a system call filter) forbids it.
    case securityPolicy = "security-policy"
    /// The file isn't a whole module.
    case invalidFile = "invalid-file"
    /// The file is empty.
    case emptyFile = "empty-file"
    /// modprobe.d puts a command in place of the load.
    case installCommand = "install-command"
    /// modprobe.d forbids it.
    case configuredBlacklist = "configured-blacklist"
    /// The module's own init function said no.
    case initRefused = "init-refused"
    /// The running kernel has no loadable modules.
    case unsupported
    /// None of the above fits.
    case unknown
  }

  /// The named cause.
  public let cause: Cause
  /// The module that could not be loaded: the wanted one, or one that it depends on.
  public let module: String
  /// What the kernel answered; nil when it wasn't asked.
  public let errno: Errno?
  /// Whether trying again can help.
  public let isRetryable: Bool
  /// What happened, in one sentence.
  public let explanation: String
  /// What shows it: lines of the kernel's log and facts of the host, as found.
  public let evidence: [String]
  /// What to do.
  public let remedy: String

  /// A failure as found.
  public init(
    _ cause: Cause, module: String, errno: Errno? = nil, isRetryable: Bool = false,
    explanation: String, evidence: [String] = [], remedy: String
  ) {
    self.cause = cause
    self.module = module
    self.errno = errno
    self.isRetryable = isRetryable
    self.explanation = explanation
    self.evidence = evidence
    self.remedy = remedy
  }
}

extension LoadFailure: CustomStringConvertible {
  /// One line: module, cause, explanation, the kernel's answer, remedy.
  public var description: String {
    let answer = errno.map { " (\($0.description))" } ?? ""
    return "\(module) can't be loaded [\(cause.rawValue)]: \(explanation)\(answer); \(remedy)"
  }
}
