import Foundation
import HostFiles
import KernelModule
import Synchronization
import SystemPackage
import TestSupport
import Testing
import VRouter

@testable import NodeAgent

/// Keeps what it is asked for, and may change free memory by it.
private final class RecordedTreatment: TreatmentRunner {
  let asked = Mutex<[TreatmentAction]>([])
  let effect: @Sendable () -> Void

  init(_ effect: @escaping @Sendable () -> Void = {}) { self.effect = effect }

  func perform(
    _ action: TreatmentAction, on host: HostRoot, within limit: Duration
  ) -> KernelModuleError? {
    asked.withLock { $0.append(action) }
    effect()
    return nil
  }
}

/// What a preparation does about a load that the kernel refused.
struct RefusedLoadTests {
  private static let noMemory = LoadAnswer.errno(.noMemory, module: "vrouter")

  /// What is done between two attempts, when memory was predicted to do: compaction once after each refusal for memory,
  /// nothing that gives contents up, and nothing where nothing may be done or memory was not the matter.
  struct Unpredicted: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var bound = "reclaim"
    let answers: [LoadAnswer]
    let compactions: Int
  }

  static let unpredicted = [
    Unpredicted(testDescription: "loads at once", answers: [], compactions: 0),
    Unpredicted(testDescription: "refused once", answers: [noMemory], compactions: 1),
    Unpredicted(testDescription: "refused twice", answers: [noMemory, noMemory], compactions: 2),
    Unpredicted(
      testDescription: "may compact only", bound: "compact", answers: [noMemory], compactions: 1),
    Unpredicted(testDescription: "may do nothing", bound: "none", answers: [noMemory], compactions: 0),
    Unpredicted(
      testDescription: "busy", answers: [.errno(.resourceBusy, module: "vrouter")], compactions: 0),
    Unpredicted(
      testDescription: "killed", answers: [.unanswered(.crashed(signal: 9))], compactions: 0),
  ]

  @Test(arguments: unpredicted) func memoryIsCompactedThoughItShouldDo(_ one: Unpredicted) throws {
    try withTemporaryRoot { root, path in
      var host = try FakeHost(root: root, path: path)
      try FakeHost.write("", "/dev/kmsg", root)
      let treatment = RecordedTreatment()
      host.treatment = treatment
      host.earlier = LoadAnswers(one.answers)
      host.environment = ["VROUTER_MEMORY_TREATMENT": one.bound]
      let outcome = try host.prepare()
      #expect(outcome.ready != nil)
      #expect(outcome.load?.attempts == one.answers.count + 1)
      #expect(
        treatment.asked.withLock { $0 } == Array(repeating: .compact(node: nil), count: one.compactions))
      #expect(outcome.treatments.map(\.kind) == Array(repeating: .compact, count: one.compactions))
      // It was no prediction that asked for it.
      for step in outcome.treatments { #expect(step.verdictsBefore.allSatisfy { $0.answer == .fits }) }
    }
  }

  /// Memory that gets worse between two attempts: without the drop log's blocks a load could crash the kernel.
  @Test func thereIsNoFurtherAttemptWithoutTheDropLog() throws {
    try withTemporaryRoot { root, path in
      var host = try FakeHost(root: root, path: path)
      host.treatment = RecordedTreatment {
        try? FakeHost.write("Node 0, zone   Normal 900 800 700 0 0 0 0 0 0 0 0", "/proc/buddyinfo", root)
      }
      host.earlier = LoadAnswers([Self.noMemory])
      let earlier = host.earlier
      let failure = #expect(throws: CommandFailure.self) { try host.prepare() }
      #expect(failure?.code == .memory)
      let text = failure?.description ?? ""
      #expect(text.contains("by now not even the blocks of order 4 for its drop log can be had"), "\(text)")
      #expect(text.contains("(after 1 attempt)"), "\(text)")
      #expect(earlier.files.withLock { $0.count } == 1)
      #expect(!root.exists("/run/vrouter-node-agent/ready"))
    }
  }

  /// Builds for other releases, beside the exact one.
  private static func place(_ releases: [String], _ root: HostRoot) throws {
    for release in releases {
      let folder = "/opt/contrail/vrouter-kernel-modules/\(release)"
      try root.makeDirectories(folder, mode: 0o755)
      try root.replace("\(folder)/vrouter.ko", with: FakeHost.build, mode: 0o644)
    }
  }

  private static let notLoadable = LoadAnswer.errno(.execFormatError, module: "vrouter")
  private static let others = ["6.1.0-6-test", "6.1.0-5-test", "6.1.0-4-test"]

  /// The kernel refuses what the checks left to it: which builds are tried then, and whether it comes to a load.
  @Test(
    arguments: [
      ([notLoadable], ["7", "6"], true),
      ([notLoadable, notLoadable], ["7", "6", "5"], true),
      // As many as are tried at most.
      ([notLoadable, notLoadable, notLoadable], ["7", "6", "5"], false),
      // No question of which build.
      ([.errno(.ioError, module: "vrouter")], ["7"], false),
      ([.errno(.invalidArgument, module: "vrouter")], ["7"], false),
      ([.errno(.noSuchFileOrDirectory, module: "helper")], ["7"], false),
      ([.unanswered(.ended(after: .seconds(1)))], ["7"], false),
    ] as [([LoadAnswer], [String], Bool)])
  func theNextBuildIsTried(answers: [LoadAnswer], builds: [String], loads: Bool) throws {
    try withTemporaryRoot { root, path in
      var host = try FakeHost(root: root, path: path)
      try FakeHost.write("", "/dev/kmsg", root)
      try Self.place(Self.others, root)
      // Of which kernel it is can't be known here: there is no tree to learn the kernel's own version magic from.
      host.earlier = LoadAnswers(answers, saying: "vrouter: version magic 'a' should be 'b'")
      let tried = host.earlier
      defer {
        #expect(
          tried.files.withLock { $0 }
            == builds.map { "/opt/contrail/vrouter-kernel-modules/6.1.0-\($0)-test/vrouter.ko" })
      }
      guard loads else {
        let failure = #expect(throws: CommandFailure.self) { try host.prepare() }
        #expect(failure?.code == .module)
        for build in builds.dropLast() {
          #expect(
            failure?.description.contains(
              "before it: /opt/contrail/vrouter-kernel-modules/6.1.0-\(build)-test/vrouter.ko") == true)
        }
        #expect(!root.exists(RefusedBuilds.path))
        return
      }
      let outcome = try host.prepare()
      #expect(outcome.refusals.count == builds.count - 1)
      #expect(outcome.load?.attempts == builds.count)
      #expect(PreparationText.text(outcome).contains("refused             /opt/contrail/"))
      // Remembered, so that the next run neither calls it stale nor replaces it.
      host.environment = ["VROUTER_MODULE_REPLACE": "if-unused"]
      let next = try host.plan()
      #expect(next.warnings.filter { $0.contains("srcversion") }.isEmpty)
      #expect(next.steps == [.declareReady])
      #expect(
        next.module.choice.candidates.filter { $0.description.contains("the kernel refused it") }.count
          == builds.count - 1)
      // Another file in the same place has its chance.
      try root.replace(
        "/opt/contrail/vrouter-kernel-modules/6.1.0-7-test/vrouter.ko", with: FakeHost.build + [0],
        mode: 0o644)
      #expect(try host.plan().module.choice.chosen?.file?.path.contains("-7-test") == true)
    }
  }
}
