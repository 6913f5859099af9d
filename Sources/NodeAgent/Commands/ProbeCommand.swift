import ArgumentParser
import HostFiles
import Readiness

/// `probe`: the same check as the program `vrouter-probe`.
struct ProbeCommand: AgentCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe",
    abstract:
      "Checks whether this node is prepared: exit code 0 when it is, else 1 and one line that says why not.",
    discussion: "The same check as the program vrouter-probe, which starts faster and runs in any container.")

  @Option(help: "The folder in which the host's / is mounted.")
  var root = "/"

  func execute() throws(CommandFailure) -> ExitCode {
    let host: HostRoot
    do {
      host = try HostRoot(root)
    } catch {
      throw CommandFailure(.usage, "\(error)")
    }
    let verdict = ReadinessCheck(root: host).verdict()
    Output.report("\(verdict)\n")
    return verdict.isReady ? .done : .failed
  }
}
