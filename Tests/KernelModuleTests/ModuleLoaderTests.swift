import Foundation
import HostFiles
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import KernelModule

/// Answers loads from a script and, when it says so, makes the module appear below a root.
final class ScriptedBackend: ModuleBackend {
  private let answers: Mutex<[LoadAnswer]>
  let calls = Mutex<[String]>([])
  let root: String
  let parameters: [String: String]
  let unloadAnswer: UnloadAnswer
  /// Whether a load that gave no answer shows the module as live.
  let endsLive: Bool

  init(
    root: String, answers: [LoadAnswer] = [], parameters: [String: String] = [:],
    unloadAnswer: UnloadAnswer = .unloaded, endsLive: Bool = false
  ) {
    self.root = root
    self.endsLive = endsLive
    self.answers = Mutex(answers)
    self.parameters = parameters
    self.unloadAnswer = unloadAnswer
  }

  func find(_ name: String) throws(KernelModuleError) -> TreeModule? { nil }
  func information(of file: ModuleFile) throws(KernelModuleError) -> ModuleInformation {
    ModuleInformation(entries: [])
  }
  func symbols(of file: ModuleFile) throws(KernelModuleError) -> ModuleSymbols { ModuleSymbols() }
  func configuredOptions(for name: String) throws(KernelModuleError) -> ModuleOptions { ModuleOptions() }

  func installCommand(for name: String) throws(KernelModuleError) -> String? { nil }

  func load(_ file: ModuleFile, options: ModuleOptions) throws(KernelModuleError) -> LoadAnswer {
    calls.withLock { $0.append(options.text) }
    let answer = answers.withLock { $0.isEmpty ? .loaded : $0.removeFirst() }
    if answer == .loaded { appear(state: "live") }
    if endsLive, case .unanswered = answer { appear(state: "live") }
    return answer
  }

  func unload(_ name: String) throws(KernelModuleError) -> UnloadAnswer {
    calls.withLock { $0.append("unload \(name)") }
    return unloadAnswer
  }

  func appear(state: String) {
    do {
      let folder = "\(root)/sys/module/vrouter"
      try writeFile(state + "\n", to: "\(folder)/initstate")
      for (name, value) in parameters { try writeFile(value + "\n", to: "\(folder)/parameters/\(name)") }
    } catch {
      Issue.record(error)
    }
  }
}

/// Keeps the waits instead of waiting.
final class RecordedPacing: Pacing {
  let waits = Mutex<[Duration]>([])
  let onWait: @Sendable (Int) -> Void
  init(onWait: @escaping @Sendable (Int) -> Void = { _ in }) { self.onWait = onWait }
  func wait(_ duration: Duration) {
    let count = waits.withLock {
      $0.append(duration)
      return $0.count
    }
    onWait(count)
  }
  func now() -> Duration { .seconds(waits.withLock { $0.count }) }
}

struct ModuleLoaderTests {
  private func request(_ host: HostRoot, _ options: String = "") throws -> LoadRequest {
    LoadRequest(
      name: "vrouter", file: try ModuleFile(resolving: "/vrouter.ko", below: host),
      information: ModuleInformation(entries: []), options: try ModuleOptions(parsing: options))
  }

  @Test func loadsAndVerifies() throws {
    try withTemporaryRoot { host, path in
      let backend = ScriptedBackend(root: path, parameters: ["a": "1", "b": "3"])
      let loader = ModuleLoader(host: host, backend: backend, pacing: RecordedPacing())
      let report = try loader.load(try request(host, "a=1 b=2 c=3"))
      #expect(report.outcome == .loaded)
      #expect(report.attempts == 1)
      #expect(report.state?.phase == .live)
      #expect(report.mismatches.map(\.name) == ["b", "c"])
      #expect(backend.calls.withLock { $0 } == ["a=1 b=2 c=3"])
    }
  }

  @Test func leavesALoadedModuleAlone() throws {
    try withTemporaryRoot { host, path in
      let backend = ScriptedBackend(root: path, parameters: ["a": "5"])
      backend.appear(state: "live")
      let report = try ModuleLoader(host: host, backend: backend, pacing: RecordedPacing())
        .load(try request(host, "a=1"))
      #expect(report.outcome == .alreadyLoaded)
      #expect(report.mismatches.map(\.inEffect) == ["5"])
      #expect(backend.calls.withLock { $0.isEmpty })
    }
  }

  @Test func retriesWhatCanChange() throws {
    try withTemporaryRoot { host, path in
      let backend = ScriptedBackend(
        root: path,
        answers: [.errno(.noMemory, module: "vrouter"), .errno(.resourceBusy, module: "vrouter"), .loaded])
      let pacing = RecordedPacing()
      let treated = Mutex(0)
      let report = try ModuleLoader(host: host, backend: backend, pacing: pacing).load(
        try request(host),
        beforeRetry: { attempt in
          if attempt.failure.cause == .memoryShort { treated.withLock { $0 += 1 } }
        })
      #expect(report.outcome == .loaded)
      #expect(report.failures.map(\.failure.cause) == [.memoryShort, .busy])
      #expect(report.failures.map(\.number) == [1, 2])
      #expect(report.failures.map(\.delay) == pacing.waits.withLock { $0 })
      #expect(treated.withLock { $0 } == 1)
      #expect(report.attempts == 3)
    }
  }

  @Test func givesUpWhenTheTriesAreUsed() throws {
    try withTemporaryRoot { host, path in
      let busy = LoadAnswer.errno(.resourceTemporarilyUnavailable, module: "vrouter")
      let backend = ScriptedBackend(root: path, answers: Array(repeating: busy, count: 9))
      let pacing = RecordedPacing()
      let report = try ModuleLoader(
        host: host, backend: backend, policy: RetryPolicy(attempts: 3), pacing: pacing
      ).load(try request(host))
      guard case .failed(let failure) = report.outcome else {
        Issue.record("\(report.outcome)")
        return
      }
      #expect(failure.cause == .busy)
      #expect(report.attempts == 3)
      #expect(pacing.waits.withLock { $0.count } == 2)
      #expect(report.failures.last?.delay == nil)
    }
  }

  @Test(
    arguments: [
      LoadAnswer.errno(.execFormatError, module: "vrouter"), .errno(.invalidArgument, module: "vrouter"),
      .errno(Errno(rawValue: 129), module: "vrouter"), .errno(.notPermitted, module: "vrouter"),
      .dependencyMissing("helper"), .installCommand(module: "vrouter", command: "x"),
      .blacklisted(module: "vrouter"),
    ])
  func neverRetriesWhatCantChange(answer: LoadAnswer) throws {
    try withTemporaryRoot { host, path in
      let backend = ScriptedBackend(root: path, answers: [answer])
      let pacing = RecordedPacing()
      let report = try ModuleLoader(host: host, backend: backend, pacing: pacing).load(try request(host))
      #expect(report.attempts == 1)
      #expect(pacing.waits.withLock { $0.isEmpty })
      guard case .failed = report.outcome else {
        Issue.record("\(report.outcome)")
        return
      }
    }
  }

  @Test func theModulesOwnVerdictEndsRetries() throws {
    try withTemporaryRoot { host, path in
      let backend = ScriptedBackend(root: path, answers: [.errno(.noMemory, module: "vrouter")])
      let report = try ModuleLoader(host: host, backend: backend, pacing: RecordedPacing()).load(
        try request(host),
        interpret: { _, _ in
          ModuleVerdict(
            canChange: false, isAboutMemory: false, explanation: "pkt1 is taken", remedy: "rename it")
        })
      guard case .failed(let failure) = report.outcome else {
        Issue.record("\(report.outcome)")
        return
      }
      #expect(failure.cause == .initRefused)
      #expect(failure.explanation == "pkt1 is taken")
      #expect(report.attempts == 1)
    }
  }

  @Test func somebodyElseWasFaster() throws {
    try withTemporaryRoot { host, path in
      let backend = ScriptedBackend(
        root: path,
        answers: [.errno(.resourceBusy, module: "vrouter"), .errno(.fileExists, module: "vrouter")])
      let pacing = RecordedPacing { _ in backend.appear(state: "live") }
      let report = try ModuleLoader(host: host, backend: backend, pacing: pacing).load(try request(host))
      #expect(report.outcome == .alreadyLoaded)
      #expect(report.state?.phase == .live)
    }
  }

  @Test func waitsForAModuleThatIsComing() throws {
    try withTemporaryRoot { host, path in
      let backend = ScriptedBackend(root: path)
      backend.appear(state: "coming")
      let pacing = RecordedPacing { count in if count == 2 { backend.appear(state: "live") } }
      let report = try ModuleLoader(host: host, backend: backend, pacing: pacing).load(try request(host))
      #expect(report.outcome == .alreadyLoaded)
      #expect(pacing.waits.withLock { $0.count } == 2)
      #expect(backend.calls.withLock { $0.isEmpty })
    }
  }

  @Test(arguments: ["coming", "going"]) func neverLoadsBesideAStuckModule(state: String) throws {
    try withTemporaryRoot { host, path in
      let backend = ScriptedBackend(root: path)
      backend.appear(state: state)
      let report = try ModuleLoader(host: host, backend: backend, pacing: RecordedPacing()).load(
        try request(host))
      guard case .failed(let failure) = report.outcome else {
        Issue.record("\(report.outcome)")
        return
      }
      #expect(failure.cause == .stuck)
      #expect(!failure.isRetryable)
      #expect(backend.calls.withLock { $0.isEmpty })
    }
  }

  @Test func namesIgnoredOptions() {
    #expect(
      ModuleLoader.ignoredOptions(
        in: [
          "vrouter: unknown parameter 'foo' ignored", "other: unknown parameter 'bar' ignored", "vrouter: x",
        ],
        module: "vrouter") == ["foo"])
  }
}

struct RetryPolicyTests {
  private func failure(_ retry: Bool) -> LoadFailure {
    LoadFailure(.busy, module: "vrouter", isRetryable: retry, explanation: "", remedy: "")
  }

  @Test func doublesUpToALimit() {
    var generator = SystemRandomNumberGenerator()
    let policy = RetryPolicy(
      attempts: 9, firstDelay: .milliseconds(100), longestDelay: .milliseconds(500), jitter: 0)
    let delays = (1...9).map { policy.delay(after: $0, failure(true), using: &generator) }
    let expected: [Duration?] = [100, 200, 400, 500, 500, 500, 500, 500].map { .milliseconds($0) } + [nil]
    #expect(delays == expected)
  }

  @Test func scattersWithinTheJitter() {
    var generator = SystemRandomNumberGenerator()
    let policy = RetryPolicy(attempts: 2, firstDelay: .seconds(1), jitter: 0.2)
    let delays = (0..<200).compactMap { _ in policy.delay(after: 1, failure(true), using: &generator) }
    #expect(delays.count == 200)
    #expect(delays.allSatisfy { $0 >= .milliseconds(799) && $0 <= .milliseconds(1201) })
    #expect(Set(delays).count > 100)
  }

  @Test func isBounded() {
    var generator = SystemRandomNumberGenerator()
    #expect(RetryPolicy(attempts: 0).attempts == 1)
    #expect(RetryPolicy(jitter: 7).jitter == 1)
    #expect(RetryPolicy().delay(after: 1, failure(false), using: &generator) == nil)
    #expect(RetryPolicy(attempts: .max).delay(after: 1 << 40, failure(true), using: &generator) != nil)
  }
}

struct ModuleUnloaderTests {
  @Test(
    arguments: [
      (nil, UnloadFailure.Cause?.none), (.resourceTemporarilyUnavailable, .inUse),
      (.resourceBusy, .notUnloadable),
      (.notPermitted, .notPermitted), (.noSuchFileOrDirectory, .notLoaded), (.interrupted, .unknown),
      (.ioError, .unknown),
    ] as [(Errno?, UnloadFailure.Cause?)])
  func namesTheCause(errno: Errno?, cause: UnloadFailure.Cause?) throws {
    try withTemporaryRoot { host, path in
      let backend = ScriptedBackend(root: path, unloadAnswer: errno.map(UnloadAnswer.errno) ?? .unloaded)
      backend.appear(state: "live")
      let failure = try ModuleUnloader(host: host, backend: backend).unload("vrouter")
      #expect(failure?.cause == cause)
      #expect(failure?.errno == errno)
    }
  }

  @Test func absentIsDone() throws {
    try withTemporaryRoot { host, path in
      let backend = ScriptedBackend(root: path, unloadAnswer: .errno(.ioError))
      let failure = try ModuleUnloader(host: host, backend: backend).unload("vrouter")
      #expect(failure == nil)
      #expect(backend.calls.withLock { $0.isEmpty })
    }
  }

  @Test func builtInIsRefusedWithoutAsking() throws {
    try withTemporaryRoot { host, path in
      try writeFile("", to: "\(path)/sys/module/vrouter/uevent")
      let backend = ScriptedBackend(root: path)
      #expect(try ModuleUnloader(host: host, backend: backend).unload("vrouter")?.cause == .builtIn)
      #expect(backend.calls.withLock { $0.isEmpty })
    }
  }
}
