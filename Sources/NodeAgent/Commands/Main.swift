import ArgumentParser
import Glibc

/// A command that ends with one of the documented exit codes.
protocol AgentCommand: ParsableCommand {
  /// In what form its report goes to standard output.
  var format: OutputFormat { get }
  /// Does what the command is for. Reports go to standard output.
  func execute() throws(CommandFailure) -> ExitCode
}

extension AgentCommand {
  var format: OutputFormat { .text }
}

/// Why a command failed, for those who read JSON.
struct FailureReport: Encodable {
  let error: Failure

  struct Failure: Encodable {
    let exitCode: Int32
    let name: String
    let message: String
    /// Everything that stands in the way, one by one; absent where the message says all.
    let problems: [Problem]?
  }

  struct Problem: Encodable {
    let kind: String
    /// The parameter that it is about; absent when it is about none alone.
    let parameter: String?
    let message: String
  }

  /// What an operator should know beside that.
  let warnings: [String]?

  init(_ failure: CommandFailure) {
    let problems = failure.problems.map {
      Problem(kind: $0.kind.rawValue, parameter: $0.parameter, message: $0.description)
    }
    error = Failure(
      exitCode: failure.code.rawValue, name: "\(failure.code)", message: failure.description,
      problems: problems.isEmpty ? nil : problems)
    warnings = failure.problems.isEmpty ? nil : failure.warnings
  }
}

/// The program.
@main
struct Main: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vrouter-node-agent",
    abstract: "Prepares this host for the vRouter of OpenSDN / Tungsten Fabric.",
    discussion: """
      Settings come from the environment (the names of common.env) and from --env-file.
      Reports go to standard output, the log to standard error.
      Exit codes: 0 done, 1 failed or not ready, 2 usage, 3 findings with errors, 4 findings with warnings only,
      10 settings, 11 interface or gateway undecided, 12 module, 13 memory, 14 rolled back, 15 roll-back failed,
      16 another agent is at work, 17 configuration not written, 18 no vhost0 came.
      """,
    version: version,
    subcommands: [
      PrepareCommand.self, RunCommand.self, DetectCommand.self, CaptureCommand.self, ModuleCommand.self,
      ConfigCommand.self, DiagnoseCommand.self, MemoryCommand.self,
      CleanupCommand.self, ProbeCommand.self, HelperCommand.self, GuardCommand.self,
    ])

  static func main() {
    Glibc.exit(run(Array(CommandLine.arguments.dropFirst())).rawValue)
  }

  /// Runs one command line and answers its exit code.
  static func run(_ arguments: [String]) -> ExitCode {
    let command: any ParsableCommand
    do {
      command = try parseAsRoot(arguments)
    } catch {
      return explain(error)
    }
    guard let agentCommand = command as? any AgentCommand else {
      // A group of commands without the name of one, or the parser's own command for help: both end with a text.
      do {
        var command = command
        try command.run()
        return .done
      } catch {
        return explain(error)
      }
    }
    do {
      return try agentCommand.execute()
    } catch {
      Output.error("vrouter-node-agent: \(error.description)\n")
      if agentCommand.format == .json, !error.isReported {
        Output.report(JSON.document(FailureReport(error)))
      }
      return error.code
    }
  }

  /// Prints help or what is wrong with the command line. The parser's own code for that is 64 (sysexits.h).
  private static func explain(_ error: any Error) -> ExitCode {
    let text = fullMessage(for: error)
    guard exitCode(for: error).isSuccess else {
      Output.error(text + "\n")
      return .usage
    }
    Output.report(text + "\n")
    return .done
  }
}
