import Foundation

/// A temporary folder of one run.
struct Folder: Sendable {
  private let root: URL

  init() throws {
    root = FileManager.default.temporaryDirectory.appending(path: "vrouter-lab-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: root.appending(path: "share"), withIntermediateDirectories: true)
  }

  func remove() {
    try? FileManager.default.removeItem(at: root)
  }

  func path(_ name: String) -> String {
    root.appending(path: name).path
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    let file = root.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  /// A new file, open for writing.
  func file(_ name: String) throws -> FileHandle {
    try write([], to: name)
    return try FileHandle(forWritingTo: root.appending(path: name))
  }

  /// The text of a file; empty when there is none.
  func text(_ name: String) -> String {
    let bytes = try? Data(contentsOf: root.appending(path: name))
    return String(decoding: bytes ?? Data(), as: UTF8.self)
  }

  /// Every regular file below a folder, by its path relative to that folder.
  func files(below name: String) throws -> [String: [UInt8]] {
    let folder = root.appending(path: name).path
    var files: [String: [UInt8]] = [:]
    for path in FileManager.default.enumerator(atPath: folder)?.compactMap({ $0 as? String }) ?? [] {
      let file = URL(filePath: "\(folder)/\(path)")
      guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
      files[path] = [UInt8](try Data(contentsOf: file))
    }
    return files
  }
}
