import ArgumentParser
import Foundation
import Testing

@testable import NodeAgent

/// What `--help` prints, word by word: it is documentation, and changes only when somebody means it to.
///
/// After a change that is meant, `COLUMNS=100 .build/debug/vrouter-node-agent COMMAND --help` gives the new fixture.
@Suite struct HelpTests {
  static let commands: [(fixture: String, command: any ParsableCommand.Type)] = [
    ("vrouter-node-agent", Main.self), ("prepare", PrepareCommand.self), ("run", RunCommand.self),
    ("detect", DetectCommand.self), ("capture", CaptureCommand.self), ("module", ModuleCommand.self),
    ("module-status", ModuleStatusCommand.self),
    ("module-load", ModuleLoadCommand.self), ("module-reserve", ModuleReserveCommand.self),
    ("module-unload", ModuleUnloadCommand.self), ("module-uninstall", ModuleUninstallCommand.self),
    ("config", ConfigCommand.self), ("config-render", ConfigRenderCommand.self),
    ("config-check", ConfigCheckCommand.self),
    ("diagnose", DiagnoseCommand.self), ("memory", MemoryCommand.self),
    ("cleanup", CleanupCommand.self), ("probe", ProbeCommand.self),
  ]

  @Test(arguments: commands.map(\.fixture)) func isWhatItWas(_ fixture: String) throws {
    let command = try #require(Self.commands.first { $0.fixture == fixture }?.command)
    let file = try #require(Bundle.module.url(forResource: "Fixtures/Help/\(fixture)", withExtension: "txt"))
    let expected = try String(contentsOf: file, encoding: .utf8)
    #expect(Main.helpMessage(for: command, columns: 100) + "\n" == expected)
  }

  /// A command that is added has its fixture, but for what the program only runs of itself.
  @Test func everyCommandHasAFixture() {
    func names(_ command: any ParsableCommand.Type) -> [String] {
      command.configuration.shouldDisplay
        ? ["\(command)"] + command.configuration.subcommands.flatMap(names) : []
    }
    #expect(names(Main.self).sorted() == Self.commands.map { "\($0.command)" }.sorted())
  }

  /// Every documented exit code stands in the program's help.
  @Test func theExitCodesAreListed() throws {
    let help = Main.helpMessage(columns: 200)
    for code in [0, 1, 2, 3, 4, 10, 11, 12, 13, 14, 15, 16, 17, 18] as [Int32] {
      #expect(ExitCode(rawValue: code) != nil)
      let pattern = try Regex("\\b\(code) [a-z]")
      #expect(help.contains(pattern), "\(code)")
    }
    #expect((0...255).compactMap(ExitCode.init(rawValue:)).count == 14)
  }
}
