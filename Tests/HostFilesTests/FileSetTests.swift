import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import HostFiles

@Suite struct FileSetTests {
  @Test func writesWhatDiffersAndLeavesTheRest() throws {
    try withTemporaryRoot { root, path in
      let host = SetHost(root)
      try host.prepare()
      let untouched = try root.status("/etc/same")
      #expect(try host.set.write(to: root) == ["/etc/changed", "/etc/new", "/etc/mode"])
      #expect(try host.state() == .new)
      #expect(try root.status("/etc/same") == untouched)
      #expect(
        try root.names(in: "/etc") == [
          "changed", "changed.original", "changed.previous", "mode", "new", "same",
        ],
        "nothing unfinished, no journal, and no previous version of what didn't change")
      // A second time there is nothing to do, not even to the previous version.
      let before = try root.names(in: "/etc").map { try root.status("/etc/\($0)") }
      #expect(try host.set.write(to: root) == [])
      #expect(try root.names(in: "/etc").map { try root.status("/etc/\($0)") } == before)
    }
  }

  /// The previous version has the secrets of the time before: who may read it is who may read the file.
  @Test(arguments: [UInt32(0o644), 0o600, 0o666])
  func thePreviousVersionIsAsPrivateAsTheFile(_ mode: UInt32) throws {
    try withTemporaryRoot { root, path in
      try root.replace("/conf", with: Array("old".utf8), mode: mode, owner: (7, 8))
      let file = FileSet.File(
        path: "/conf", content: Array("new".utf8), mode: 0o640, user: 1999, keepsPrevious: true)
      try FileSet([file], journal: "/journal").write(to: root)
      for name in ["/conf", "/conf.previous"] {
        let status = try root.status(name)
        #expect(status.permissions == 0o640)
        #expect(status.user == 1999)
        #expect(status.group == 8, "a group that isn't given is kept")
      }
      #expect(try root.readText("/conf.previous") == "old")
    }
  }

  /// What was there first stays as the original, however often the file changes; as private as the file.
  @Test func theOriginalIsKeptOnce() throws {
    try withTemporaryRoot { root, path in
      try root.replace("/conf", with: Array("field".utf8), mode: 0o644, owner: (7, 8))
      func write(_ text: String) throws -> [String] {
        let file = FileSet.File(
          path: "/conf", content: Array(text.utf8), mode: 0o640, user: 1999, keepsPrevious: true,
          keepsOriginal: true)
        return try FileSet([file], journal: "/journal").write(to: root)
      }
      for text in ["first", "second", "second", "third"] { _ = try write(text) }
      #expect(try root.readText("/conf.original") == "field")
      #expect(try root.readText("/conf.previous") == "second")
      let status = try root.status("/conf.original")
      #expect(status.permissions == 0o640 && status.user == 1999 && status.group == 8)
      #expect(try root.names(in: "/") == ["conf", "conf.original", "conf.previous"])
      // A link in its place is taken for one, and neither followed nor replaced.
      try root.remove("/conf.original")
      try root.replace("/victim", with: Array("precious".utf8), mode: 0o600)
      #expect(symlink("victim", "\(path)/conf.original") == 0)
      _ = try write("fourth")
      #expect(try root.readText("/victim") == "precious")
      #expect(try root.linkTarget("/conf.original") == "victim")
    }
  }

  @Test func ownersAreGivenOrKept() throws {
    try withTemporaryRoot { root, path in
      try root.replace("/a", with: [1], mode: 0o640, owner: (7, 8))
      func write(_ user: UInt32?, _ group: UInt32?) throws -> [String] {
        let files = ["/a", "/b"].map {
          FileSet.File(path: $0, content: [1], mode: 0o640, user: user, group: group)
        }
        return try FileSet(files, journal: "/journal").write(to: root)
      }
      #expect(try write(nil, nil) == ["/b"])
      #expect(try root.status("/a").user == 7)
      #expect(try write(nil, 9) == ["/a", "/b"])
      #expect(try root.status("/a").user == 7)
      #expect(try root.status("/a").group == 9)
      #expect(try write(5, 9) == ["/a", "/b"])
      #expect(try root.status("/b").user == 5)
      #expect(try write(nil, nil) == [])
    }
  }

  /// What an attacker, or a mistake, may have put in the place of one of the files: none of them changes.
  @Test(arguments: ["link", "dangling link", "folder", "linked folder", "previous folder", "pipe"])
  func writesThroughNothing(_ planted: String) throws {
    try withTemporaryRoot { root, path in
      let host = SetHost(root)
      try host.prepare()
      try root.replace("/victim", with: Array("precious".utf8), mode: 0o600)
      switch planted {
      case "link": #expect(symlink("../victim", "\(path)/etc/new") == 0)
      case "dangling link": #expect(symlink("../created", "\(path)/etc/new") == 0)
      case "folder": #expect(mkdir("\(path)/etc/new", 0o755) == 0)
      case "previous folder": #expect(mkdir("\(path)/etc/changed.previous", 0o755) == 0)
      case "pipe": #expect(mkfifo("\(path)/etc/new", 0o600) == 0)
      default:
        #expect(rename("\(path)/etc", "\(path)/elsewhere") == 0)
        #expect(symlink("elsewhere", "\(path)/etc") == 0)
      }
      let folder = planted == "linked folder" ? "/elsewhere" : "/etc"
      let before = try root.names(in: folder)
      let error = #expect(throws: HostFileError.self) { try host.set.write(to: root) }
      #expect(error?.remedy != nil)
      #expect(try root.names(in: folder) == before)
      #expect(try root.readText("\(folder)/changed") == "old")
      #expect(try root.readText("/victim") == "precious")
      #expect(!root.exists("/created"))
    }
  }

  /// A link in the place of the previous version is replaced, not followed.
  @Test func thePreviousVersionReplacesALink() throws {
    try withTemporaryRoot { root, path in
      let host = SetHost(root)
      try host.prepare()
      try root.replace("/victim", with: Array("precious".utf8), mode: 0o600)
      #expect(symlink("../victim", "\(path)/etc/changed.previous") == 0)
      try host.set.write(to: root)
      #expect(try root.readText("/victim") == "precious")
      #expect(try root.readText("/etc/changed.previous") == "old")
    }
  }

  @Test func onePathTwiceIsRefused() throws {
    let files = [1, 2].map { FileSet.File(path: "/a", content: [$0], mode: 0o640) }
    try withTemporaryRoot { root, path in
      #expect(throws: HostFileError.self) { try FileSet(files, journal: "/journal").write(to: root) }
      let names = try root.names(in: "/")
      #expect(names.isEmpty)
    }
  }
}

@Suite struct FileSetJournalTests {
  private let journal = FileSetJournal(
    phase: .undo, tag: "0123456789abcdef",
    changes: [
      .init(path: "/etc/a b", existed: true, keepsPrevious: true),
      .init(path: "/c", existed: false, keepsPrevious: false),
      .init(path: "/d", existed: true, keepsPrevious: true, keepsOriginal: true),
    ])

  @Test func readsBackWhatItWrote() {
    #expect(FileSetJournal(parsing: journal.text) == journal)
    #expect(journal.folders == ["/etc", "/"])
    #expect(journal.changes[0].newName(journal.tag) == ".a b.0123456789abcdef.unfinished")
    #expect(journal.changes[1].oldName(journal.tag) == ".c.0123456789abcdef.old.unfinished")
  }

  /// Cut anywhere, or changed, it isn't taken for one.
  @Test func nothingElseIsRead() {
    let text = journal.text
    for count in 0..<text.utf8.count {
      #expect(FileSetJournal(parsing: String(text.prefix(count))) == nil, "\(count)")
    }
    for (old, new) in [
      ("vrouter-files 1", "vrouter-files 2"), ("undo", "redo"), ("abcdef", "abcde/"), ("abcdef", "ABCDEF"),
      ("existed", "was"), ("drop", "throw"), (" /c", " c"), ("/c", "/c/"), ("/c", "/etc/a b"), ("end", "End"),
    ] {
      #expect(FileSetJournal(parsing: text.replacing(old, with: new)) == nil, "\(old)")
    }
  }

  @Test(arguments: ["garbage", "link", "somebody else's", "writable by others", "folder"])
  func oneThatCantBeTrustedIsRefused(_ planted: String) throws {
    try withTemporaryRoot { root, path in
      let host = SetHost(root)
      try host.prepare()
      let journal = FileSetJournal(
        phase: .finish, tag: "0123456789abcdef",
        changes: [.init(path: "/etc/changed", existed: true, keepsPrevious: false)])
      let text = Array(journal.text.utf8)
      try root.replace("/etc/.changed.0123456789abcdef.unfinished", with: Array("evil".utf8), mode: 0o600)
      switch planted {
      case "garbage": try root.replace("/etc/.journal", with: Array("x".utf8), mode: 0o600)
      case "link":
        try root.replace("/etc/other", with: text, mode: 0o600)
        #expect(symlink("other", "\(path)/etc/.journal") == 0)
      case "somebody else's": try root.replace("/etc/.journal", with: text, mode: 0o600, owner: (1999, 1999))
      case "folder": #expect(mkdir("\(path)/etc/.journal", 0o755) == 0)
      default: try root.replace("/etc/.journal", with: text, mode: 0o622)
      }
      #expect(throws: HostFileError.self) { try FileSet.recover(journal: "/etc/.journal", on: root) }
      #expect(throws: HostFileError.self) { try host.set.write(to: root) }
      #expect(try root.readText("/etc/changed") == "old")
    }
  }
}
