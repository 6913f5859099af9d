import Netlink
import Testing

@testable import NodeAgent

/// Every topology that must be right, at the level of what is seen of it; the live ones are in LabTests.
@Suite struct TopologyTests {
  static let eth0: DetectionCase.Expected = .chosen(
    "eth0", rule: "default-route", address: "10.0.0.5/24", gateway: ["10.0.0.1"])

  static let cases: [DetectionCase] = plainOnes + masters + tables + families + beside + moments + ways

  @Test(arguments: cases) func decides(row: DetectionCase) { row.check() }

  @Test func theRenameIsReported() throws {
    let row = try #require(Self.moments.first)
    let decision = try row.decision.get()
    #expect("\(decision.rule)".contains("was enp6s0f0, now enp6s0f0np0"))
  }
}
