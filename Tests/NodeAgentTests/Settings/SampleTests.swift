import Foundation
import Testing

@testable import NodeAgent

/// The commented `common.env` that users get, which a script makes from the source of the parameter table.
@Suite struct SampleTests {
  private static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../containers/vrouter/common.env.sample").standardized

  /// The lines that assign something once their '#' is gone.
  private func assignments() throws -> [String] {
    try String(contentsOf: Self.path, encoding: .utf8).split(separator: "\n").compactMap { line in
      guard let equals = line.firstIndex(of: "="), line.hasPrefix("# "),
        Ascii.isShellName(String(line[..<equals].dropFirst(2)))
      else { return nil }
      return String(line.dropFirst(2))
    }
  }

  @Test func setsNothingAsItIs() throws {
    let file = EnvironmentFile(
      path: "sample", bytes: Array(try Data(contentsOf: Self.path)), environment: [:])
    #expect(file.problems.isEmpty)
    #expect(file.assignments.isEmpty)
  }

  /// With every line in force, all is as if nothing were set.
  @Test func isAcceptedWithEveryLineInForce() throws {
    let settings = try readSettings(file: try assignments().joined(separator: "\n"))
    #expect(settings.warnings.isEmpty)
    #expect(settings.overrides.map(\.key) == ["thread_count", "thread_count"])
    var changed = settings
    changed.overrides = []
    let facts = try exampleFacts()
    #expect(
      try AgentConfiguration(settings: changed, facts: facts).text
        == AgentConfiguration(settings: readSettings(), facts: facts).text)
  }

  @Test func namesEveryParameterWithItsDefault() throws {
    let file = EnvironmentFile(
      path: "sample", bytes: Array(try assignments().joined(separator: "\n").utf8), environment: [:])
    let own = file.assignments.filter { !$0.key.hasPrefix(SettingsReader.overridePrefix) }
    #expect(Set(own.keys) == Set(Parameter.all.map(\.name)))
    for parameter in Parameter.all {
      #expect(own[parameter.name]?.value == .text(parameter.defaultText ?? ""), "\(parameter.name)")
    }
  }
}
