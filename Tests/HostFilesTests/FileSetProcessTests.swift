import Glibc
import HostFiles
import TestSupport
import Testing

/// All or none, when the kernel ends the process that writes, at each of its moments.
@Suite struct FileSetProcessTests {
  /// How a process ended.
  private enum Ending: Equatable {
    case exited(Int32)
    case killed(Int32)
  }

  /// The program lies beside the tests' own.
  private static func program() throws -> String {
    let own = try HostRoot.running.linkTarget("/proc/self/exe")
    return "\(own[..<(own.lastIndex(of: "/") ?? own.startIndex)])/FileSetWriter"
  }

  /// Runs it to its end.
  private static func write(below path: String, untilMoment number: Int) throws -> Ending {
    let program = try program()
    let words: [String] = [program, path, "\(number)"]
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    let spawned = posix_spawn(&process, program, nil, nil, &arguments, environ)
    try #require(spawned == 0, "no \(program)")
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 {
      let error = errno
      try #require(error == EINTR)
    }
    // wait(2): the low seven bits have the signal, the next byte the code.
    return status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .killed(status & 0x7F)
  }

  @Test func aProcessThatIsKilledAtAnyMoment() throws {
    var states: [SetHost.State] = []
    var isWhole = false
    var number = 0
    // One that were never through would go on for ever.
    while !isWhole, number < 500 {
      try withTemporaryRoot { root, path in
        let host = SetHost(root)
        try host.prepare()
        let ending = try Self.write(below: path, untilMoment: number)
        isWhole = ending == .exited(0)
        #expect(isWhole || ending == .killed(SIGKILL), "moment \(number): \(ending)")
        // As the next run begins: all old or all new, and nothing that nobody knows.
        _ = try FileSet.recover(journal: host.set.journal, on: root)
        let state = try host.state()
        #expect([.old, .new].contains(state), "moment \(number): \(state)")
        #expect(!root.exists(host.set.journal), "moment \(number)")
        states.append(state)
        // And as it goes on.
        #expect(try Self.write(below: path, untilMoment: -1) == .exited(0))
        #expect(try host.state() == .new)
        #expect(try host.leftovers() == [], "moment \(number)")
        for kept in ["previous", "original"] {
          #expect(try root.readText("/etc/changed.\(kept)") == "old", "moment \(number)")
        }
      }
      number += 1
    }
    #expect(isWhole)
    #expect(states.count > 30, "\(states.count) moments")
    #expect(states.first == .old && states.last == .new)
    #expect(
      zip(states, states.dropFirst()).filter { $0 != $1 }.count == 1, "first none, then all, and never back")
  }
}
