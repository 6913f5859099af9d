import Foundation
import HostFiles
import TestSupport
import Testing

@testable import NodeAgent

@Suite struct StatusFileTests {
  private typealias Status = StatusFile.Status

  /// What each condition is after a failure with an exit code, in the order of the conditions.
  static let failures: [(ExitCode, [StatusFile.Status])] = [
    (.settings, [.no, .unknown, .unknown, .unknown, .no]),
    (.usage, [.no, .unknown, .unknown, .unknown, .no]),
    (.undecided, [.yes, .no, .unknown, .unknown, .no]),
    (.module, [.yes, .yes, .no, .unknown, .no]),
    (.memory, [.yes, .yes, .no, .unknown, .no]),
    (.configuration, [.yes, .yes, .yes, .no, .no]),
    (.failed, [.yes, .yes, .yes, .yes, .no]),
  ]

  @Test(arguments: failures) func afterAFailure(_ code: ExitCode, _ expected: [StatusFile.Status]) {
    let status = StatusFile.failed(CommandFailure(code, "because\nof this"), at: 100)
    #expect(!status.ready)
    #expect(status.updated == 100)
    #expect(status.conditions.map(\.type) == StatusFile.Kind.allCases)
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

  @Test func afterSuccess() {
    let status = StatusFile.ready(message: "eth0", at: 100)
    #expect(status.ready)
    #expect(status.conditions.allSatisfy { $0.status == .yes && $0.reason == "Done" && $0.since == 100 })
    #expect(status.conditions.last?.message == "eth0")
  }

  @Test func sinceWhenIsKeptWhileStatusAndReasonAre() throws {
    let first = StatusFile.failed(CommandFailure(.module, "one"), at: 100)
    let same = StatusFile.failed(CommandFailure(.module, "another message"), at: 200).since(first)
    #expect(same.conditions.map(\.since) == [100, 100, 100, 100, 100])
    #expect(same.updated == 200)
    #expect(same.conditions[2].message == "another message")
    // Memory is another reason of the same condition.
    let memory = StatusFile.failed(CommandFailure(.memory, "short"), at: 300).since(same)
    #expect(memory.conditions.map(\.since) == [100, 100, 300, 100, 300])
    let ready = StatusFile.ready(message: "", at: 400).since(memory)
    #expect(ready.conditions.map(\.since) == [100, 100, 400, 400, 400])
    let worse = StatusFile.failed(CommandFailure(.undecided, ""), at: 500).since(ready)
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
