import Glibc
import Synchronization

/// Children that could not be waited for, since the kernel holds them: they are looked at now and then, so that one
/// that ends after all doesn't stay as a zombie of a program that goes on for long.
final class HelperOrphans: Sendable {
  static let shared = HelperOrphans()

  private let processes = Mutex<[pid_t]>([])

  /// Takes over a child that nobody waits for any more.
  func take(_ process: pid_t) {
    processes.withLock { $0.append(process) }
  }

  /// Takes leave of those that have ended.
  func reap() {
    processes.withLock { processes in
      processes.removeAll { process in
        var status: CInt = 0
        return unsafe waitpid(process, &status, WNOHANG) != 0
      }
    }
  }
}

/// Where in the kernel a process sleeps.
enum KernelPlace {
  /// The kernel's function, and of which module, as `/proc/<pid>/stack` shows them from the inside out, or
  /// `/proc/<pid>/wchan`; nil when neither can be read.
  static func observe(of process: pid_t) -> String? {
    if let stack = read("/proc/\(process)/stack") {
      let functions = stack.split(separator: "\n").compactMap(function).filter { $0 != "0xffffffffffffffff" }
      if let first = functions.first {
        // The innermost tells what it waits with; the module's own tells in whose code.
        let own = functions.first { $0.hasSuffix("]") }
        return own.map { $0 == first ? first : "\(first), called by \($0)" } ?? first
      }
    }
    guard let place = read("/proc/\(process)/wchan"), !place.isEmpty, place != "0" else { return nil }
    return place
  }

  /// `msleep` of `[<0>] msleep+0x1a/0x30`, `start [vrouter]` of `[<0>] start+0x5f/0x90 [vrouter]`.
  static func function(_ line: Substring) -> String? {
    let words = line.split(separator: " ")
    guard words.count >= 2, let name = words[1].split(separator: "+").first else { return nil }
    return words.count > 2 ? "\(name) \(words[2])" : String(name)
  }

  /// Of this very process table, wherever the host's files are mounted: the process is our child.
  private static func read(_ path: String) -> String? {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { _ = close(file) }
    var bytes = [UInt8](repeating: 0, count: 8192)
    let count = unsafe Glibc.read(file, &bytes, bytes.count)
    return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}
