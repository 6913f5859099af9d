import Foundation
import HostFiles
import KernelModule
import SystemPackage
import Testing

@testable import NodeAgent

struct HelperProcessTests {
  /// A shell in the helper's place: its standard input is the socket, for both directions.
  private static func shell(
    _ script: String, limit: Duration = .seconds(60), grace: Duration = .seconds(2)
  ) -> HelperProcess {
    HelperProcess(program: "/bin/sh", arguments: ["-c", script], limit: limit, grace: grace)
  }

  private static func line(_ text: String) -> HelperProcess.Exchange { .answered(Array(text.utf8)) }

  @Test func aLineIsAnsweredWithALine() {
    #expect(
      Self.shell("read line; echo \"<$line>\" >&0").exchange(Array("a request".utf8))
        == Self.line("<a request>"))
  }

  @Test(
    arguments: [
      ("exit 3", HelperProcess.Exchange.exited(code: 3)),
      ("read line; exit 0", .exited(code: 0)),
      ("kill -9 $$", .unanswered(.crashed(signal: 9))),
      ("kill -11 $$", .unanswered(.crashed(signal: 11))),
      // More than one line, or no whole one, is no answer.
      ("read line; printf 'one\\ntwo\\n' >&0", .exited(code: 0)),
      ("read line; printf 'half' >&0", .exited(code: 0)),
    ])
  func anEndWithoutAnAnswerIsTold(script: String, expected: HelperProcess.Exchange) {
    #expect(Self.shell(script).exchange([]) == expected)
  }

  @Test func aChildThatIsLateIsKilled() {
    let clock = ContinuousClock()
    let took = clock.measure {
      #expect(
        Self.shell("exec sleep 1000", limit: .milliseconds(200)).exchange([])
          == .unanswered(.ended(after: .milliseconds(200))))
    }
    #expect(took < .seconds(30))
  }

  /// Stopped is as near as a test without a module comes to what doesn't react; only SIGKILL gets through.
  @Test func aChildThatIgnoresOtherSignalsIsKilled() {
    #expect(
      Self.shell("trap '' TERM INT HUP; kill -STOP $$", limit: .milliseconds(200)).exchange([])
        == .unanswered(.ended(after: .milliseconds(200))))
  }

  @Test func aChildThatStaysAfterItsAnswerIsNotWaitedForLong() {
    let helper = Self.shell("read line; echo done >&0; exec sleep 1000", grace: .milliseconds(50))
    let took = ContinuousClock().measure { #expect(helper.exchange([]) == Self.line("done")) }
    #expect(took < .seconds(30))
  }

  @Test func theChildHasNothingOfOurs() throws {
    // The shell itself adds its own; what it was started with is in /proc.
    let script = "read line; printf '[%s]\\n' \"$(tr '\\0' ' ' </proc/$$/environ)\" >&0"
    #expect(Self.shell(script).exchange([]) == Self.line("[]"))
    // Standard input and output are not this program's, and nothing is blocked or ignored.
    let signals = "read line; echo $(sed -n 's/^Sig\\(Blk\\|Ign\\):.//p' /proc/$$/status) >&0"
    guard case .answered(let bytes) = Self.shell(signals).exchange([]) else {
      Issue.record("no answer")
      return
    }
    // Signals 32 and 33 are the C library's own, and no program can set them.
    let sets = String(decoding: bytes, as: UTF8.self).split(separator: " ").compactMap {
      UInt64($0, radix: 16)
    }
    #expect(sets.map { $0 & ~(0b11 << 31) } == [0, 0])
  }

  @Test func whatIsNoProgramIsAnError() {
    let helper = HelperProcess(program: "/no/such/program", arguments: [], limit: .seconds(60))
    #expect(helper.exchange([]) == .failed(.noSuchFileOrDirectory))
  }

  @Test func aRequestThatIsTooLongIsRefused() {
    #expect(
      Self.shell("exit 0").exchange([UInt8](repeating: 0x61, count: HelperProcess.requestLimit))
        == .failed(.messageTooLong))
  }

  /// The program itself, built beside the tests.
  private static let program =
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    .appending(path: "vrouter-node-agent").path

  @Test func theProgramDoesItsOwnTasks() throws {
    let backend = try LibkmodBackend(host: .running, release: "0.0.0-none")
    let request = UnloadModuleTask.Request(host: ModuleTaskHost(backend), module: "no_such_module_at_all")
    let result = HelperProcess.run(
      UnloadModuleTask.self, request, within: .seconds(60), program: Self.program)
    guard case .answered(.errno(_, module: "no_such_module_at_all")) = result else {
      Issue.record("\(result)")
      return
    }
    let bad = UnloadModuleTask.Request(host: ModuleTaskHost(backend), module: "no/such")
    let refused = HelperProcess.run(UnloadModuleTask.self, bad, within: .seconds(60), program: Self.program)
    guard case .answered(.error(let operation, _, _, _, _)) = refused else {
      Issue.record("\(refused)")
      return
    }
    #expect(operation == "use the module name")
  }

  @Test(
    arguments: [
      ("[<0>] msleep+0x2a/0x40", "msleep"),
      ("[<0>] standin_hang+0x5f/0x90 [vrouter]", "standin_hang [vrouter]"),
      ("", nil),
    ])
  func aLineOfAStackIsRead(line: String, expected: String?) {
    #expect(KernelPlace.function(line[...]) == expected)
  }
}
