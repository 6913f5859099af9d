import Glibc
import HostFiles
import Readiness
import TestSupport
import Testing

@Suite struct ReadinessCheckTests {
  @Test func readyWhenEveryFactHolds() throws {
    try withTemporaryRoot { root, path in
      let host = try PreparedHost(root: root, path: path)
      #expect(ReadinessCheck(root: root).verdict() == .ready(host.file))
    }
  }

  struct Breakage: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let fact: ReadinessCheck.Fact
    /// What the one line must name.
    let says: String
    let apply: @Sendable (PreparedHost) throws -> Void

    init(
      _ name: String, _ fact: ReadinessCheck.Fact, says: String,
      _ apply: @escaping @Sendable (PreparedHost) throws -> Void
    ) {
      (testDescription, self.fact, self.says, self.apply) = (name, fact, says, apply)
    }
  }

  static let breakages = [
    Breakage("no file", .file, says: "there is no /run") { try $0.root.remove(ReadyFile.path) },
    Breakage("empty file", .file, says: "trusted") {
      try $0.root.replace(ReadyFile.path, with: [], mode: 0o644)
    },
    Breakage("half a file", .file, says: "trusted") {
      try $0.root.replace(ReadyFile.path, with: Array($0.file.bytes.dropLast(40)), mode: 0o644)
    },
    Breakage("a file that anyone can write", .file, says: "only its owner") {
      try $0.root.replace(ReadyFile.path, with: $0.file.bytes, mode: 0o666)
    },
    Breakage("the schema of an older version", .file, says: "schema 1, of another version of the agent") {
      let text = String(decoding: $0.file.bytes, as: UTF8.self)
        .split(separator: "\"schema\": 2").joined(separator: "\"schema\": 1")
      try $0.root.replace(ReadyFile.path, with: Array(text.utf8), mode: 0o644)
    },
    Breakage("a surplus member", .file, says: "surplus") {
      let text = "{\"surplus\": 1," + String(decoding: $0.file.bytes, as: UTF8.self).dropFirst()
      try $0.root.replace(ReadyFile.path, with: Array(text.utf8), mode: 0o644)
    },
    Breakage("a path in the place of a name", .file, says: "name") {
      var file = $0.file
      file.interface.name = "../../etc"
      try $0.write(file)
    },
    Breakage("another boot", .boot, says: "this is boot 11111111") {
      try $0.set("/proc/sys/kernel/random/boot_id", "11111111-2222-3333-4444-555555555555")
    },
    Breakage("module gone", .module, says: "vrouter is not loaded") {
      try $0.root.remove("/sys/module/vrouter/initstate")
    },
    Breakage("module going", .module, says: "state going") {
      try $0.set("/sys/module/vrouter/initstate", "going")
    },
    Breakage("module coming", .module, says: "state coming") {
      try $0.set("/sys/module/vrouter/initstate", "coming")
    },
    Breakage("another build loaded", .module, says: "srcversion 0000") {
      try $0.set("/sys/module/vrouter/srcversion", "0000")
    },
    Breakage("a build without srcversion loaded", .module, says: "srcversion none") {
      try $0.root.remove("/sys/module/vrouter/srcversion")
    },
    Breakage("interface gone", .interface, says: "eth0 does not exist") {
      try $0.root.remove("/sys/class/net/eth0/ifindex")
    },
    Breakage("interface made anew", .interface, says: "index 7, not 2") {
      try $0.set("/sys/class/net/eth0/ifindex", "7")
    },
    Breakage("another MAC", .interface, says: "MAC 52:54:00:99:99:99") {
      try $0.set("/sys/class/net/eth0/address", "52:54:00:99:99:99")
    },
    Breakage("configuration gone", .configuration, says: "does not exist") {
      try $0.root.remove(PreparedHost.configuration)
    },
    Breakage("configuration replaced by the same content", .configuration, says: "changed or replaced") {
      let bytes = try $0.root.readBytes(PreparedHost.configuration)
      try $0.root.remove(PreparedHost.configuration)
      try $0.root.replace(PreparedHost.configuration, with: bytes, mode: 0o644)
    },
    Breakage("configuration's mode changed", .configuration, says: "changed or replaced") {
      #expect(chmod($0.path + PreparedHost.configuration, 0o666) == 0)
    },
    Breakage("configuration written in place, times restored", .configuration, says: "changed or replaced") {
      let file = $0.path + PreparedHost.configuration
      var before = stat()
      #expect(stat(file, &before) == 0)
      let descriptor = open(file, O_WRONLY)
      #expect(write(descriptor, "[default]", 9) == 9)
      #expect(futimens(descriptor, [before.st_atim, before.st_mtim]) == 0)
      #expect(close(descriptor) == 0)
    },
    Breakage("a folder in the configuration's place", .configuration, says: "changed or replaced") {
      try $0.root.remove(PreparedHost.configuration)
      try $0.root.makeDirectories(PreparedHost.configuration, mode: 0o755)
    },
  ]

  @Test(arguments: breakages) func notReadyWhenAFactFails(breakage: Breakage) throws {
    try withTemporaryRoot { root, path in
      let host = try PreparedHost(root: root, path: path)
      try breakage.apply(host)
      let verdict = ReadinessCheck(root: root).verdict()
      guard case .notReady(let fact, let message) = verdict else {
        Issue.record("ready in spite of \(breakage.testDescription)")
        return
      }
      #expect(fact == breakage.fact)
      #expect(message.contains(breakage.says), "\(message)")
      #expect(!verdict.description.contains("\n"))
    }
  }

  @Test func theFileRoundTrips() throws {
    try withTemporaryRoot { root, path in
      var file = try PreparedHost(root: root, path: path).file
      #expect(try ReadyFile(parsing: file.bytes) == file)
      file.gateway = nil
      file.module = .init(name: "vrouter", version: nil, srcversion: nil)
      #expect(try ReadyFile(parsing: file.bytes) == file)
      file.interface.addresses = ["10.0.2.15/24"]
      file.others = [
        .init(name: "eth1", index: 3, mac: "52:54:00:12:34:58", addresses: ["10.0.3.15/24", "10.0.3.16/32"]),
        .init(name: "eth2", index: 4, mac: "52:54:00:12:34:59"),
      ]
      #expect(try ReadyFile(parsing: file.bytes) == file)
    }
  }
}
