import Foundation
import Glibc
import HostFiles
import TestSupport
import Testing

@testable import NodeAgent

/// A capture's folder is written for its owner alone, and read only when it is as it was written.
@Suite struct CaptureFolderTests {
  static let files: [String: [UInt8]] = [
    "netlink.pcap": Array(0...255), "host.json": Array("{}".utf8), "host/var/lib/a": [],
  ]
  static let circumstances = CaptureManifest.Circumstances(
    agentVersion: "1.2.3", kernelRelease: "6.1.0", takenAt: 1_800_000_000)

  /// Writes the files to a folder, which the body may change.
  private func withCapture<Result>(_ body: (CaptureFolder) throws -> Result) throws -> Result {
    try withTemporaryRoot { _, path in
      let folder = CaptureFolder(path: "\(path)/capture")
      try folder.write(Self.files, Self.circumstances)
      return try body(folder)
    }
  }

  @Test func whatWasWrittenIsRead() throws {
    try withCapture { folder in
      let read = try folder.read()
      #expect(read.files == Self.files)
      #expect(read.manifest == CaptureManifest(Self.circumstances, files: Self.files))
      #expect(read.manifest.files.map(\.path) == ["host.json", "host/var/lib/a", "netlink.pcap"])
    }
  }

  @Test func nobodyElseCanLookIntoIt() throws {
    try withCapture { folder in
      func permissions(_ name: String) -> UInt32? {
        try? HostRoot.running.status(folder.path + name).permissions
      }
      for name in ["", "/host", "/host/var", "/host/var/lib"] { #expect(permissions(name) == 0o700) }
      for name in Self.files.keys + ["manifest.json"] { #expect(permissions("/\(name)") == 0o600) }
    }
  }

  /// A folder that is there and empty is used, and closed to others.
  @Test func anEmptyFolderWillDo() throws {
    try withTemporaryRoot { root, path in
      try root.makeDirectories("/capture", mode: 0o777)
      let folder = CaptureFolder(path: "\(path)/capture")
      try folder.write(Self.files, Self.circumstances)
      #expect(try root.status("/capture").permissions == 0o700)
      #expect(try folder.read().files == Self.files)
    }
  }

  /// What stands in the way of writing, and what is said.
  static let obstacles: [(name: String, words: String, make: @Sendable (String) throws -> Void)] = [
    (
      "a folder that holds something", "not empty",
      {
        try FileManager.default.createDirectory(atPath: $0, withIntermediateDirectories: false)
        try Data().write(to: URL(filePath: "\($0)/old"))
      }
    ),
    ("a file", "no folder", { try Data().write(to: URL(filePath: $0)) }),
    (
      "a link to a folder", "symbolic link",
      {
        try FileManager.default.createDirectory(atPath: $0 + "-target", withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(atPath: $0, withDestinationPath: $0 + "-target")
      }
    ),
    (
      "another user's folder", "another user",
      {
        try FileManager.default.createDirectory(atPath: $0, withIntermediateDirectories: false)
        chown($0, 4711, 4711)
      }
    ),
  ]

  @Test(arguments: obstacles.map(\.name)) func isNotWritten(_ name: String) throws {
    let obstacle = try #require(Self.obstacles.first { $0.name == name })
    try withTemporaryRoot { _, path in
      let folder = CaptureFolder(path: "\(path)/capture")
      try obstacle.make(folder.path)
      let failure = #expect(throws: CommandFailure.self) { try folder.write(Self.files, Self.circumstances) }
      #expect(failure?.code == .failed)
      #expect(failure?.description.contains(obstacle.words) == true, "\(String(describing: failure))")
      #expect(failure?.description.contains(folder.path) == true)
      let left = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(left?.contains("manifest.json") != true)
    }
  }

  /// What may become of a capture, and what is said of it.
  static let damages: [(name: String, words: String, make: @Sendable (String) throws -> Void)] = [
    (
      "a byte is another", "host.json was changed: its hash",
      { try Data("[]".utf8).write(to: URL(filePath: "\($0)/host.json")) }
    ),
    (
      "a file is cut", "netlink.pcap was changed: it has 9 bytes, not 256",
      { truncate("\($0)/netlink.pcap", 9) }
    ),
    ("a file grew", "netlink.pcap was changed: it has 300 bytes", { truncate("\($0)/netlink.pcap", 300) }),
    ("a file is missing", "netlink.pcap is missing", { unlink("\($0)/netlink.pcap") }),
    (
      "a file was added", "host/var/lib/b is no part of it",
      { try Data().write(to: URL(filePath: "\($0)/host/var/lib/b")) }
    ),
    (
      "a link to the same content", "host.json is a symbolic link",
      {
        rename("\($0)/host.json", "\($0).aside")
        symlink("\($0).aside", "\($0)/host.json")
      }
    ),
    (
      "a pipe in a file's place", "host.json",
      {
        unlink("\($0)/host.json")
        mkfifo("\($0)/host.json", 0o600)
      }
    ),
    ("there is no manifest", "no manifest.json", { unlink("\($0)/manifest.json") }),
    (
      "the manifest of something else", "not the manifest of a capture",
      { try Data(#"{"format": "other", "version": 1}"#.utf8).write(to: URL(filePath: "\($0)/manifest.json")) }
    ),
    ("a manifest that is cut", "not the manifest of a capture", { truncate("\($0)/manifest.json", 100) }),
    (
      "a later format", "format version 2",
      { try replace("\"version\" : 1", "\"version\" : 2", in: "\($0)/manifest.json") }
    ),
    (
      "a path that leads out", "names the file host/../../passwd",
      { try replace("host/var/lib/a", "host/../../passwd", in: "\($0)/manifest.json") }
    ),
    (
      "an absolute path", "names the file /etc/passwd",
      { try replace("host/var/lib/a", "/etc/passwd", in: "\($0)/manifest.json") }
    ),
    (
      "a file twice", "host.json twice",
      { try replace("host/var/lib/a", "host.json", in: "\($0)/manifest.json") }
    ),
    (
      "a negative size", "larger than",
      { try replace("\"size\" : 256", "\"size\" : -1", in: "\($0)/manifest.json") }
    ),
    (
      "a size beyond all measure", "larger than",
      { try replace("\"size\" : 256", "\"size\" : 9223372036854775807", in: "\($0)/manifest.json") }
    ),
    (
      "a control character", "names the file a\\u{1B}[2J/..",
      { try replace("host/var/lib/a", "a\\u001b[2J/..", in: "\($0)/manifest.json") }
    ),
  ]

  private static func replace(_ old: String, _ new: String, in file: String) throws {
    let text = try String(contentsOfFile: file, encoding: .utf8)
    #expect(text.contains(old))
    try Data(text.replacing(old, with: new).utf8).write(to: URL(filePath: file))
  }

  @Test(arguments: damages.map(\.name)) func isNotRead(_ name: String) throws {
    let damage = try #require(Self.damages.first { $0.name == name })
    try withCapture { folder in
      try damage.make(folder.path)
      let failure = #expect(throws: CommandFailure.self) { try folder.read() }
      #expect(failure?.code == .failed)
      #expect(failure?.description.contains("\(folder.path) can't be used as a capture: ") == true)
      #expect(failure?.description.contains(damage.words) == true, "\(String(describing: failure))")
    }
  }

  @Test(arguments: ["/nonexistent/folder", "/etc/hostname", "relative"]) func isNoFolder(_ path: String) {
    #expect(throws: CommandFailure.self) { try CaptureFolder(path: path).read() }
  }
}
