import CMnl
import Glibc
import SystemPackage

/// Runs `body` on a thread of its own in a new, empty network namespace, which goes away with the thread.
///
/// Expectations belong outside of `body`: the thread isn't part of the test's task.
public func inNetworkNamespace<Value: Sendable>(
  _ body: @escaping @Sendable () throws -> Value
) throws -> Value {
  try onThread {
    try makeNetworkNamespace()
    return try body()
  }
}

/// Moves the calling thread to a new, empty network namespace.
public func makeNetworkNamespace() throws {
  // CLONE_NEWNET
  guard unshare(0x4000_0000) == 0 else { throw Errno(rawValue: errno) }
}

/// Moves the calling thread to the network namespace that an open file stands for.
public func enterNetworkNamespace(_ descriptor: CInt) throws {
  guard setns(descriptor, 0x4000_0000) == 0 else { throw Errno(rawValue: errno) }
}

/// Runs `body` on a thread of its own and waits for it.
public func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
  let box = ThreadBody(body)
  var thread = pthread_t()
  let code = pthread_create(
    &thread, nil,
    { argument in
      guard let argument else { return nil }
      let box = Unmanaged<ThreadBase>.fromOpaque(argument).takeUnretainedValue()
      box.run()
      return nil
    }, Unmanaged.passUnretained(box).toOpaque())
  guard code == 0 else { throw Errno(rawValue: code) }
  pthread_join(thread, nil)
  guard let result = box.result else { throw Errno(rawValue: ECHILD) }
  return try result.get()
}

/// What a thread is to do. A C callback can't be generic, so that it sees only this.
private class ThreadBase {
  func run() {}
}

private final class ThreadBody<Value>: ThreadBase {
  let body: () throws -> Value
  var result: Result<Value, any Error>?

  init(_ body: @escaping () throws -> Value) {
    self.body = body
  }

  override func run() {
    result = Result(catching: body)
  }
}

/// A command that failed.
public struct CommandFailed: Error {
  /// What was run.
  public let script: String
  /// As waitpid(2) gives it.
  public let status: Int32
  /// What it wrote to standard output before.
  public let output: String
}

/// Runs a shell script in the calling thread's network namespace; stops at its first failing command.
///
/// - Returns: what it wrote to standard output.
@discardableResult
public func shell(_ script: String) throws -> String {
  var ends: [Int32] = [0, 0]
  // Unlike a pipe it can be made closed-on-exec at once, so that no other test's child inherits it.
  let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
  guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw Errno(rawValue: errno) }
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1)

  let arguments = ["sh", "-ec", script].map { (argument: String) in strdup(argument) }
  defer { arguments.forEach { free($0) } }
  var child = pid_t()
  let code = posix_spawnp(&child, "sh", &actions, nil, arguments + [nil], environ)
  close(ends[1])
  defer { close(ends[0]) }
  guard code == 0 else { throw Errno(rawValue: code) }

  var output: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65536)
  while true {
    let count = read(ends[0], &buffer, buffer.count)
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { break }
    output += buffer[..<count]
  }
  var status: Int32 = 0
  while waitpid(child, &status, 0) < 0, errno == EINTR {}
  let text = String(decoding: output, as: UTF8.self)
  guard status == 0 else { throw CommandFailed(script: script, status: status, output: text) }
  return text
}

/// Runs `body` on a thread of its own, in the calling thread's namespace, and doesn't wait for it.
public func detachedThread(_ body: @escaping @Sendable () -> Void) throws {
  let box = Unmanaged.passRetained(ThreadBody<Void>(body) as ThreadBase)
  var thread = pthread_t()
  let code = pthread_create(
    &thread, nil,
    { argument in
      guard let argument else { return nil }
      Unmanaged<ThreadBase>.fromOpaque(argument).takeRetainedValue().run()
      return nil
    }, box.toOpaque())
  guard code == 0 else {
    box.release()
    throw Errno(rawValue: code)
  }
  pthread_detach(thread)
}
