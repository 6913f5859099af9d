import Glibc
import HostFiles

/// Does and undoes ``DHCPClientHalt``s. Both can be repeated, also after this program was killed in the middle of one.
struct DHCPClientHalter: Sendable {
  let root: HostRoot
  /// How long a script that a client has begun may take.
  var limit = Duration.seconds(5)

  private static let step: useconds_t = 20_000

  /// When this returns the client does nothing more, nor does a script that it had begun: that could put the address back.
  func apply(_ halt: DHCPClientHalt) throws(DHCPClientHaltError) {
    let table = ProcessTable(root: root)
    for process in try clients(halt, in: table) {
      try send(SIGSTOP, to: process, halt)
      let end = ContinuousClock.now + limit
      while !isStill(process, in: table) {
        guard ContinuousClock.now < end else {
          throw DHCPClientHaltError(
            halt: halt,
            reason:
              "a script of process \(process.id) still runs after \(limit), and may put the address back; remove it there if it does"
          )
        }
        usleep(Self.step)
      }
    }
  }

  /// It goes on; where it ended meanwhile it is said how to start it.
  func undo(_ halt: DHCPClientHalt) throws(DHCPClientHaltError) {
    let found = try clients(halt, in: ProcessTable(root: root))
    guard !found.isEmpty else {
      throw DHCPClientHaltError(
        halt: halt,
        reason:
          "it ended meanwhile, so that nobody renews the address of \(halt.interface); it was started as '\(halt.command)'"
      )
    }
    for process in found { try send(SIGCONT, to: process, halt) }
  }

  private func clients(
    _ halt: DHCPClientHalt, in table: ProcessTable
  ) throws(DHCPClientHaltError) -> [HostProcess] {
    guard table.canSignal, let processes = table.processes(named: [halt.client]) else {
      throw DHCPClientHaltError(
        halt: halt, reason: "the host's processes can't be seen from here, or be sent signals")
    }
    return processes.filter { DHCPClients.isOwn($0, of: halt.interface) }
  }

  private func send(
    _ signal: CInt, to process: HostProcess, _ halt: DHCPClientHalt
  ) throws(DHCPClientHaltError) {
    guard kill(pid_t(process.id), signal) != 0, errno != ESRCH else { return }
    throw DHCPClientHaltError(
      halt: halt,
      reason:
        "process \(process.id) can't be sent signal \(signal): error \(errno) of kill(2)")
  }

  /// Whether it stands, or is gone, and so are the processes that it started.
  private func isStill(_ process: HostProcess, in table: ProcessTable) -> Bool {
    let rests: Set<Character> = ["T", "Z", "X"]
    if let own = table.state(of: process.id), !rests.contains(own.state) { return false }
    return table.children(of: process.id).allSatisfy { rests.contains($0.state) }
  }
}
