import HostFiles
import KernelModule
import SystemPackage

/// Writes control files of /proc and /sys: what tests put another in the place of.
protocol ControlWriter: Sendable {
  /// - Returns: why the kernel didn't take the value; nil when it did.
  func write(_ value: String, to path: String, on root: HostRoot, within limit: Duration) -> ControlRefusal?
}

/// Why a control file didn't take a value.
struct ControlRefusal: Error, Sendable, Equatable, CustomStringConvertible {
  let errno: Errno?
  let description: String
}

/// In this process: for what can't hang, and for tests.
struct DirectControls: ControlWriter {
  func write(_ value: String, to path: String, on root: HostRoot, within limit: Duration) -> ControlRefusal? {
    do throws(HostFileError) {
      try root.writeControl(path, value)
      return nil
    } catch {
      return ControlRefusal(errno: error.errno, description: "\(error)")
    }
  }
}

/// In a process of its own: a driver that makes virtual functions, or a kernel that looks for a thousand huge pages, may take
/// long, or hang.
struct HelpedControls: ControlWriter {
  func write(_ value: String, to path: String, on root: HostRoot, within limit: Duration) -> ControlRefusal? {
    let request = WriteControlTask.Request(root: root.path, path: path, value: value)
    func refusal(_ reason: String) -> ControlRefusal {
      ControlRefusal(errno: nil, description: "cannot write \"\(value)\" to \(path): \(reason)")
    }
    switch HelperProcess.run(WriteControlTask.self, request, within: limit) {
    case .answered(let answer):
      return answer.refusal.map {
        ControlRefusal(errno: answer.errno.map { Errno(rawValue: $0) }, description: $0)
      }
    case .unanswered(let unanswered): return refusal(unanswered.description)
    case .failed(let reason): return refusal(reason)
    }
  }
}

/// Writes one control file.
enum WriteControlTask: HelperTask {
  struct Request: Codable, Sendable {
    let root: String
    let path: String
    let value: String
  }

  struct Answer: Codable, Sendable {
    var errno: Int32?
    /// Why it was not written; nothing when it was.
    var refusal: String?
  }

  static let name = "write-control"

  static func perform(_ request: Request) -> Answer {
    do throws(KernelModuleError) {
      let root = try ModuleTaskHost.host(request.root)
      let refusal = DirectControls().write(request.value, to: request.path, on: root, within: .zero)
      return Answer(errno: refusal?.errno?.rawValue, refusal: refusal?.description)
    } catch {
      return Answer(refusal: "\(error)")
    }
  }
}
