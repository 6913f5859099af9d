import Testing

@testable import NodeAgent

@Suite struct ConfigurationDifferenceTests {
  private func wanted() throws -> ConfigurationFile { try ImaginaryNode().plan().files.agent.file }

  private func difference(_ change: (String) -> String) throws -> [String] {
    let wanted = try wanted()
    return ConfigurationDifference.keys(Array(change(wanted.text).utf8), wanted)
  }

  @Test func anotherValue() throws {
    #expect(
      try difference { $0.replacing("log_level=SYS_NOTICE", with: "log_level=SYS_DEBUG") }
        == ["[DEFAULT] log_level has another value"])
  }

  @Test func aMissingKey() throws {
    #expect(
      try difference { $0.replacing("log_level=SYS_NOTICE\n", with: "") } == [
        "[DEFAULT] log_level is missing"
      ])
  }

  @Test func aKeyThatNobodyAsksFor() throws {
    #expect(
      try difference { $0 + "\n[MINE]\nkey=value\nother=value\n" }
        == [
          "[MINE] key is not asked for, and the vRouter agent isn't known to read it",
          "[MINE] other is not asked for, and the vRouter agent isn't known to read it",
        ])
  }

  @Test func aKeyTwice() throws {
    let lines = try difference {
      $0.replacing("log_level=SYS_NOTICE", with: "log_level=SYS_NOTICE\nlog_level=SYS_INFO")
    }
    #expect(lines.count == 1)
    #expect(lines.first?.hasPrefix("[DEFAULT] log_level is given at line ") == true)
  }

  @Test func onlyCommentsAndOrder() throws {
    let expected = ["the keys and values agree; comments or their order differ"]
    #expect(try difference { "# a comment\n" + $0 } == expected)
    #expect(try difference { $0.replacing("\n\n", with: "\n\n\n") } == expected)
  }

  @Test func noValueIsTold() throws {
    let lines = try difference {
      $0.replacing("metadata_proxy_secret=contrail", with: "metadata_proxy_secret=open-sesame")
    }
    #expect(lines == ["[METADATA] metadata_proxy_secret has another value"])
  }

  @Test func nothingThatAnAgentCouldRead() throws {
    let wanted = try wanted()
    for bytes: [UInt8] in [[], [0xFF, 0xFE, 0x00], Array("[DEFAULT".utf8), Array("no section=1\n".utf8)] {
      let lines = ConfigurationDifference.keys(bytes, wanted)
      #expect(!lines.isEmpty)
    }
  }

  /// Every key of an empty file is missing, each named once.
  @Test func anEmptyFile() throws {
    let wanted = try wanted()
    let lines = ConfigurationDifference.keys([], wanted)
    #expect(lines.count == wanted.sections.flatMap(\.entries).count)
    #expect(lines.allSatisfy { $0.hasSuffix(" is missing") })
  }
}
