import ArgumentParser
import FoundationEssentials
import Glibc

/// `helper`: what this program runs of itself for one call that may hang in the kernel (``HelperProcess``). Not for people.
struct HelperCommand: AgentCommand {
  static let configuration = CommandConfiguration(
    commandName: HelperProcess.command, abstract: "Used by this program itself.", shouldDisplay: false)

  /// Everything that is done in a process of its own.
  static let tasks: [any (HelperTask & SendableMetatype).Type] = [
    LoadModuleTask.self, UnloadModuleTask.self, TreatMemoryTask.self, ModuleTablesTask.self,
    ListVifsTask.self, WriteControlTask.self,
  ]

  @Argument var task: String

  func execute() throws(CommandFailure) -> ExitCode {
    guard let task = Self.tasks.first(where: { $0.name == task }) else {
      throw CommandFailure(.usage, "there is no task \(task)")
    }
    Self.closeInherited()
    let socket = HelperSocket(owning: STDIN_FILENO)
    let line: [UInt8]
    do {
      line = try socket.receiveLine(limit: HelperProcess.requestLimit, until: nil) ?? []
    } catch {
      throw CommandFailure(.usage, "this command is for the program itself: no request came (\(error))")
    }
    guard Self.endWithAsker() else {
      throw CommandFailure(.failed, "the helper process has no thread to watch for its end")
    }
    guard let answer = Self.perform(task, line) else {
      throw CommandFailure(.usage, "the request can't be understood")
    }
    do {
      try socket.send(answer + [UInt8(ascii: "\n")])
    } catch {
      throw CommandFailure(.failed, "nobody takes the answer: \(error)")
    }
    return .done
  }

  private static func perform<Task: HelperTask>(_ task: Task.Type, _ line: [UInt8]) -> [UInt8]? {
    guard let request = try? JSONDecoder().decode(Task.Request.self, from: Data(line)) else { return nil }
    return (try? JSONEncoder().encode(task.perform(request))).map { Array($0) }
  }

  /// Descriptors that were open in the asker without close-on-exec, for example by whoever started it.
  private static func closeInherited() {
    guard let folder = unsafe opendir("/proc/self/fd") else { return }
    defer { unsafe _ = closedir(folder) }
    let own = unsafe dirfd(folder)
    var numbers: [CInt] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
        unsafe String(cString: UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self))
      }
      if let number = CInt(name), number > STDERR_FILENO, number != own { numbers.append(number) }
    }
    for number in numbers { _ = close(number) }
  }

  /// Makes this process end when the one that asked does: a load must not come later than the agent that wanted it, and
  /// the lock that kept others away is gone with that agent.
  private static func endWithAsker() -> Bool {
    DetachedThread.start {
      var byte: UInt8 = 0
      while true {
        let count = unsafe recv(STDIN_FILENO, &byte, 1, 0)
        if count < 0, errno == EINTR { continue }
        // A second line is as much against the rules as an end. In the kernel, only this signal may get through.
        kill(getpid(), SIGKILL)
      }
    }
  }
}
