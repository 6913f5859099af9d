import FoundationEssentials
import Glibc
import HostFiles
import SystemPackage

/// A process of this program's own that takes a takeover back when the agent dies in the middle of it, or doesn't come to
/// its end: it stands ready before the first change, and ends when it is told that all is done.
///
/// It can't help where the kernel ends it together with the agent: in a container whose process 1 the agent is, and in a
/// unit of systemd that is stopped as a whole. The next run then does what it would have done.
struct TakeoverGuardian: Sendable {
  /// Nobody watches.
  static let none = TakeoverGuardian {}

  /// The subcommand by which this program becomes one; not shown in its help.
  static let command = "guard"
  /// What it says when it stands ready, and what it is told at the end.
  static let ready = Array("ready".utf8)
  static let done = Array("done".utf8)
  /// To be set by tests only: there is no guardian, as in a container whose process 1 the agent is.
  static let testVariable = "VROUTER_TEST_WITHOUT_GUARDIAN"

  /// Whose takeover it watches over, and for how long.
  struct Request: Codable, Sendable {
    let root: String
    /// After that the agent counts as stuck: it is ended, and the takeover undone.
    let limitSeconds: Int
  }

  /// Tells it to end without doing anything.
  private let end: @Sendable () -> Void

  private init(_ end: @escaping @Sendable () -> Void) { self.end = end }

  /// It isn't needed any more.
  func dismiss() { end() }

  /// Starts one.
  ///
  /// - Throws: when it can't be started, or doesn't say that it stands ready.
  static func start(for root: HostRoot, limit: Duration) throws(TakeoverError) -> TakeoverGuardian {
    let operation = "start the process that undoes the takeover should this one die"
    let request = Request(root: root.path, limitSeconds: Int(limit.components.seconds))
    do {
      let line = Array(try JSONEncoder().encode(request)) + [UInt8(ascii: "\n")]
      let process = HelperProcess(arguments: [command], limit: limit)
      let conversation = try process.startConversation()
      let child = conversation.process
      try conversation.socket.send(line)
      guard try conversation.socket.receiveLine(limit: 64, until: .now + .seconds(10)) == ready else {
        kill(child, SIGKILL)
        HelperOrphans.shared.take(child)
        throw TakeoverError(operation, "it doesn't say that it stands ready")
      }
      let kept = KeptSocket(conversation.socket)
      return TakeoverGuardian {
        kept.close(saying: done + [UInt8(ascii: "\n")])
        HelperOrphans.shared.take(child)
        HelperOrphans.shared.reap()
      }
    } catch let error as TakeoverError {
      throw error
    } catch {
      throw TakeoverError(operation, "\(error)")
    }
  }
}

/// A socket that several may hold, closed once.
private final class KeptSocket: Sendable {
  private let number: CInt

  init(_ socket: borrowing HelperSocket) {
    number = fcntl(socket.number, F_DUPFD_CLOEXEC, 0)
  }

  func close(saying bytes: [UInt8]) {
    _ = unsafe bytes.withUnsafeBytes { unsafe send(number, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
    _ = Glibc.close(number)
  }
}
