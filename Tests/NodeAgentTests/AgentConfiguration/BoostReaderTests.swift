import Testing

@testable import NodeAgent

/// What Boost's readers, which the vRouter agent reads with, make of what is written.
@Suite struct BoostReaderTests {
  /// Every key that the agent registers, as Program_options calls them.
  private static let registered = KnownKeys.table.flatMap { section, keys in keys.map { "\(section).\($0)" } }

  /// The keys of a file as the reader calls them, with the values that were meant.
  private func meant(_ configuration: AgentConfiguration) -> [String: String] {
    var values: [String: String] = [:]
    for section in configuration.sections {
      for entry in section.entries { values["\(section.name).\(entry.key)"] = entry.value.reveal() }
    }
    return values
  }

  @Test(arguments: GoldenConfiguration.all)
  func everyKeyArrivesOnceWithItsValue(_ golden: GoldenConfiguration) throws {
    let agent = try golden.files().agent
    let meant = meant(agent)
    #expect(meant.count == agent.sections.map(\.entries.count).reduce(0, +))

    let read = try BoostReader.options(agent.text, registered: Self.registered)
    #expect(read.count == meant.count)
    #expect(Dictionary(read.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first }) == meant)
    // Those of queues and priority groups, whose sections have numbers, and trace buffers of any name.
    let others = read.filter { !$0.isRegistered }.map(\.key)
    #expect(
      others.allSatisfy { $0.hasPrefix("QUEUE-") || $0.hasPrefix("PG-") || $0.hasPrefix("TRACEBUFFSIZE.") })

    let tree = try BoostReader.tree(agent.text)
    // It forgets a section without keys.
    let sections = agent.sections.filter { !$0.entries.isEmpty }.map { $0.name + "." }
    #expect(tree.filter { $0.key.hasSuffix(".") }.map(\.key) == sections)
    let keys = tree.filter { !$0.key.hasSuffix(".") }
    #expect(keys.count == meant.count)
    #expect(Dictionary(keys.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first }) == meant)
  }

  /// The golden text as it stands in the folder, should rendering and reading ever be wrong together.
  @Test(arguments: GoldenConfiguration.all)
  func theExpectedFileReadsTheSame(_ golden: GoldenConfiguration) throws {
    let agent = try golden.files().agent
    let text = try #require(try golden.expected(agent.file))
    #expect(
      try BoostReader.options(text, registered: Self.registered)
        == BoostReader.options(agent.text, registered: Self.registered))
  }

  @Test(arguments: [
    ("[DEFAULT]\nlog_level=a\nlog_level=b\n", "more than once"),
    ("[DEFAULT]\nlog_level\n", "invalid line"),
  ])
  func whatTheAgentRefusesIsRefusedHere(_ text: String, _ words: String) {
    let complaint = #expect(throws: BoostReader.Complaint.self) {
      try BoostReader.options(text, registered: Self.registered)
    }
    #expect(complaint?.description.contains(words) == true, "\(complaint?.description ?? "")")
  }

  /// Our own reader of such files agrees with Boost's on text that nobody wrote by plan.
  @Test func ownReaderAgrees() throws {
    for text in [
      "[A]\n a = b # c\n", "[A]\na=\n", "[A]\na = b = c\n", "# only\n", "[A]\r\na=b\r\n",
      "[A]\n[B]\nx=[1, 2]\n",
      "[A]\nk=v\n[B]\nk=w\n[A]\nl=x\n",
    ] {
      let own = try INIDocument(parsing: text).sections.flatMap { section in
        section.entries.map {
          BoostReader.Entry(key: "\(section.name).\($0.key)", value: $0.value, isRegistered: false)
        }
      }
      #expect(try BoostReader.options(text, registered: []) == own)
    }
  }

  /// A value that we write is read as it was meant, and one that would not be is refused.
  @Test func whatIsWrittenIsRead() throws {
    let seed = SeededGenerator.seed()
    print("BoostReaderTests.whatIsWrittenIsRead: VROUTER_TEST_SEED=\(seed)")
    var generator = SeededGenerator(seed: seed)
    let letters = Array("aZ0=[];#%\"'\\ \t-_.é✓,:/")
    for _ in 0..<2000 {
      let value = String(
        (0..<Int.random(in: 0...8, using: &generator)).map { _ in
          letters[Int.random(in: 0..<letters.count, using: &generator)]
        })
      let document = INIDocument(sections: [.init(name: "S", entries: [.init(key: "k", value: value)])])
      do throws(INIError) {
        let text = try document.text()
        let read = try? BoostReader.options(text, registered: ["S.k"])
        #expect(read?.map(\.value) == [value], "seed \(seed): \(value.debugDescription)")
      } catch {
        #expect(INIDocument.flaw(ofValue: value) != nil)
      }
    }
  }
}
