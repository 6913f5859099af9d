import ArgumentParser
import Testing

@testable import NodeAgent

/// Command lines that nothing is done for: they touch no host.
@Suite struct CommandLineTests {
  static let wrong: [[String]] = [
    ["nonsense"], ["prepare", "--nonsense"], ["prepare", "surplus"], ["prepare", "--output", "yaml"],
    ["prepare", "--output"], ["prepare", "--log-level", "loud"], ["prepare", "--log-format", "xml"],
    ["detect", "--dry-run"], ["module", "nonsense"], ["module", "load", "--force"], ["config", "nonsense"],
    ["run", "--interval", "0"], ["run", "--interval", "3601"], ["run", "--interval", "-5"],
    ["run", "--interval", "soon"],
    ["--nonsense"],
  ]

  @Test(arguments: wrong) func aWrongCommandLineIsUsage(_ arguments: [String]) {
    #expect(Main.run(arguments) == .usage)
  }

  /// Where a host's root is to be and nothing is.
  @Test(arguments: [
    ["probe", "--root", "/nonexistent/host"], ["probe", "--root", "relative"],
    ["prepare", "--dry-run", "--root", "/nonexistent/host"], ["diagnose", "--root", "relative"],
    ["module", "status", "--root", "/etc/hostname"],
  ]) func aRootThatIsNoneIsUsage(_ arguments: [String]) {
    #expect(Main.run(arguments) == .usage)
  }

  @Test(arguments: [
    ["--help"], ["-h"], ["help"], ["help", "module", "load"], ["--version"], ["module", "--help"], ["module"],
    ["config"],
    ["prepare", "--help"], ["run", "--interval", "5", "--help"], [],
  ]) func helpIsNoFailure(_ arguments: [String]) {
    #expect(Main.run(arguments) == .done)
  }

  @Test func whatIsParsed() throws {
    let prepare = try #require(
      try Main.parseAsRoot([
        "prepare", "--dry-run", "--root", "/host", "--env-file", "common.env", "--log-format", "json",
        "--log-level",
        "debug", "--output", "json",
      ]) as? PrepareCommand)
    #expect(prepare.dryRun)
    #expect(prepare.common.root == "/host")
    #expect(prepare.common.envFile == "common.env")
    #expect(prepare.common.logFormat == .json)
    #expect(prepare.common.logLevel == .debug)
    #expect(prepare.report.output == .json)
    let plain = try #require(try Main.parseAsRoot(["prepare"]) as? PrepareCommand)
    #expect(!plain.dryRun && plain.common.root == "/" && plain.common.envFile == nil)
    #expect(plain.common.logFormat == .text && plain.common.logLevel == .info && plain.report.output == .text)
  }

  /// A file of settings that isn't there is a problem with the settings, not with the command line.
  @Test func anEnvironmentFileThatIsntThere() {
    #expect(Main.run(["prepare", "--dry-run", "--env-file", "/nonexistent/common.env"]) == .settings)
    #expect(
      Main.run(["diagnose", "--env-file", "/nonexistent/common.env", "--output", "json"])
        == .findingsWithErrors)
  }
}
