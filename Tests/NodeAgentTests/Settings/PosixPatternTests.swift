import Testing

@testable import NodeAgent

@Suite struct PosixPatternTests {
  @Test(arguments: [
    ("^en.*f0$", "enp6s0f0", true), ("^en.*f0$", "enp6s0f0np0", false), ("^eth[0-9]{1,2}$", "eth10", true),
    ("^eth[0-9]{1,2}$", "eth100", false), ("o", "eno1", true), ("(a|b){2}", "xaby", true),
  ])
  func matches(pattern: String, text: String, isMatch: Bool) throws {
    #expect(try PosixPattern(pattern).matches(text) == isMatch)
  }

  /// The C library makes a copy of what is repeated for each repetition: nested ones take all memory there is.
  @Test(arguments: [
    "((a{1,200}){1,200}){1,200}", "(a{100}){100}", "a{32000}", "a{1,99999999999999999999}",
    String(repeating: "(", count: 20) + "a" + String(repeating: "{9})", count: 20),
  ])
  func isRefusedBeforeItTakesAllMemory(pattern: String) {
    #expect(throws: PosixPattern.Flaw.self) { _ = try PosixPattern(pattern).matches("a") }
  }

  @Test(arguments: ["(", "a{2", "[", String(repeating: "a", count: 256)])
  func isRefused(pattern: String) {
    #expect(throws: PosixPattern.Flaw.self) { _ = try PosixPattern(pattern).matches("a") }
  }
}
