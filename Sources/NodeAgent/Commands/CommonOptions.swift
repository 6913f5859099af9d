import ArgumentParser
import HostFiles
import Logging

/// What every command takes.
struct CommonOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The folder in which the host's / is mounted.",
      discussion: "In a container that works on its host: the host's / as a volume, for example /host."))
  var root = "/"

  @Option(
    help: ArgumentHelp(
      "A common.env to read settings from, without running a shell.",
      discussion:
        "A variable of the environment wins over the file. The path is this program's, not below --root.",
      valueName: "file"))
  var envFile: String?

  @Option(help: "The form of the log on standard error: text or json.")
  var logFormat: LogFormat = .text

  @Option(help: "The least severe records to log: debug, info, warning or error.")
  var logLevel: LogLevel = .info

  /// The host to work on.
  func openRoot() throws(CommandFailure) -> HostRoot {
    do {
      return try HostRoot(root)
    } catch {
      throw CommandFailure(.usage, "\(error)")
    }
  }

  func makeLogger() -> Logger {
    let (format, level) = (logFormat, logLevel.level)
    return Logger(label: "vrouter-node-agent") { _ in StandardErrorLog(format: format, level: level) }
  }
}

/// What a command takes that reports something.
struct ReportOptions: ParsableArguments {
  @Option(help: "The form of the report on standard output: text or json.")
  var output: OutputFormat = .text
}

/// In what form a report is written.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
  case text, json
}

extension LogFormat: ExpressibleByArgument {}

/// How severe a record must be to be logged.
enum LogLevel: String, ExpressibleByArgument, CaseIterable, Sendable {
  case debug, info, warning, error

  var level: Logger.Level {
    switch self {
    case .debug: .debug
    case .info: .info
    case .warning: .warning
    case .error: .error
    }
  }
}
