public import HostFiles
import SystemPackage

/// What is to be loaded.
public struct LoadRequest: Equatable, Sendable {
  /// The module's name.
  public let name: String
  /// Its file.
  public let file: ModuleFile
  /// What the file says of itself.
  public let information: ModuleInformation
  /// All options, those of the host's configuration included (`ModuleBackend.configuredOptions`).
  public let options: ModuleOptions

  /// A request.
  public init(name: String, file: ModuleFile, information: ModuleInformation, options: ModuleOptions) {
    self.name = name
    self.file = file
    self.information = information
    self.options = options
  }
}

/// One try that failed.
public struct LoadAttempt: Equatable, Sendable {
  /// Number of the try, from 1.
  public let number: Int
  /// Why it failed.
  public let failure: LoadFailure
  /// How long was waited afterwards; nil when no further try followed.
  public let delay: Duration?
}

/// How a load went.
public struct LoadReport: Equatable, Sendable {
  /// What came of it.
  public enum Outcome: Equatable, Sendable {
    /// It was loaded now.
    case loaded
    /// It was there before, or somebody else was faster.
    case alreadyLoaded
    /// It could not be loaded.
    case failed(LoadFailure)
  }

  /// What came of it.
  public let outcome: Outcome
  /// How often the kernel was asked.
  public let attempts: Int
  /// The tries that failed, in order.
  public let failures: [LoadAttempt]
  /// The module as it is now; nil when it isn't there.
  public let state: LoadedModule?
  /// Options that the module doesn't know and the kernel passed over.
  public let ignoredOptions: [String]
  /// Options that aren't in effect as asked for.
  public let mismatches: [ParameterMismatch]
  /// What the kernel's log got during a load that succeeded; nil when it can't be read.
  public let kernelLog: [String]?
}

extension LoadReport {
  /// This one, as the end of what began with another: with all attempts and failures.
  public func following(_ earlier: LoadReport?) -> LoadReport {
    guard let earlier else { return self }
    return LoadReport(
      outcome: outcome, attempts: earlier.attempts + attempts, failures: earlier.failures + failures,
      state: state, ignoredOptions: ignoredOptions, mismatches: mismatches, kernelLog: kernelLog)
  }
}

/// Loads a module, tries again what can change, and looks at what came of it.
public struct ModuleLoader: Sendable {
  /// The host whose state and log are read.
  public let host: HostRoot
  /// What loads.
  public let backend: any ModuleBackend
  /// How often to try.
  public let policy: RetryPolicy
  /// What waits between tries.
  public let pacing: any Pacing

  /// A loader for one host.
  public init(
    host: HostRoot, backend: any ModuleBackend, policy: RetryPolicy = .standard,
    pacing: any Pacing = MonotonicPacing()
  ) {
    self.host = host
    self.backend = backend
    self.policy = policy
    self.pacing = pacing
  }

  /// Loads it, unless it is there.
  ///
  /// - Parameters:
  ///   - interpret: what the module's own vocabulary makes of an answer and of the log lines that came with it.
  ///   - beforeRetry: called before each wait, for what may help meanwhile (compacting memory).
  ///   - objection: asked after each wait: why there must be no further try; nil when there may.
  public func load(
    _ request: LoadRequest,
    interpret: (LoadAnswer, [String]) -> ModuleVerdict? = { _, _ in nil },
    beforeRetry: (LoadAttempt) throws(KernelModuleError) -> Void = { _ in },
    objection: (LoadAttempt) -> LoadFailure? = { _ in nil }
  ) throws(KernelModuleError) -> LoadReport {
    var generator = SystemRandomNumberGenerator()
    var failures: [LoadAttempt] = []
    if let settled = try settledState(request.name, using: &generator) {
      guard settled.phase == .live || settled.phase == .builtIn else {
        return report(.failed(Self.stuck(settled)), request, 0, failures, settled, nil)
      }
      return report(.alreadyLoaded, request, 0, failures, settled, nil)
    }
    var number = 1
    while true {
      var log = KernelLog(following: host)
      let answer = try backend.load(request.file, options: request.options)
      let messages = log?.newMessages()
      let state = try LoadedModule.observe(request.name, on: host)
      if answer == .loaded { return report(.loaded, request, number, failures, state, messages) }
      // Nobody waited for the end, but it is whole: the kernel ran the init function to its end before it ended the process.
      if case .unanswered(let unanswered) = answer, state?.phase == .live, unanswered.leavesLive(messages) {
        return report(.loaded, request, number, failures, state, messages)
      }
      if case .errno(.fileExists, module: _) = answer, let state,
        state.phase == .live || state.phase == .builtIn
      {
        return report(.alreadyLoaded, request, number, failures, state, nil)
      }
      var evidence = LoadEvidence.gather(from: host)
      evidence.kernelLog = messages
      evidence.fileSize = (try? request.file.root.status(request.file.path))?.identity.size
      evidence.isSigned = request.information.isSigned
      if let release = try? ModuleNames.runningRelease(of: host) {
        evidence.versionMagic = request.information.versionMagic?.compared(toRelease: release, flags: nil)
      }
      evidence.isPresent = state != nil
      evidence.verdict = interpret(answer, messages ?? [])
      guard let failure = LoadFailure.classify(answer, module: request.name, evidence: evidence) else {
        return report(.loaded, request, number, failures, state, messages)
      }
      let delay = policy.delay(after: number, failure, using: &generator)
      let attempt = LoadAttempt(number: number, failure: failure, delay: delay)
      failures.append(attempt)
      guard let delay else { return report(.failed(failure), request, number, failures, state, messages) }
      try beforeRetry(attempt)
      pacing.wait(delay)
      if let objection = objection(attempt) {
        return report(.failed(objection), request, number, failures, state, messages)
      }
      number += 1
    }
  }

  /// The module's state once it is neither coming nor going, waited for as long as all waits of the policy together, and
  /// no less than ``RetryPolicy/leastSettling``.
  private func settledState(
    _ name: String, using generator: inout some RandomNumberGenerator
  ) throws(KernelModuleError) -> LoadedModule? {
    var attempt = 1
    var waited = Duration.zero
    while true {
      let state = try LoadedModule.observe(name, on: host)
      guard let state, state.phase == .coming || state.phase == .going,
        attempt < policy.attempts || waited < RetryPolicy.leastSettling
      else { return state }
      let pause = max(policy.delay(after: attempt, using: &generator), .milliseconds(10))
      pacing.wait(pause)
      waited += pause
      attempt += 1
    }
  }

  private static func stuck(_ state: LoadedModule) -> LoadFailure {
    LoadFailure(
      .stuck, module: state.name,
      explanation: "a module of this name is '\(state.phase.rawValue)' and doesn't get any further",
      evidence: ["/sys/module/\(state.name)/initstate: \(state.phase.rawValue)"],
      remedy:
        "its init or exit function hangs or crashed (see the kernel's log): reboot; another load would hang, too"
    )
  }

  private func report(
    _ outcome: LoadReport.Outcome, _ request: LoadRequest, _ attempts: Int, _ failures: [LoadAttempt],
    _ state: LoadedModule?, _ log: [String]?
  ) -> LoadReport {
    let isThere: Bool =
      switch outcome {
      case .failed: false
      case .loaded, .alreadyLoaded: true
      }
    return LoadReport(
      outcome: outcome, attempts: attempts, failures: failures, state: state,
      ignoredOptions: Self.ignoredOptions(in: log ?? [], module: request.name),
      mismatches: isThere
        ? ParameterMismatch.compare(wanted: request.options, inEffect: state?.parameters ?? [:]) : [],
      kernelLog: log)
  }

  /// The names in `vrouter: unknown parameter 'foo' ignored`.
  static func ignoredOptions(in log: [String], module: String) -> [String] {
    let start = "\(module): unknown parameter '"
    return log.compactMap { line in
      guard line.hasPrefix(start) else { return nil }
      let rest = line.dropFirst(start.count)
      return rest.firstIndex(of: "'").map { String(rest[..<$0]) }
    }
  }
}
