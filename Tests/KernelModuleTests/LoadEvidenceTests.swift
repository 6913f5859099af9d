import Foundation
import HostFiles
import TestSupport
import Testing

@testable import KernelModule

struct LoadEvidenceTests {
  @Test func gathersWhatAHostShows() throws {
    try withTemporaryRoot { host, path in
      try writeFile("none [integrity] confidentiality\n", to: "\(path)/sys/kernel/security/lockdown")
      try writeFile("Y\n", to: "\(path)/sys/module/module/parameters/sig_enforce")
      try writeFile("1\n", to: "\(path)/proc/sys/kernel/modules_disabled")
      try writeFile("quiet module_blacklist=a module_blacklist=b,vrouter ro\n", to: "\(path)/proc/cmdline")
      try writeFile(
        "Name:\tx\nCapEff:\t000001ffffffffff\nSeccomp:\t2\nSeccomp_filters:\t1\n",
        to: "\(path)/proc/self/status")
      try writeFile("         0          0 4294967295\n", to: "\(path)/proc/self/uid_map")
      let evidence = LoadEvidence.gather(from: host)
      #expect(evidence.lockdown == "integrity")
      #expect(evidence.enforcesSignatures == true)
      #expect(evidence.loadingDisabled == true)
      #expect(evidence.commandLineBlacklist == ["b", "vrouter"])
      #expect(evidence.hasCapability == true)
      #expect(evidence.hasCallFilter == true)
    }
  }

  @Test func whatIsNotThereIsUnknown() throws {
    try withTemporaryRoot { host, _ in
      #expect(LoadEvidence.gather(from: host) == LoadEvidence())
    }
  }

  @Test(
    arguments: [
      ("CapEff:\t0000000000010000\n", nil, true), ("CapEff:\t00000000fffeffff\n", nil, false),
      ("CapEff:\t000001ffffffffff\n", "0 100000 65536\n", false), ("CapEff:\tzz\n", nil, nil), ("", nil, nil),
    ] as [(String, String?, Bool?)])
  func readsCapabilities(status: String, mapping: String?, expected: Bool?) {
    #expect(LoadEvidence.hasModuleCapability(status: status, userMapping: mapping) == expected)
  }
}

struct KernelLogTests {
  /// Records as Linux 6.1 gives them, one with a dictionary, one with an escaped byte and one of a thread.
  @Test func readsRecords() {
    let records = """
      6,339,5140900,-;NET: Registered PF_VSOCK protocol family
      4,340,5690716,-;vrouter: loading out-of-tree module taints kernel.
       SUBSYSTEM=module
       DEVICE=+module:vrouter
      3,341,5690717,-,caller=T12;Invalid ELF header magic: != \\x7fELF
      6,342,5690718,-;a;b
      junk
      """
    #expect(
      KernelLog.messages(in: records) == [
        "NET: Registered PF_VSOCK protocol family", "vrouter: loading out-of-tree module taints kernel.",
        "Invalid ELF header magic: != \u{7f}ELF", "a;b",
      ])
  }

  @Test(arguments: ["\\x", "\\x7", "\\xzz", "\\", "\\x41"]) func survivesEscapes(text: String) {
    #expect(KernelLog.messages(in: "6,1,1,-;\(text)") == [text == "\\x41" ? "A" : text])
  }

  @Test func givesOnlyWhatComesLater() throws {
    try withTemporaryRoot { host, path in
      try writeFile("6,1,1,-;before\n", to: "\(path)/dev/kmsg")
      guard var log = KernelLog(following: host) else {
        Issue.record("the log is there")
        return
      }
      #expect(log.newMessages() == [])
      let file = try #require(FileHandle(forWritingAtPath: "\(path)/dev/kmsg"))
      try file.seekToEnd()
      try file.write(contentsOf: Data("6,2,2,-;after\n".utf8))
      #expect(log.newMessages() == ["after"])
      #expect(log.newMessages() == [])
    }
  }

  @Test func absenceIsNoError() throws {
    try withTemporaryRoot { host, _ in
      switch KernelLog(following: host) {
      case .none: break
      case .some: Issue.record("there is no log")
      }
    }
  }
}

/// What syslog(2) gives.
struct KernelRingTests {
  /// Lines of Linux 6.1 and 6.18, with and without the time and the caller.
  @Test(arguments: [
    (
      "<6>[    5.140900] NET: Registered PF_VSOCK protocol family", "NET: Registered PF_VSOCK protocol family"
    ),
    ("<4>[    5.690716][  T312] vrouter: loading out-of-tree module", "vrouter: loading out-of-tree module"),
    ("<4>[    5.690716] [C1] a line", "a line"), ("<3>no time", "no time"),
    ("<3>[drm] no time", "[drm] no time"),
    ("<3>[    0.000000] [drm] time", "[drm] time"), ("<3>[T] [C1x] [1.x]", "[T] [C1x] [1.x]"),
    ("plain", "plain"),
    ("<3", "<3"), ("<3>[ 1.0", "[ 1.0"), ("<3>[ 1.0]", ""),
  ])
  func readsLines(line: String, message: String) {
    #expect(KernelRing.messages(in: line + "\n") == [message])
  }

  @Test(arguments: [
    ("", "abc", "abc"), ("abc", "abc", ""), ("abc", "abcdef", "def"), ("abc", "xxabcdabce", "e"),
    // The end was overwritten, or somebody cleared the log.
    ("abc", "bcdef", "bcdef"), ("abc", "", ""), ("abc", "c", ""),
  ])
  func findsWhatIsNew(end: String, text: String, fresh: String) {
    #expect(
      String(decoding: KernelRing.part(of: Array(text.utf8), after: Array(end.utf8)), as: UTF8.self) == fresh)
  }

  @Test func givesOnlyWhatComesLater() throws {
    var ring = try #require(KernelRing(of: .running))
    let word = "vrouter-node-agent test \(UInt64.random(in: 0...UInt64.max))"
    let line = word + "\n"
    let log = open("/dev/kmsg", O_WRONLY | O_CLOEXEC)
    defer { close(log) }
    // Until its end is written, the kernel waits for the rest of a line.
    #expect(unsafe write(log, line, line.utf8.count) == line.utf8.count)
    #expect(ring.newMessages().contains(word))
    #expect(!ring.newMessages().contains(word))
  }

  /// The log of this kernel is none of a tree that was put together.
  @Test func anotherTreeHasNone() throws {
    try withTemporaryRoot { host, path in
      try writeFile("6.1.0\n", to: "\(path)/proc/sys/kernel/osrelease")
      #expect(KernelRing(of: host) == nil)
    }
  }
}
