/// What the program's exit code tells: the one list of them, which `docs/commands.md` repeats.
enum ExitCode: Int32, Sendable {
  /// Done; for `diagnose`: no findings; for `probe`: ready.
  case done = 0
  /// Failed for a reason that none of the others names; for `probe`: not ready.
  case failed = 1
  /// The command line was wrong.
  case usage = 2
  /// `diagnose` has findings of which at least one is an error.
  case findingsWithErrors = 3
  /// `diagnose` has findings, all of them warnings.
  case findingsWithWarnings = 4
  /// A setting is missing, malformed or contradicts another.
  case settings = 10
  /// No interface or gateway could be decided on, or the one that was can't be used.
  case undecided = 11
  /// The kernel module could not be found, loaded, verified or unloaded.
  case module = 12
  /// The kernel module did not find the contiguous memory that it needs.
  case memory = 13
  /// A takeover failed and was undone.
  case rolledBack = 14
  /// A takeover failed and could not be undone.
  case rollBackFailed = 15
  /// Another agent is at work on this host.
  case locked = 16
  /// The configuration could not be written.
  case configuration = 17
  /// vhost0, which something else was to bring up, did not come, or not as it has to be.
  case vhost = 18
}

/// Why a command ends early: the exit code, and what to tell the operator.
struct CommandFailure: Error, CustomStringConvertible {
  let code: ExitCode
  /// One or several lines, without the program's name.
  let description: String
  /// Whether the command's report tells it already.
  let isReported: Bool
  /// Everything that stands in the way, where more than one thing may; empty for any other failure.
  let problems: [Obstacle]
  /// What an operator should know beside that.
  let warnings: [String]

  init(
    _ code: ExitCode, _ description: String, isReported: Bool = false, problems: [Obstacle] = [],
    warnings: [String] = []
  ) {
    self.code = code
    self.description = description
    self.isReported = isReported
    self.problems = problems
    self.warnings = warnings
  }
}
