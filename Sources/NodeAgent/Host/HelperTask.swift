import FoundationEssentials
import KernelModule
import SystemPackage

/// Something that may hang in the kernel, or be ended by it, and is done in a process of its own.
///
/// Request and answer go over a socket as one line of JSON each.
protocol HelperTask: Sendable {
  associatedtype Request: Codable & Sendable
  associatedtype Answer: Codable & Sendable

  /// By which the helper is told what to do.
  static var name: String { get }
  /// Does it, in the helper's process.
  static func perform(_ request: Request) -> Answer
}

/// What came of a task.
enum HelperResult<Answer: Sendable>: Sendable {
  case answered(Answer)
  /// The call into the kernel gave no answer.
  case unanswered(Unanswered)
  /// There was no helper, or none that can be understood: what happened, in one sentence.
  case failed(String)
}

extension HelperProcess {
  /// The subcommand by which this program becomes a helper; not shown in its help.
  static let command = "helper"

  /// Has a task done by a process of its own.
  ///
  /// - Parameter program: whose `helper` subcommand does it; this very program, but in tests.
  static func run<Task: HelperTask>(
    _ task: Task.Type, _ request: Task.Request, within limit: Duration, program: String = "/proc/self/exe"
  ) -> HelperResult<Task.Answer> {
    let helper = HelperProcess(program: program, arguments: [command, task.name], limit: limit)
    let bytes: [UInt8]
    do {
      bytes = Array(try JSONEncoder().encode(request))
    } catch {
      return .failed("the request could not be encoded")
    }
    switch helper.exchange(bytes) {
    case .answered(let line):
      guard let answer = try? JSONDecoder().decode(Task.Answer.self, from: Data(line)) else {
        return .failed("the helper process gave an answer that can't be understood")
      }
      return .answered(answer)
    case .unanswered(let unanswered): return .unanswered(unanswered)
    case .exited(let code):
      return .failed("the helper process ended with exit code \(code) and without an answer")
    case .failed(let errno):
      return .failed("the helper process could not be started from \(program): \(errno.description)")
    }
  }
}
