import Glibc
import KernelModule
import SystemPackage

/// Runs a program of ours for one request that may hang in the kernel, with a time limit: who waits for it is never hung.
///
/// The child gets one end of a socket as its standard input, an empty environment, no other descriptor than standard
/// error, no blocked signal, and a process group of its own, so that a terminal's Ctrl-C doesn't reach it in the middle of
/// a load. It reads the request, a line, answers with a line, and ends. It also ends when the socket does, so that it
/// doesn't outlive the one who asked (``HelperCommand``): not by PR_SET_PDEATHSIG, which goes by the thread that started it.
struct HelperProcess: Sendable {
  /// As much as a request may have; it fits into the socket's buffer, so that sending it can't block.
  static let requestLimit = 64 << 10
  /// As much as an answer may have.
  static let answerLimit = 1 << 20

  /// The program, as execve(2) takes it: this very one, even after its file was replaced.
  var program = "/proc/self/exe"
  let arguments: [String]
  /// For the request as a whole.
  let limit: Duration
  /// How long a child that was killed may take to end, before it counts as one that can't.
  var grace = Duration.seconds(2)

  /// What came of a request.
  enum Exchange: Equatable {
    /// The line that the child answered with, without its end.
    case answered([UInt8])
    /// It ended by itself without an answer.
    case exited(code: CInt)
    /// There was no answer, and why.
    case unanswered(Unanswered)
    /// The system didn't start it, or the request can't be sent.
    case failed(Errno)
  }

  /// Sends a request and waits for the answer, for as long as ``limit`` says.
  func exchange(_ request: [UInt8]) -> Exchange {
    HelperOrphans.shared.reap()
    guard request.count < Self.requestLimit else { return .failed(.messageTooLong) }
    do throws(Errno) {
      var ends: [CInt] = [-1, -1]
      guard unsafe socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0
      else { throw Errno(rawValue: errno) }
      let own = HelperSocket(owning: ends[0])
      let process = try start(with: HelperSocket(owning: ends[1]))
      return converse(request, own, process)
    } catch {
      return .failed(error)
    }
  }

  /// Starts the child and leaves the conversation to the caller: for one that is asked more than one thing.
  func startConversation() throws(Errno) -> HelperConversation {
    HelperOrphans.shared.reap()
    var ends: [CInt] = [-1, -1]
    guard unsafe socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0
    else { throw Errno(rawValue: errno) }
    let own = HelperSocket(owning: ends[0])
    let process = try start(with: HelperSocket(owning: ends[1]))
    return HelperConversation(socket: own, process: process)
  }

  private func converse(
    _ request: [UInt8], _ socket: consuming HelperSocket, _ process: pid_t
  ) -> Exchange {
    let end = ContinuousClock.now + limit
    do {
      try socket.send(request + [UInt8(ascii: "\n")])
      if let line = try socket.receiveLine(limit: Self.answerLimit, until: end) {
        // What it had to say was said; it may be a moment until it is gone.
        if waitForEnd(process, until: .now + grace) == nil {
          kill(process, SIGKILL)
          HelperOrphans.shared.take(process)
        }
        return .answered(line)
      }
    } catch {
      // It went away, or broke the rules: how it ended tells, below.
    }
    if let status = waitForEnd(process, until: ContinuousClock.now < end ? .now + grace : .now) {
      return Self.meaning(of: status)
    }
    kill(process, SIGKILL)
    if waitForEnd(process, until: .now + grace) != nil { return .unanswered(.ended(after: limit)) }
    HelperOrphans.shared.take(process)
    return .unanswered(
      .stuck(process: Int(process), place: KernelPlace.observe(of: process), after: limit))
  }

  /// How a child ended, as waitpid(2) gives it; nil when it hasn't by then.
  private func waitForEnd(_ process: pid_t, until end: ContinuousClock.Instant) -> CInt? {
    // No descriptor tells of a child's end before Linux 5.3 (pidfd_open(2)): looked at again and again, seldom for long.
    var pause = Duration.microseconds(200)
    while true {
      var status: CInt = 0
      let answer = unsafe waitpid(process, &status, WNOHANG)
      if answer == process { return status }
      // Who started this program may have had SIGCHLD ignored: then the kernel itself takes leave of children.
      if answer < 0, errno == ECHILD { return 0 }
      guard ContinuousClock.now < end else { return nil }
      MonotonicPacing().wait(pause)
      pause = min(pause * 2, .milliseconds(20))
    }
  }

  private static func meaning(of status: CInt) -> Exchange {
    // WIFEXITED, WEXITSTATUS, WTERMSIG are macros that Swift doesn't see (bits/waitstatus.h).
    let signal = status & 0x7f
    return signal == 0 ? .exited(code: (status >> 8) & 0xff) : .unanswered(.crashed(signal: Int(signal)))
  }

  private func start(with socket: consuming HelperSocket) throws(Errno) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { _ = unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, socket.number, STDIN_FILENO)
    // Whatever a library prints must not look like an answer, nor like a report of ours.
    unsafe posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)

    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { _ = unsafe posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    var all = sigset_t()
    unsafe sigemptyset(&none)
    unsafe sigfillset(&all)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setsigdefault(&attributes, &all)
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    unsafe posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

    var words: [UnsafeMutablePointer<CChar>?] = unsafe ([program] + arguments).map { unsafe strdup($0) }
    unsafe words.append(nil)
    defer { unsafe words.forEach { unsafe free($0) } }
    var environment: [UnsafeMutablePointer<CChar>?] = unsafe [nil]
    var process: pid_t = 0
    let result = unsafe posix_spawn(&process, program, &actions, &attributes, &words, &environment)
    // Open until the child has it.
    withExtendedLifetime(socket) {}
    guard result == 0 else { throw Errno(rawValue: result) }
    return process
  }
}

/// A child that was started, and this program's end of the socket to it.
struct HelperConversation: ~Copyable {
  let socket: HelperSocket
  let process: pid_t
}
