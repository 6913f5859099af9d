import Foundation
public import HostFiles

/// Runs the body with an empty folder as root, and removes the folder afterwards.
public func withTemporaryRoot<Result>(
  _ body: (_ root: HostRoot, _ path: String) throws -> Result
) throws -> Result {
  let path = try makeTemporaryFolder()
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try body(HostRoot(path), path)
}

/// Runs the body with an empty folder as root, and removes the folder afterwards.
public func withTemporaryRoot<Result>(
  _ body: (_ root: HostRoot, _ path: String) async throws -> Result
) async throws -> Result {
  let path = try makeTemporaryFolder()
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try await body(HostRoot(path), path)
}

private func makeTemporaryFolder() throws -> String {
  let folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
    .appendingPathComponent("host-root-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  return folder.path
}
