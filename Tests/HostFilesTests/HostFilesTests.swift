import Glibc
import HostFiles
import SystemPackage
import TestSupport
import Testing

@Suite struct Reading {
  @Test func followsLinksInsideTheRootOnly() throws {
    try withTemporaryRoot { root, path in
      try root.makeDirectories("/etc/deep", mode: 0o755)
      try root.replace("/etc/deep/value", with: Array("inside\n".utf8), mode: 0o644)
      for (link, target) in [
        ("absolute", "/etc/deep/value"), ("relative", "deep/value"),
        ("escaping", "../../../../../../etc/deep/value"), ("chained", "absolute"),
        ("folder", "/etc/deep"),
      ] {
        #expect(symlink(target, "\(path)/etc/\(link)") == 0)
      }
      for name in ["absolute", "relative", "escaping", "chained", "folder/value", "folder/../deep/./value"] {
        #expect(try root.readValue("/etc/\(name)") == "inside", "\(name)")
      }
      #expect(try root.linkTarget("/etc/chained") == "absolute")
    }
  }

  @Test func answersClearly() throws {
    try withTemporaryRoot { root, path in
      #expect(symlink("loop", "\(path)/loop") == 0)
      try root.replace("/file", with: [1, 2, 3], mode: 0o600)
      #expect(mkfifo("\(path)/pipe", 0o600) == 0)
      let cases: [(String, Errno)] = [
        ("/nothing", .noSuchFileOrDirectory), ("/nothing/below", .noSuchFileOrDirectory),
        ("/loop", .tooManySymbolicLinkLevels), ("/file/below", .notDirectory),
        ("relative", .invalidArgument), ("/nul\0", .invalidArgument),
      ]
      for (path, errno) in cases {
        let error = #expect(throws: HostFileError.self, "\(path)") { try root.readBytes(path) }
        #expect(error?.errno == errno, "\(path)")
        #expect(error?.description.contains("cannot read \(path)") == true)
      }
      #expect(throws: HostFileError.self) { try root.readBytes("/file", limit: 2) }
      #expect(try root.readBytes("/pipe") == [])
      #expect(!root.exists("/nothing"))
      #expect(try root.names(in: "/") == ["file", "loop", "pipe"])
    }
  }

  @Test func refusesARootThatIsNone() throws {
    for path in ["relative", "/nothing/here", "/etc/passwd"] {
      #expect(throws: HostFileError.self, "\(path)") { try HostRoot(path) }
    }
  }
}

@Suite struct Writing {
  @Test func replacesAtomicallyAndLeavesTheUnchangedAlone() throws {
    try withTemporaryRoot { root, path in
      let first = try root.replace("/conf", with: Array("one".utf8), mode: 0o640)
      #expect(first.changed)
      #expect(first.status.permissions == 0o640)
      let again = try root.replace("/conf", with: Array("one".utf8), mode: 0o640)
      #expect(!again.changed)
      #expect(again.status == first.status)
      #expect(try root.status("/conf") == first.status)

      for (content, mode) in [("two", UInt32(0o640)), ("tw", 0o640), ("tw", 0o600), ("twtw", 0o600)] {
        let before = try root.status("/conf").identity
        let outcome = try root.replace("/conf", with: Array(content.utf8), mode: mode)
        #expect(outcome.changed)
        #expect(outcome.status.permissions == mode)
        #expect(outcome.status.identity != before)
        #expect(outcome.status == (try root.status("/conf")))
        #expect(try root.readText("/conf") == content)
      }
      #expect(try root.names(in: "/") == ["conf"], "nothing unfinished is left")
    }
  }

  @Test func keepsTheOwner() throws {
    try withTemporaryRoot { root, path in
      try root.replace("/conf", with: [1], mode: 0o640)
      #expect(chown("\(path)/conf", 1234, 2345) == 0)
      let outcome = try root.replace("/conf", with: [2], mode: 0o640)
      #expect(outcome.status.user == 1234)
      #expect(outcome.status.group == 2345)
      let given = try root.replace("/conf", with: [2], mode: 0o640, owner: (7, 8))
      #expect(given.changed)
      #expect(given.status.user == 7)
      #expect(given.status.group == 8)
    }
  }

  /// What an attacker, or a mistake, may have put where we write.
  @Test(arguments: ["link to a file", "dangling link", "folder", "linked folder on the way", "pipe"])
  func writesThroughNothing(planted: String) throws {
    try withTemporaryRoot { root, path in
      try root.makeDirectories("/etc", mode: 0o755)
      try root.replace("/victim", with: Array("precious".utf8), mode: 0o600)
      let target = "\(path)/etc/conf"
      switch planted {
      case "link to a file": #expect(symlink("../victim", target) == 0)
      case "dangling link": #expect(symlink("../created", target) == 0)
      case "folder": #expect(mkdir(target, 0o755) == 0)
      case "pipe": #expect(mkfifo(target, 0o600) == 0)
      default:
        #expect(rmdir("\(path)/etc") == 0)
        #expect(symlink(".", "\(path)/etc") == 0)
      }
      let error = #expect(throws: HostFileError.self) {
        try root.replace("/etc/conf", with: Array("ours".utf8), mode: 0o640)
      }
      #expect(error?.remedy != nil)
      #expect(try root.readText("/victim") == "precious")
      #expect(!root.exists("/created"))
      #expect(!root.exists("/conf"))
    }
  }

  @Test func removesTheLinkAndNotItsTarget() throws {
    try withTemporaryRoot { root, path in
      try root.replace("/victim", with: [1], mode: 0o600)
      #expect(symlink("victim", "\(path)/link") == 0)
      #expect(try root.remove("/link"))
      #expect(try !root.remove("/link"))
      #expect(try !root.remove("/nowhere/link"))
      #expect(root.exists("/victim"))
    }
  }

  @Test func clearsWhatAKilledWriteLeft() throws {
    try withTemporaryRoot { root, path in
      try root.replace("/.conf.1f.unfinished", with: [1], mode: 0o600)
      try root.replace("/.other.1f.unfinished", with: [1], mode: 0o600)
      try root.removeUnfinished("/conf")
      try root.removeUnfinished("/nowhere/conf")
      #expect(try root.names(in: "/") == [".other.1f.unfinished"])
    }
  }

  @Test func controlFilesAreNeverMade() throws {
    try withTemporaryRoot { root, path in
      let error = #expect(throws: HostFileError.self) {
        try root.writeControl("/proc/sys/vm/compact_memory", "1")
      }
      #expect(error?.isNotFound == true)
      #expect(!root.exists("/proc"))
    }
  }

  /// A reader at any moment sees one whole content: hundreds of rewrites, none of them torn.
  @Test func readersSeeWholeContents() async throws {
    try await withTemporaryRoot { root, path in
      let contents = [[UInt8](repeating: 1, count: 100_000), [UInt8](repeating: 2, count: 50_000)]
      try root.replace("/conf", with: contents[0], mode: 0o600)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          for turn in 1...100 { try root.replace("/conf", with: contents[turn % 2], mode: 0o600) }
        }
        group.addTask {
          for _ in 1...200 {
            let seen = try root.readBytes("/conf")
            #expect(contents.contains(seen), "\(seen.count) bytes, none of the two contents")
          }
        }
        try await group.waitForAll()
      }
    }
  }
}

@Suite struct Locking {
  @Test func oneHolderAtATime() throws {
    try withTemporaryRoot { root, path in
      do {
        let first = try HostLock("/lock", root: root, holder: "process 1")
        let error = #expect(throws: HostLock.Failure.self) {
          _ = try HostLock("/lock", root: root, holder: "process 2")
        }
        #expect(error == .held(by: "process 1"))
        _ = consume first
      }
      _ = try HostLock("/lock", root: root, holder: "process 3")
      #expect(try root.readText("/lock") == "process 3")
    }
  }

  @Test func takesNoLinkForALock() throws {
    try withTemporaryRoot { root, path in
      #expect(symlink("elsewhere", "\(path)/lock") == 0)
      #expect(throws: HostLock.Failure.self) { _ = try HostLock("/lock", root: root, holder: "") }
      #expect(!root.exists("/elsewhere"))
      #expect(throws: HostLock.Failure.self) { _ = try HostLock("/nowhere/lock", root: root, holder: "") }
    }
  }
}
