import Foundation
import Testing

@testable import NodeAgent

/// A text and what Python's configparser makes of it, from Fixtures/configparser.json; `Tests/deploy/test_configuration.py` asks
/// configparser itself for the same.
struct ConfigparserCase: Sendable, Decodable, CustomTestStringConvertible {
  let name: String
  let text: String
  let refused: Bool?
  /// By section and key; null where a program that asks for it gets none.
  let options: [String: String?]?

  var testDescription: String { name }

  static func all() throws -> [ConfigparserCase] {
    let place = try #require(Bundle.module.url(forResource: "Fixtures/configparser", withExtension: "json"))
    return try JSONDecoder().decode([ConfigparserCase].self, from: Data(contentsOf: place))
  }
}

@Suite struct PythonINIReadingTests {
  @Test(arguments: try ConfigparserCase.all()) func readsAsConfigparserDoes(_ row: ConfigparserCase) throws {
    let reading = PythonINIReading(row.text)
    let names = reading.options.map { PythonINIReading.name(section: $0.section, key: $0.key) }
    #expect((!reading.flaws.isEmpty || Set(names).count < names.count) == (row.refused == true))
    guard let expected = row.options else { return }
    var found: [String: String?] = [:]
    let sections = Set(expected.keys.map { String($0.prefix(while: { $0 != "." })) })
    for option in reading.options {
      let value: String? = option.flaw == nil ? option.value : nil
      let key = option.key.lowercased()
      guard option.section == PythonINIReading.everywhere else {
        found["\(option.section).\(key)"] = .some(value)
        continue
      }
      for section in sections where found["\(section).\(key)"] == nil {
        found["\(section).\(key)"] = .some(value)
      }
    }
    #expect(found == expected)
  }

  @Test func linesAreCounted() {
    let reading = PythonINIReading("\r\n; c\r\n[a]\r\nk=v\r\n  w\r\nl=%\r\nx\r\n")
    #expect(reading.options.map(\.line) == [4, 6])
    #expect(reading.options.map { $0.flaw == nil } == [true, false])
    #expect(reading.flaws == [INIError(place: .line(7), found: "a line without '=' or ':'")])
  }

  /// What refers to others may hold a secret of theirs.
  @Test func referencesAreMarked() {
    let reading = PythonINIReading("[a]\npassword=x\nk=%(password)s\nl=%%(password)s\nm=%(nothing)s\n")
    #expect(reading.options.map(\.isComposed) == [false, true, false, true])
  }

  /// References in references end: neither the text nor the work grows without a limit.
  @Test(arguments: ["", "0123456789"]) func referencesEnd(_ innermost: String) {
    let many = String(repeating: "%(next)s", count: 200)
    var text = "[a]\n"
    for depth in 0..<9 { text += "k\(depth)=\(many.replacing("next", with: "k\(depth + 1)"))\n" }
    let reading = PythonINIReading(text + "k9=\(innermost)\n")
    #expect(reading.options.first?.flaw != nil)
    #expect(reading.options.last?.flaw == nil)
  }
}
