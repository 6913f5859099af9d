import Testing

@testable import NodeAgent

@Suite struct INIDocumentTests {
  static let document = INIDocument(sections: [
    .init(name: "A", entries: [.init(key: "k", value: "v"), .init(key: "list", value: "a b  c")]),
    .init(
      name: "QUEUE-1", entries: [.init(key: "logical_queue", value: "[1, 6-10]"), .init(key: "e", value: "")]),
    .init(name: "A", entries: [.init(key: "x", value: "y=z]")]),
  ])

  @Test func writesSectionsAndKeys() throws {
    #expect(
      try Self.document.text() == """
        [A]
        k=v
        list=a b  c

        [QUEUE-1]
        logical_queue=[1, 6-10]
        e=

        [A]
        x=y=z]

        """)
  }

  @Test func readsBackWhatItWrote() throws {
    #expect(try INIDocument(parsing: Self.document.text()) == Self.document)
  }

  @Test func readsAsTheAgentDoes() throws {
    let document = try INIDocument(
      parsing:
        "first = 1\r\n# comment\n\n  [S-1]\t# more\n\tkey\t=  a = b # rest\nempty=\n[S-1]\nkey=c\n= nothing")
    #expect(
      document
        == INIDocument(sections: [
          .init(name: "", entries: [.init(key: "first", value: "1")]),
          .init(name: "S-1", entries: [.init(key: "key", value: "a = b"), .init(key: "empty", value: "")]),
          .init(name: "S-1", entries: [.init(key: "key", value: "c"), .init(key: "", value: "nothing")]),
        ]))
    #expect(document.values(section: "S-1", key: "key") == ["a = b", "c"])
    #expect(document.repeatedKeys.map(\.key) == ["key"])
  }

  @Test(arguments: [("[A]\nk=v\nnonsense\n", 3), ("[A\n", 1), ("k # = v", 1)])
  func aLineWithoutEqualsIsAnError(_ text: String, _ line: Int) {
    #expect(throws: INIError(place: .line(line), found: "a line without '='")) {
      try INIDocument(parsing: text)
    }
  }

  @Test(arguments: [
    "hunter2\nb", "hunter2\rb", "hunter2#b", "#", " hunter2", "hunter2 ", "hunter2\tb", "\t", "hunter2\u{0}b",
    "hunter2\u{7F}", "hunter2\u{85}b", "hunter2\u{2028}b", "hunter2\n[X]\nk=v", "hunter2\r\nb",
  ])
  func aValueThatTheAgentWouldMisreadIsRefused(_ value: String) {
    let document = INIDocument(sections: [.init(name: "S", entries: [.init(key: "secret", value: value)])])
    let error = #expect(throws: INIError.self) { try document.text() }
    #expect(error?.place == .entry(section: "S", key: "secret"))
    #expect(error?.description.contains("hunter2") == false)
  }

  @Test func aHeaderWithoutANameIsAnError() {
    #expect(throws: INIError(place: .line(2), found: "a header without a name")) {
      try INIDocument(parsing: "a=b\n[]\nc=d")
    }
  }

  @Test(arguments: ["", "a b", "a=b", "[a", "a]", "#", "a\nb", "é"])
  func aNameThatTheAgentWouldMisreadIsRefused(_ name: String) {
    let key = INIDocument(sections: [.init(name: "S", entries: [.init(key: name, value: "v")])])
    #expect(throws: INIError.self) { try key.text() }
    let section = INIDocument(sections: [
      .init(name: "S", entries: []), .init(name: name, entries: [.init(key: "k", value: "v")]),
    ])
    #expect(throws: INIError.self) { try section.text() }
  }

  /// Found by fuzzing: what can't be written was repeated as it stood.
  @Test func anErrorIsOfOneLine() {
    let document = INIDocument(sections: [.init(name: "A", entries: [.init(key: "k\nv[", value: "")])])
    let error = #expect(throws: INIError.self) { try document.text() }
    #expect(error?.description == "[A] k\\nv[: not a name of a key")
  }

  /// What is written is read back the same, and no value adds a line; what can't be is refused.
  @Test func randomDocumentsRoundTrip() throws {
    let seed = SeededGenerator.seed()
    print("INIDocumentTests.random: VROUTER_TEST_SEED=\(seed)")
    var random = SeededGenerator(seed: seed)
    let alphabet: [Unicode.Scalar] = [
      "a", "b", "=", " ", "[", "]", "#", "\n", "\r", "\t", "-", "é", "\u{85}", "\\", "\"",
    ]
    func text(_ count: Int) -> String {
      String(
        String.UnicodeScalarView(
          (0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }))
    }
    var written = 0
    for _ in 0..<20_000 {
      let sections = (0..<Int.random(in: 0...2, using: &random)).map { _ in
        INIDocument.Section(
          name: ["A", "B-1", "A"][Int.random(in: 0..<3, using: &random)],
          entries: (0..<Int.random(in: 0...2, using: &random)).map { _ in
            .init(
              key: ["k", "key_2"][Int.random(in: 0..<2, using: &random)],
              value: text(Int.random(in: 0...3, using: &random)))
          })
      }
      let document = INIDocument(sections: sections)
      let values = sections.flatMap(\.entries).map(\.value)
      guard let output = try? document.text() else {
        #expect(values.contains { INIDocument.flaw(ofValue: $0) != nil })
        continue
      }
      written += 1
      #expect(try INIDocument(parsing: output) == document, "seed \(seed)")
    }
    #expect(written > 1000)
    for _ in 0..<20_000 {
      let any = text(Int.random(in: 0...20, using: &random))
      guard let document = try? INIDocument(parsing: any) else { continue }
      if let output = try? document.text() {
        #expect(try INIDocument(parsing: output) == document, "seed \(seed): \(any)")
      }
    }
  }

  /// Python reads by code points, and drops white space of every kind: found by fuzzing.
  @Test func whatPythonWouldReadOtherwiseIsRefusedOrDoubled() throws {
    for value in ["\u{A0}x", "x\u{3000}", " x", "x "] {
      #expect(INIDocument.flaw(ofPythonValue: value) != nil, "\(value.unicodeScalars.map(\.value))")
    }
    #expect(INIDocument.flaw(ofPythonValue: "x\u{A0}x") == nil)
    for (value, written) in [("100%", "100%%"), ("%\u{301}", "%%\u{301}"), ("%%", "%%%%")] {
      let document = INIDocument(sections: [.init(name: "A", entries: [.init(key: "k", value: value)])])
      #expect(Array(try document.pythonText().utf8) == Array("[A]\nk=\(written)\n".utf8))
    }
  }
}
