import Foundation
import Testing

/// The articles of `Sources/Netlink/Netlink.docc`. What they link to is checked by `make docs`.
@Suite("Documentation of Netlink")
struct DocumentationTests {
  private static let catalogue = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../Sources/Netlink/Netlink.docc").standardized

  private static func articles() throws -> [(name: String, lines: [String])] {
    try FileManager.default.contentsOfDirectory(atPath: catalogue.path(percentEncoded: false))
      .filter { $0.hasSuffix(".md") }.sorted()
      .map { ($0, lines(of: try String(contentsOf: catalogue.appending(path: $0), encoding: .utf8))) }
  }

  /// Lines without their indentation, which differs between an article and a function.
  private static func lines(of text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
  }

  @Test("Every example of the articles is code that the tests run")
  func examples() throws {
    let tested = Self.lines(
      of: try String(
        contentsOf: URL(filePath: #filePath).deletingLastPathComponent()
          .appending(path: "DocumentationExamplesTests.swift"), encoding: .utf8))
    var examples = 0
    for article in try Self.articles() {
      for (number, example) in Self.examples(of: article.lines).enumerated() {
        examples += 1
        let isTested = tested.indices.contains { tested[$0...].starts(with: example) }
        #expect(isTested, "\(article.name), example \(number + 1):\n\(example.joined(separator: "\n"))")
      }
    }
    #expect(examples > 10)
  }

  /// The blocks of Swift in an article.
  private static func examples(of lines: [String]) -> [[String]] {
    var examples: [[String]] = []
    var example: [String]?
    for line in lines {
      if line == "```swift" {
        example = []
      } else if line == "```", let ended = example {
        examples.append(ended)
        example = nil
      } else {
        example?.append(line)
      }
    }
    return examples
  }
}
