import ArgumentParser
import HostFiles
import Logging

/// `module uninstall`: takes back what `VROUTER_MODULE_INSTALL` copied.
struct ModuleUninstallCommand: AgentCommand {
  static let configuration = CommandConfiguration(
    commandName: "uninstall",
    abstract: "Removes the build that VROUTER_MODULE_INSTALL copied into the kernel's module tree.",
    discussion: "A module that is loaded stays loaded. A file that somebody else put there since stays, too.")

  @OptionGroup var common: CommonOptions

  func execute() throws(CommandFailure) -> ExitCode {
    let root = try common.openRoot()
    let host = try HostAccess.running(root: root, log: common.makeLogger())
    let removed = try LockedRun(root: root, command: "module uninstall").run { () throws(CommandFailure) in
      try ModuleInstallation.undo(on: host)
    }
    Output.report(removed.map { "removed \($0)\n" } ?? "nothing was installed: nothing to do\n")
    return .done
  }
}
