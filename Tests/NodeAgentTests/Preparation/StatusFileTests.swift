import Foundation
import HostFiles
import KernelModule
import Readiness
import TestSupport
import Testing

@testable import NodeAgent

@Suite struct StatusFileTests {
  private typealias Status = StatusFile.Status

  /// What each condition is after a failure with an exit code, in the order of the conditions: what was reached counts, not
  /// what comes before the failure in some order.
  static let failures: [(ExitCode, Set<StatusFile.Kind>, [StatusFile.Status])] = [
    (.settings, [], [.no, .unknown, .unknown, .unknown, .no]),
    (.usage, [], [.no, .unknown, .unknown, .unknown, .no]),
    (.undecided, [.settingsValid], [.yes, .no, .unknown, .unknown, .no]),
    (.undecided, [.settingsValid, .moduleLoaded], [.yes, .no, .yes, .unknown, .no]),
    (.module, [.settingsValid], [.yes, .unknown, .no, .unknown, .no]),
    (.module, [.settingsValid, .interfaceDecided], [.yes, .yes, .no, .unknown, .no]),
    (.memory, [.settingsValid, .interfaceDecided, .configurationWritten], [.yes, .yes, .no, .yes, .no]),
    (.configuration, [.settingsValid, .interfaceDecided], [.yes, .yes, .unknown, .no, .no]),
    (.failed, [.settingsValid], [.yes, .unknown, .unknown, .unknown, .no]),
  ]

  static let notReady = ReadinessCheck.Verdict.notReady(.file, "there is none")

  @Test(arguments: failures) func afterAFailure(
    _ code: ExitCode, _ reached: Set<StatusFile.Kind>, _ expected: [StatusFile.Status]
  ) {
    let status = StatusFile.failed(
      CommandFailure(code, "because\nof this"), reached: reached, readiness: Self.notReady, at: 100)
    #expect(!status.ready)
    #expect(status.updated == 100)
    #expect(status.conditions.map(\.type) == StatusFile.Kind.ofReadiness)
    #expect(status.conditions.map(\.status) == expected)
    for condition in status.conditions {
      #expect(condition.since == 100)
      switch condition.status {
      case .yes: #expect(condition.reason == "Done" && condition.message == "")
      case .no:
        #expect(condition.reason == "\(code)")
        // Once in full, and where to look for it from the last one.
        let failed = status.conditions.first { $0.status == .no }?.type
        #expect(
          condition.message
            == (condition.type == failed ? "because\nof this" : "see \(failed?.rawValue ?? "")"))
      case .unknown: #expect(condition.reason == "NotTried" && condition.message == "")
      }
    }
  }

  /// A run that fails before it changes anything leaves a ready node ready, and says both.
  @Test func afterAFailureThatLeftTheNodeReady() {
    let status = StatusFile.failed(
      CommandFailure(.settings, "because"), reached: [], readiness: ImaginaryNode().readiness, at: 100)
    #expect(status.ready)
    #expect(status.conditions.map(\.status) == [.no, .unknown, .unknown, .unknown, .yes])
    #expect(status.conditions.last?.reason == "Kept")
    #expect(status.conditions.last?.message.contains("see SettingsValid") == true)
  }

  @Test func afterSuccess() {
    let status = StatusFile.ready(message: "eth0", at: 100)
    #expect(status.ready)
    #expect(status.conditions.allSatisfy { $0.status == .yes && $0.reason == "Done" && $0.since == 100 })
    #expect(status.conditions.last?.message == "eth0")
  }

  /// Gate 2 is told beside what makes a node ready, with the time at which it was looked at, and never decides.
  @Test func memoryForTheAgentsStartIsToldAndDecidesNothing() {
    let short = StatusFile.Condition.agentStart(
      tablesAreThere: false, Self.verdict(free: 0), at: 100)
    #expect((short.status, short.reason, short.observed) == (.no, "Short", 100))
    let status = StatusFile.ready(message: "eth0", agentStart: short, at: 120)
    #expect(status.ready)
    #expect(status.conditions.map(\.type) == StatusFile.Kind.ofReadiness + [.agentStartMemory])
    #expect(status.conditions.dropLast().allSatisfy { $0.status == .yes && $0.observed == nil })
    // Looked at again: as it was, but seen later.
    let again = StatusFile.ready(
      message: "eth0", agentStart: .agentStart(tablesAreThere: false, Self.verdict(free: 0), at: 300), at: 300
    ).since(status)
    #expect(again.conditions.last?.since == 100 && again.conditions.last?.observed == 300)

    func reason(_ free: UInt64) -> String {
      StatusFile.Condition.agentStart(tablesAreThere: false, Self.verdict(free: free), at: 1).reason
    }
    #expect([0, 15, 16, 1000].map(reason) == ["Short", "Short", "OnlyJust", "Fits"])
    let there = StatusFile.Condition.agentStart(tablesAreThere: true, Self.verdict(free: 0), at: 1)
    #expect(there.status == .yes && there.reason == "TablesThere")
  }

  /// Sixteen blocks of 4 MiB, of so many that are free.
  private static func verdict(free: UInt64) -> MemoryVerdict {
    let demand = MemoryDemand(
      [.init(name: "a table", bytes: 4 << 20, count: 16, order: 10)], pageSize: .fourKiB)
    let blocks = [UInt64](repeating: 0, count: 10) + [free]
    return MemoryVerdict.weigh(
      demand,
      against: MemorySupply(zones: [.init(node: 0, name: "Normal", free: FreeBlocks(blocks), floor: 0)]))
  }

  /// A reservation that failed is no failed load: the module is there.
  @Test func aFailedReservationIsToldAsWhatItIs() throws {
    let status = StatusFile.failed(
      CommandFailure(.memory, "no memory"), during: .reserveTables,
      reached: [.settingsValid, .interfaceDecided, .moduleLoaded], readiness: Self.notReady, at: 100)
    #expect(!status.ready)
    #expect(status.conditions.map(\.status) == [.yes, .yes, .yes, .unknown, .no, .no])
    let last = try #require(status.conditions.last)
    #expect((last.type, last.reason, last.observed) == (.agentStartMemory, "memory", 100))
    #expect(last.message == "no memory")
    #expect(status.conditions[4].message == "see AgentStartMemory")
  }

  @Test func sinceWhenIsKeptWhileStatusAndReasonAre() throws {
    func failed(_ code: ExitCode, _ message: String, at now: Int64) -> StatusFile {
      StatusFile.failed(
        CommandFailure(code, message),
        reached: code == .undecided ? [.settingsValid] : [.settingsValid, .interfaceDecided],
        readiness: Self.notReady, at: now)
    }
    let first = failed(.module, "one", at: 100)
    let same = failed(.module, "another message", at: 200).since(first)
    #expect(same.conditions.map(\.since) == [100, 100, 100, 100, 100])
    #expect(same.updated == 200)
    #expect(same.conditions[2].message == "another message")
    // Memory is another reason of the same condition.
    let memory = failed(.memory, "short", at: 300).since(same)
    #expect(memory.conditions.map(\.since) == [100, 100, 300, 100, 300])
    let ready = StatusFile.ready(message: "", at: 400).since(memory)
    #expect(ready.conditions.map(\.since) == [100, 100, 400, 400, 400])
    let worse = failed(.undecided, "", at: 500).since(ready)
    #expect(worse.conditions.map(\.since) == [100, 500, 500, 500, 500])
    #expect(StatusFile.ready(message: "", at: 600).since(nil).conditions.allSatisfy { $0.since == 600 })
  }

  @Test func writesAndKeepsWhatAnEarlierOneSays() throws {
    try withTemporaryRoot { root, path in
      try root.makeDirectories("/run/vrouter-node-agent", mode: 0o755)
      try StatusFile.ready(message: "eth0", at: 100).write(to: root)
      try StatusFile.ready(message: "eth0", at: 200).write(to: root)
      let bytes = try root.readBytes(StatusFile.path)
      let status = try JSONDecoder().decode(StatusFile.self, from: Data(bytes))
      #expect(status.updated == 200)
      #expect(status.conditions.allSatisfy { $0.since == 100 })
      #expect(try root.status(StatusFile.path).permissions == 0o644)
      #expect(
        try keyPaths(String(decoding: bytes, as: UTF8.self)) == [
          "conditions", "conditions[].message", "conditions[].reason", "conditions[].since",
          "conditions[].status",
          "conditions[].type", "ready", "schema", "updated",
        ])
    }
  }

  @Test(arguments: ["", "{", "[1]", "{\"schema\":1}", "\u{0}"]) func oneThatCantBeReadIsReplaced(
    _ text: String
  ) throws {
    try withTemporaryRoot { root, path in
      try root.makeDirectories("/run/vrouter-node-agent", mode: 0o755)
      try root.replace(StatusFile.path, with: Array(text.utf8), mode: 0o644)
      try StatusFile.ready(message: "", at: 300).write(to: root)
      let status = try JSONDecoder().decode(StatusFile.self, from: Data(root.readBytes(StatusFile.path)))
      #expect(status.conditions.allSatisfy { $0.since == 300 })
      #expect(try root.names(in: "/run/vrouter-node-agent") == ["status.json"])
    }
  }
}
