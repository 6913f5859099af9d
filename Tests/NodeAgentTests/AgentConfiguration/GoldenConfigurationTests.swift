import Foundation
import Testing

@testable import NodeAgent

/// What each `common.env` gives, byte for byte; the expected files are written from the specification of the agent's keys.
@Suite struct GoldenConfigurationTests {
  @Test(arguments: GoldenConfiguration.all) func rendersTheExpectedFiles(_ golden: GoldenConfiguration) throws
  {
    #expect(try golden.settings().warnings.map(\.parameters) == golden.warned)
    let files = try golden.files()
    var expected = try golden.expectedNames()
    for file in files.all {
      guard let text = try golden.expected(file) else { continue }
      expected.remove(file.name)
      #expect(file.text == text)
    }
    #expect(expected.isEmpty, "not rendered")
    for section in files.agent.sections {
      for entry in section.entries {
        #expect(KnownKeys.contains(section: section.name, key: entry.key), "[\(section.name)] \(entry.key)")
      }
    }
  }

  /// A folder that no case names would never be looked at.
  @Test func everyFolderIsACase() throws {
    let folder = try #require(
      Bundle.module.url(forResource: "Fixtures/AgentConfiguration", withExtension: nil))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(names.sorted() == GoldenConfiguration.all.map(\.name).sorted())
  }

  @Test func filesHaveTheirPlacesAndOnlyTheOwnersRead() throws {
    let files = try #require(GoldenConfiguration.all.first).files().all
    #expect(
      files.map(\.path) == [
        "/etc/contrail/contrail-vrouter-agent.conf", "/etc/contrail/vnc_api_lib.ini",
        "/etc/contrail/contrail-lbaas-auth.conf",
      ])
    #expect(files.map(\.hasSecrets) == [true, false, true])
    #expect(ConfigurationFile.mode == 0o640)
  }
}
