import Testing

@testable import NodeAgent

@Suite struct OutputTests {
  /// Whoever may make a link, or hand over a capture, must not drive the terminal of whoever looks.
  @Test(arguments: [
    ("x\u{1b}[31mR", "x\\u{1B}[31mR"), ("alt\u{1b}]0;pwn\u{7}", "alt\\u{1B}]0;pwn\\u{07}"),
    ("a\rb\u{9b}2J\u{7f}", "a\\rb\\u{009B}2J\\u{7F}"), ("two\nlines\n", "two\nlines\n"), ("é – ü", "é – ü"),
  ])
  func controlCharactersAreSpeltOut(text: String, harmless: String) {
    #expect(Output.harmless(text) == harmless)
  }
}
