public import SystemPackage

/// Why the kernel kept a module.
public struct UnloadFailure: Error, Equatable, Sendable {
  /// The named causes.
  public enum Cause: String, Equatable, Sendable, CaseIterable {
    /// It isn't loaded.
    case notLoaded = "not-loaded"
    /// Somebody holds a reference: an open device, another module.
    case inUse = "in-use"
    /// It is being loaded or unloaded, or has no exit function, or crashed in it.
    case notUnloadable = "not-unloadable"
    /// It is part of the kernel.
    case builtIn = "built-in"
    /// This process may not, or unloading was switched off until the next boot.
    case notPermitted = "not-permitted"
    /// The call into the kernel did not come back, or crashed.
    case hang = "unload-hangs"
    /// None of the above fits.
    case unknown
  }

  /// The named cause.
  public let cause: Cause
  /// The module.
  public let module: String
  /// What the kernel answered; nil when it wasn't asked.
  public let errno: Errno?
  /// Whether trying again can help.
  public let isRetryable: Bool
  /// What happened, in one sentence.
  public let explanation: String
  /// What to do.
  public let remedy: String

  /// An unload that gave no answer.
  public static func unanswered(
    _ unanswered: Unanswered, module: String, state: LoadedModule
  ) -> UnloadFailure {
    UnloadFailure(
      cause: .hang, module: module, errno: nil, isRetryable: false,
      explanation:
        "the unload hangs or crashed in the kernel: \(unanswered); the module is '\(state.phase.rawValue)'",
      remedy:
        "read the kernel's log (dmesg), and reboot: nothing else takes a module out that is half unloaded")
  }

  /// The named cause of an answer of delete_module(2).
  ///
  /// - Parameters:
  ///   - state: the module as it was before the attempt; nil when it wasn't there.
  ///   - evidence: what the host shows (capability, loading switched off).
  public static func classify(
    _ errno: Errno, module: String, state: LoadedModule?, evidence: LoadEvidence
  ) -> UnloadFailure {
    func result(
      _ cause: Cause, _ explanation: String, retry: Bool = false, remedy: String
    ) -> UnloadFailure {
      UnloadFailure(
        cause: cause, module: module, errno: errno, isRetryable: retry, explanation: explanation,
        remedy: remedy)
    }
    switch errno {
    case .noSuchFileOrDirectory where state?.phase == .builtIn:
      return result(.builtIn, "it is part of the kernel", remedy: "nothing to do: it can't be unloaded")
    case .noSuchFileOrDirectory:
      return result(.notLoaded, "it isn't loaded", remedy: "nothing to do")
    case .resourceTemporarilyUnavailable:
      let holders = state?.holders ?? []
      let who =
        holders.isEmpty
        ? "something holds a reference to it" : "other modules use it: \(holders.joined(separator: ", "))"
      return result(
        .inUse, who, retry: true,
        remedy: "stop what uses it (for an open device: the process that opened it) and try again")
    case .resourceBusy:
      let phase = state?.phase.rawValue ?? "unknown"
      return result(
        .notUnloadable, "it isn't in a state in which it can go (state: \(phase))",
        remedy: "if it stays so, its init or exit crashed (see the kernel's log): reboot")
    case .notPermitted:
      let why =
        if evidence.loadingDisabled == true {
          "kernel.modules_disabled is set, which also forbids unloading"
        } else if evidence.hasCapability == false {
          "this process lacks CAP_SYS_MODULE in the host's user namespace"
        } else {
          "the kernel doesn't permit it"
        }
      return result(.notPermitted, why, remedy: "run as root, in a container as privileged; or reboot")
    case .interrupted:
      return result(.unknown, "a signal came in between", retry: true, remedy: "try again")
    default:
      return result(.unknown, "the kernel refused", remedy: "read the kernel's log on the host (dmesg)")
    }
  }
}

extension UnloadFailure: CustomStringConvertible {
  /// One line: module, cause, explanation, the kernel's answer, remedy.
  public var description: String {
    let answer = errno.map { " (\($0.description))" } ?? ""
    return "\(module) can't be unloaded [\(cause.rawValue)]: \(explanation)\(answer); \(remedy)"
  }
}
