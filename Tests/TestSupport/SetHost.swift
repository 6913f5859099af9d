package import HostFiles
import SystemPackage

/// A folder with files, and how they are to change together; in the tests' own process, and in one that is killed.
package struct SetHost {
  /// What the files hold.
  package enum State: Equatable {
    case old, new
    case mixed(String)
  }

  package let root: HostRoot

  package init(_ root: HostRoot) { self.root = root }

  package var set: FileSet {
    FileSet(
      [
        .init(
          path: "/etc/changed", content: Array("new".utf8), mode: 0o640, keepsPrevious: true,
          keepsOriginal: true),
        .init(path: "/etc/same", content: Array("same".utf8), mode: 0o640, keepsPrevious: true),
        .init(path: "/etc/new", content: Array("new".utf8), mode: 0o640, keepsPrevious: true),
        .init(path: "/etc/mode", content: Array("mode".utf8), mode: 0o640, keepsPrevious: true),
      ], journal: "/etc/.journal")
  }

  /// The files as they are before.
  package func prepare() throws {
    try root.makeDirectories("/etc", mode: 0o755)
    try root.replace("/etc/changed", with: Array("old".utf8), mode: 0o644)
    try root.replace("/etc/same", with: Array("same".utf8), mode: 0o640)
    try root.replace("/etc/mode", with: Array("mode".utf8), mode: 0o600)
  }

  /// What they are now.
  package func state() throws -> State {
    let new = try? root.readText("/etc/new")
    let seen =
      "\(try root.readText("/etc/changed")) \(new ?? "-") \(String(try root.status("/etc/mode").permissions, radix: 8))"
    switch seen {
    case "old - 600": return .old
    case "new new 640": return .new
    default: return .mixed(seen)
    }
  }

  /// Names that are neither one of the files nor a previous version.
  package func leftovers() throws -> [String] {
    try root.names(in: "/etc").filter { $0.hasPrefix(".") }
  }
}
