import Glibc
import HostFiles
import Synchronization
import TestSupport

/// `FileSetWriter ROOT NUMBER`: writes the files of ``SetHost`` below ROOT, and is killed by the kernel at the moment with that
/// number, from 0. Ends with 0 when there is no such moment.
@main
struct Main {
  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count == 3, let number = Int(arguments[2]) else { exit(2) }
    let count = Atomic(0)
    do {
      let root = try HostRoot(arguments[1])
      try SetHost(root).set.write(
        to: root,
        atEach: { _ in
          guard count.add(1, ordering: .relaxed).oldValue == number else { return }
          // Nothing that this process has on its way, or means to clean up, comes after this.
          kill(getpid(), SIGKILL)
        })
    } catch {
      print(error)
      exit(1)
    }
  }
}
