import ArgumentParser

/// `config`: the vRouter agent's configuration.
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "The vRouter agent's configuration.",
    subcommands: [ConfigRenderCommand.self, ConfigCheckCommand.self])
}
