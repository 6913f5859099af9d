import Foundation

/// The captures that NodeAgentTests replay without a host: taken by the cases of this suite.
///
///     VROUTER_KEEP_CAPTURES=1 swift test --filter HostDetection
enum KeptCapture {
  /// Whether the captures of this run are to replace those that are kept.
  static let isAskedFor = ProcessInfo.processInfo.environment["VROUTER_KEEP_CAPTURES"] == "1"

  private static let folder = Guest.labFolder.deletingLastPathComponent()
    .appending(path: "NodeAgentTests/Fixtures/Captures")

  /// Puts the capture of a case in the place of what is kept under a name.
  static func keep(_ answers: HostAnswers, as topology: String) throws {
    let prefix = "captured/"
    let place = folder.appending(path: topology)
    if FileManager.default.fileExists(atPath: place.path) { try FileManager.default.removeItem(at: place) }
    for (name, bytes) in answers.files where name.hasPrefix(prefix) {
      let file = place.appending(path: String(name.dropFirst(prefix.count)))
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: file)
    }
  }
}
