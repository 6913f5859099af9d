import ArgumentParser
import FoundationEssentials
import Glibc
import HostFiles
import KernelModule
import Logging

/// `guard`: what this program runs of itself while vhost0 takes over (``TakeoverGuardian``). Not for people.
struct GuardCommand: AgentCommand {
  static let configuration = CommandConfiguration(
    commandName: TakeoverGuardian.command, abstract: "Used by this program itself.", shouldDisplay: false)

  /// How long another agent may hold the lock that the dead one leaves: it recovers by itself then.
  private static let lockLimit = Duration.seconds(60)

  func execute() throws(CommandFailure) -> ExitCode {
    // Its readers may have died with the agent.
    LockedRun.outliveReaders()
    let agent = getppid()
    let socket = HelperSocket(owning: STDIN_FILENO)
    let request: TakeoverGuardian.Request
    do {
      let line = try socket.receiveLine(limit: 64 << 10, until: .now + .seconds(10)) ?? []
      request = try JSONDecoder().decode(TakeoverGuardian.Request.self, from: Data(line))
      try socket.send(TakeoverGuardian.ready + [UInt8(ascii: "\n")])
    } catch {
      throw CommandFailure(.usage, "this command is for the program itself: no request came (\(error))")
    }
    do {
      let end = ContinuousClock.now + .seconds(request.limitSeconds)
      if let line = try socket.receiveLine(limit: 64, until: end) {
        if line == TakeoverGuardian.done { return .done }
      } else if getppid() == agent {
        // It hangs: with a takeover half made that is no better than dead.
        kill(agent, SIGKILL)
      }
    } catch {
      // The agent is gone.
    }
    try recover(request)
    return .done
  }

  private func recover(_ request: TakeoverGuardian.Request) throws(CommandFailure) {
    let log = Logger(label: "vrouter-node-agent") { _ in StandardErrorLog(format: .text, level: .info) }
    let root: HostRoot
    do {
      root = request.root == "/" ? .running : try HostRoot(request.root)
    } catch {
      throw CommandFailure(.failed, "\(error)")
    }
    log.error("the agent ended while vhost0 took over: its guardian goes back")
    let end = ContinuousClock.now + Self.lockLimit
    while true {
      do {
        try LockedRun(root: root, command: "guardian").run { () throws(CommandFailure) in
          try TakeoverRecovery(root: root, log: log).run()
        }
        return
      } catch  where error.code == .locked && ContinuousClock.now < end {
        // The kernel is about to take the lock from the dead one; or a new agent has it, and recovers.
        MonotonicPacing().wait(.milliseconds(5))
      }
    }
  }
}
