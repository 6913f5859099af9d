import Foundation
import Testing

@testable import NodeAgent

/// What is decided on hosts that were captured: the topologies that LabTests makes live, each with its kernel's own words.
@Suite struct CapturedTopologyTests {
  struct Topology: Sendable, CustomTestStringConvertible {
    /// The folder in `Fixtures/Captures`.
    let name: String
    let expected: DetectionCase.Expected
    /// What `detect` must say there, word for word.
    let phrase: String

    var testDescription: String { name }

    init(_ name: String, _ expected: DetectionCase.Expected, _ phrase: String) {
      (self.name, self.expected, self.phrase) = (name, expected, phrase)
    }
  }

  /// Every capture that is kept.
  private static let kept: [String] = {
    guard let folder = Bundle.module.url(forResource: "Fixtures/Captures", withExtension: nil) else {
      return []
    }
    return (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.sorted() ?? []
  }()

  @Test func eachCaptureHasItsRow() {
    #expect(Self.all.map(\.name).sorted() == Self.kept)
  }

  @Test(arguments: all) func decides(on topology: Topology) throws {
    let folder = try #require(
      Bundle.module.url(forResource: "Fixtures/Captures/\(topology.name)", withExtension: nil))
    let capture = try Capture(folder: folder.path)
    let settings = DetectionSettings(try Settings.read(environment: capture.settings, file: nil).host)
    let snapshot = try capture.observer.observe(for: settings)
    let host = DetectionCase(topology.name, settings, topology.expected) { $0.snapshot = snapshot }
    host.check()

    let text =
      switch host.decision {
      case .success(let decision): DetectionText.full(decision)
      case .failure(let error): "\(error.message); \(error.remedy)\n" + DetectionText.undecided(error)
      }
    #expect(text.contains(topology.phrase), "no \"\(topology.phrase)\" in:\n\(text)")
  }
}
