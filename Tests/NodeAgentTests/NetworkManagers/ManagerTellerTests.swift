import Foundation
import HostFiles
import TestSupport
import Testing

@testable import NodeAgent

/// Doing and undoing what managers are told, against a bus that isn't the host's.
@Suite(.timeLimit(.minutes(1))) struct ManagerTellerTests {
  static func step(_ manager: ManagerKind, _ telling: ManagerStep.Telling, mustAnswer: Bool = true)
    -> ManagerStep
  {
    ManagerStep(
      manager: manager, interface: "eth0",
      path: manager == .networkd ? DropIn.networkdPath("eth0") : DropIn.networkManagerPath("eth0"),
      content: "text\n", telling: telling, mustAnswer: mustAnswer,
      purpose: "tell \(manager) to leave eth0 alone")
  }

  struct Case: Sendable {
    let step: ManagerStep
    let applied: [String]
    let undone: [String]
  }

  static let cases = [
    Case(step: step(.networkd, .reload), applied: ["Hello", "Reload"], undone: ["Hello", "Reload"]),
    Case(step: step(.networkManager, .reload), applied: ["Hello", "Reload"], undone: ["Hello", "Reload"]),
    Case(
      step: step(.networkManager, .letGo), applied: ["Hello", "Reload", "GetDeviceByIpIface", "Set"],
      undone: ["Hello", "Reload", "GetDeviceByIpIface", "Set"]),
    Case(step: step(.networkManager, .nothing), applied: [], undone: []),
  ]

  @Test(arguments: cases) func isDoneAndUndoneTwice(_ testCase: Case) throws {
    try withTemporaryRoot { root, path in
      let bus = try FakeBus(below: path) { member in
        .value(
          member == "GetDeviceByIpIface" ? .objectPath("/org/freedesktop/NetworkManager/Devices/2") : nil)
      }
      defer { bus.end() }
      let teller = ManagerTeller(root: root)
      for _ in 0..<2 { try teller.apply(testCase.step) }
      #expect(try root.readText(testCase.step.path) == "text\n")
      #expect(try root.status(testCase.step.path).permissions == 0o644)
      #expect(bus.members == testCase.applied + testCase.applied)
      for _ in 0..<2 { try teller.undo(testCase.step) }
      #expect(!root.exists(testCase.step.path))
      #expect(bus.members == testCase.applied + testCase.applied + testCase.undone + testCase.undone)
    }
  }

  struct Failure: Sendable {
    let answer: FakeBus.Answer
    /// nil: it is no failure.
    let words: String?
  }

  static let failures = [
    Failure(answer: .error("org.freedesktop.DBus.Error.ServiceUnknown"), words: nil),
    Failure(
      answer: .error("org.freedesktop.DBus.Error.AccessDenied"),
      words: "said so (org.freedesktop.DBus.Error.AccessDenied)"),
    Failure(answer: .junk, words: "can't be understood"),
    Failure(answer: .silence, words: "no answer within 0.3 s"),
    Failure(answer: .hangUp, words: "Connection reset"),
  ]

  @Test(arguments: failures) func aFailureIsTold(_ failure: Failure) throws {
    try withTemporaryRoot { root, path in
      let bus = try FakeBus(below: path) { _ in failure.answer }
      defer { bus.end() }
      let teller = ManagerTeller(root: root, limit: .milliseconds(300))
      do throws(ManagerError) {
        try teller.apply(Self.step(.networkd, .reload))
        #expect(failure.words == nil)
      } catch {
        #expect(failure.words.map("\(error)".contains) == true, "\(error)")
        #expect("\(error)".contains("systemd-networkd"))
      }
      #expect(root.exists(DropIn.networkdPath("eth0")))
    }
  }

  @Test func withoutABusOnlyWhoIsKnownToRunIsMissed() throws {
    try withTemporaryRoot { root, _ in
      let teller = ManagerTeller(root: root)
      try teller.apply(Self.step(.networkd, .reload, mustAnswer: false))
      #expect(throws: ManagerError.self) { try teller.apply(Self.step(.networkd, .reload)) }
      #expect(throws: ManagerError.self) { try teller.apply(Self.step(.networkManager, .letGo)) }
    }
  }

  @Test func nothingIsWrittenThroughALink() throws {
    try withTemporaryRoot { root, path in
      try root.makeDirectories("/run", mode: 0o755)
      try root.makeDirectories("/etc", mode: 0o755)
      try FileManager.default.createSymbolicLink(
        atPath: "\(path)/run/systemd", withDestinationPath: "\(path)/etc")
      #expect(throws: ManagerError.self) {
        try ManagerTeller(root: root).apply(Self.step(.networkd, .nothing))
      }
      #expect(try root.names(in: "/etc").isEmpty)
    }
  }

  @Test func aStepIsKeptInAJournal() throws {
    for testCase in Self.cases {
      let kept = try JSONEncoder().encode(testCase.step)
      #expect(try JSONDecoder().decode(ManagerStep.self, from: kept) == testCase.step)
    }
  }

  @Test func ownersAreAskedOfTheBus() throws {
    try withTemporaryRoot { root, path in
      let bus = try FakeBus(below: path) { _ in .value(.boolean(true)) }
      defer { bus.end() }
      var connection = try SystemBus.open(root: root, within: .seconds(5))
      #expect(try connection.hasOwner(NetworkdCalls.name))
    }
  }
}
