import ArgumentParser

/// `module`: the kernel module alone.
struct ModuleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "module", abstract: "The vrouter kernel module alone.",
    subcommands: [
      ModuleStatusCommand.self, ModuleLoadCommand.self, ModuleReserveCommand.self, ModuleUnloadCommand.self,
      ModuleUninstallCommand.self,
    ])
}
