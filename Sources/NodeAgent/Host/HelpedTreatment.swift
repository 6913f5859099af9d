import HostFiles
import KernelModule
import SystemPackage

/// Asks the kernel for a treatment of memory from a process of its own: on a large host compaction can take many seconds,
/// and who waits for it has a time limit.
struct HelpedTreatment: TreatmentRunner {
  func perform(
    _ action: TreatmentAction, on host: HostRoot, within limit: Duration
  ) -> KernelModuleError? {
    let request = TreatMemoryTask.Request(root: host.path, action: action.rawValue)
    let reason: String
    switch HelperProcess.run(TreatMemoryTask.self, request, within: limit) {
    case .answered(let answer): return answer.error
    case .unanswered(let unanswered): reason = unanswered.description
    case .failed(let why): reason = why
    }
    return KernelModuleError(.hostFile, "treat memory with", action.control.path, reason: reason)
  }
}

/// One treatment of a host's memory.
enum TreatMemoryTask: HelperTask {
  struct Request: Codable, Sendable {
    let root: String
    let action: String
  }

  /// Why it was not done; nothing when it was.
  struct Answer: Codable, Sendable {
    var problem: Problem?

    struct Problem: Codable, Sendable {
      let operation: String
      let subject: String
      let errno: Int32?
      let reason: String?
      let remedy: String?
    }

    var error: KernelModuleError? {
      problem.map {
        KernelModuleError(
          .hostFile, $0.operation, $0.subject, errno: $0.errno.map { Errno(rawValue: $0) }, reason: $0.reason,
          remedy: $0.remedy)
      }
    }
  }

  static let name = "treat-memory"

  static func perform(_ request: Request) -> Answer {
    do throws(KernelModuleError) {
      guard let action = TreatmentAction(rawValue: request.action) else {
        throw KernelModuleError(
          .input, "treat memory with", request.action, reason: "there is no such treatment")
      }
      try action.perform(on: try ModuleTaskHost.host(request.root))
      return Answer(problem: nil)
    } catch {
      return Answer(
        problem: Answer.Problem(
          operation: error.operation, subject: error.subject, errno: error.errno?.rawValue,
          reason: error.reason, remedy: error.remedy))
    }
  }
}
