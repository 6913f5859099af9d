import Foundation

extension Guest {
  private static let packageFolder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The harness: `Tests/Lab`.
  static let labFolder = packageFolder.appending(path: "Tests/Lab")

  /// The product's programs, as `VROUTER_LAB_PROGRAMS` names them (separated by colons), else the release build's.
  static let builtPrograms: [String] = {
    if let named = ProcessInfo.processInfo.environment["VROUTER_LAB_PROGRAMS"] {
      return named.split(separator: ":").map(String.init)
    }
    return ["vrouter-node-agent", "vrouter-probe"].map {
      packageFolder.appending(path: ".build/release/\($0)").path
    }
  }()
}
