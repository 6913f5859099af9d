import Foundation
import Testing

/// A part of the matrix of predictions that covers each state of memory and each verdict (`make matrix` has all of it):
/// what the agent says beforehand, what an untreated load and the vRouter agent's first message really do, and what
/// treating memory mends.
@Suite(.withGuests)
struct MatrixTests {
  struct Cell: Sendable, CustomTestStringConvertible {
    let recipe: String
    /// In MiB.
    let memory: Int
    var options = ""
    /// What the agent must say of the load and of the vRouter agent's start; nil where several answers are right.
    let said: [String]?
    /// Whether the agent's own load, with its treatment, gets the module and the tables.
    let mended: Bool
    var testDescription: String { "\(recipe), \(memory) MiB, \(options.isEmpty ? "default" : options)" }
  }

  static let small = "vr_flow_entries=4096 vr_bridge_entries=1024 vr_nexthops=65536"
  static let large =
    "vr_flow_entries=2097152 vr_bridge_entries=1048576 vr_nexthops=1048576 vr_mpls_labels=196608"

  static let cells = [
    Cell(recipe: "none", memory: 256, said: ["fits", "short"], mended: false),
    Cell(recipe: "none", memory: 512, said: ["fits", "fits"], mended: true),
    Cell(recipe: "none", memory: 1024, options: large, said: ["fits", "fits"], mended: true),
    Cell(recipe: "pagecache", memory: 512, said: ["short", "short"], mended: true),
    Cell(recipe: "slab", memory: 512, said: nil, mended: true),
    Cell(recipe: "movable", memory: 512, said: ["short", "short"], mended: true),
    Cell(recipe: "movable", memory: 384, options: small, said: ["fits", "fits"], mended: true),
    Cell(recipe: "mlocked", memory: 384, said: ["short", "short"], mended: true),
    Cell(recipe: "unmovable", memory: 512, said: ["short", "short"], mended: false),
    Cell(recipe: "unmovable", memory: 256, options: small, said: ["fits", "fits"], mended: true),
    Cell(recipe: "pipes", memory: 512, said: nil, mended: false),
  ]

  private struct Report: Decodable {
    struct Gate: Decodable {
      let number: Int
      let verdict: String
      let sentence: String
    }

    let gates: [Gate]
  }

  @Test(arguments: cells)
  func noPredictionIsWrong(_ cell: Cell) async throws {
    let result = try await Guest(memory: cell.memory, module: .none, timeout: .seconds(600)).run(
      "lab-cell \(cell.recipe) \(cell.options)")
    try #require(result.exitCode == 0, "\(result.errors)")
    let report = try AgentRun.decode(Report.self, try #require(result.text("memory.json")))
    try #require(report.gates.map(\.number) == [1, 2])
    let said = report.gates.map(\.verdict)
    let sentences = report.gates.map(\.sentence).joined(separator: "; ")
    if let expected = cell.said { #expect(said == expected, "\(sentences)") }
    let loads = result.text("untreated") == "loads\n"
    let starts = loads ? Self.tookTables(result.text("untreated.answer")) : nil
    for (word, really) in zip(said, [loads, starts]) {
      guard let really else { continue }
      #expect(word != "fits" || really, "\(sentences)")
      #expect(word != "short" || !really, "\(sentences)")
    }
    #expect(
      (Self.tookTables(result.text("treated.answer")) == true) == cell.mended,
      "\(result.text("treated.errors") ?? "")")
  }

  /// Whether the module's answer has the response code 0; nil where nothing was asked.
  private static func tookTables(_ answer: String?) -> Bool? {
    // The vr_response in hexadecimal: its name, h_op 4, then field 2, the code.
    guard let answer, let match = answer.firstMatch(of: /76725f726573706f6e736508000100000004080002(.{8})/)
    else {
      return nil
    }
    return match.1 == "00000000"
  }
}
