import Foundation
import HostFiles
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import KernelModule

/// When the loader waits, goes on, and stops, beyond what the kernel answers.
struct LoadEndingTests {
  private func request(_ host: HostRoot) throws -> LoadRequest {
    LoadRequest(
      name: "vrouter", file: try ModuleFile(resolving: "/vrouter.ko", below: host),
      information: ModuleInformation(entries: []), options: ModuleOptions())
  }

  /// How often this program may try says nothing about how long another's init function takes.
  @Test(
    arguments: [
      (RetryPolicy(attempts: 1, jitter: 0), Duration.milliseconds(7500)),
      (RetryPolicy(attempts: 3, firstDelay: .milliseconds(10), jitter: 0), .milliseconds(5110)),
      (RetryPolicy(attempts: 2, firstDelay: .zero, jitter: 0), .seconds(5)),
      (RetryPolicy(attempts: 5, jitter: 0), .milliseconds(7500)),
      (RetryPolicy(attempts: 6, jitter: 0), .milliseconds(11_500)),
    ])
  func aModuleThatIsComingIsWaitedFor(policy: RetryPolicy, time: Duration) throws {
    for state in ["coming", "going"] {
      try withTemporaryRoot { host, path in
        let backend = ScriptedBackend(root: path)
        backend.appear(state: state)
        let pacing = RecordedPacing()
        let report = try ModuleLoader(host: host, backend: backend, policy: policy, pacing: pacing)
          .load(try request(host))
        guard case .failed(let failure) = report.outcome else {
          Issue.record("\(report.outcome)")
          return
        }
        #expect(failure.cause == .stuck)
        #expect(report.attempts == 0)
        #expect(pacing.waits.withLock { $0.reduce(.zero, +) } == time)
      }
    }
  }

  @Test func oneTryIsEnoughForAModuleThatComes() throws {
    try withTemporaryRoot { host, path in
      let backend = ScriptedBackend(root: path)
      backend.appear(state: "coming")
      let pacing = RecordedPacing { _ in backend.appear(state: "live") }
      let report = try ModuleLoader(
        host: host, backend: backend, policy: RetryPolicy(attempts: 1), pacing: pacing
      ).load(try request(host))
      #expect(report.outcome == .alreadyLoaded)
      #expect(pacing.waits.withLock { $0.count } == 1)
    }
  }

  /// What must not be tried isn't, though the kernel's answer would allow it.
  @Test func anObjectionEndsTheTries() throws {
    try withTemporaryRoot { host, path in
      let backend = ScriptedBackend(
        root: path, answers: Array(repeating: .errno(.noMemory, module: "vrouter"), count: 9))
      let objection = LoadFailure(.memoryShort, module: "vrouter", explanation: "worse", remedy: "reboot")
      let pacing = RecordedPacing()
      let asked = Mutex<[Int]>([])
      let report = try ModuleLoader(host: host, backend: backend, pacing: pacing).load(
        try request(host),
        objection: { attempt in
          // After the wait, right before the try.
          #expect(pacing.waits.withLock { $0.count } == attempt.number)
          asked.withLock { $0.append(attempt.number) }
          return attempt.number == 2 ? objection : nil
        })
      #expect(report.outcome == .failed(objection))
      #expect(report.attempts == 2)
      #expect(asked.withLock { $0 } == [1, 2])
      #expect(backend.calls.withLock { $0.count } == 2)
    }
  }

  /// Killed after the kernel came to the end of the load: the module is there, and all is well.
  @Test(arguments: [Unanswered.ended(after: .seconds(1)), .crashed(signal: 9)])
  func aWholeModuleIsLoadedWhoeverAsked(unanswered: Unanswered) throws {
    try withTemporaryRoot { host, path in
      try writeFile("", to: "\(path)/dev/kmsg")
      let backend = ScriptedBackend(root: path, answers: [.unanswered(unanswered)], endsLive: true)
      let report = try ModuleLoader(host: host, backend: backend, pacing: RecordedPacing())
        .load(try request(host))
      #expect(report.outcome == .loaded)
      #expect(report.attempts == 1)
    }
  }

  @Test func aKilledLoadIsTriedAgain() throws {
    try withTemporaryRoot { host, path in
      try writeFile("", to: "\(path)/dev/kmsg")
      let backend = ScriptedBackend(root: path, answers: [.unanswered(.crashed(signal: 9)), .loaded])
      let report = try ModuleLoader(host: host, backend: backend, pacing: RecordedPacing())
        .load(try request(host))
      #expect(report.failures.map(\.failure.cause) == [.killed])
      #expect(report.outcome == .loaded)
    }
  }
}
