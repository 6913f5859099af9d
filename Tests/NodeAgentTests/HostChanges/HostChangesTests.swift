import HostFiles
import TestSupport
import Testing

@testable import NodeAgent

struct HostChangesTests {
  private func withHost(_ body: (HostRoot) throws -> Void) throws {
    try withTemporaryRoot { root, path in
      _ = try FakeHost(root: root, path: path)
      try root.makeDirectories("/run/vrouter-node-agent", mode: 0o755)
      try body(root)
    }
  }

  /// What was there before the first change holds, however often something is changed again.
  @Test func theFirstNoteHolds() throws {
    try withHost { root in
      for count: UInt64 in [4, 64] {
        try HostChanges.note(on: root) { $0.note(.init(pageBytes: 2 << 20, count: count)) }
      }
      for count in [0, 8] {
        try HostChanges.note(on: root) {
          $0.note(.init(interface: "eth1", folder: "/a", count: count, made: 1))
        }
      }
      try HostChanges.note(on: root) { $0.note(.init(interface: "eth0", index: 2, names: ["rx-lro"])) }
      try HostChanges.note(on: root) {
        $0.note(.init(interface: "eth0", index: 2, names: ["rx-lro", "rx-checksum"]))
      }
      try HostChanges.note(on: root) { $0.note(.init(path: "/h", pageBytes: 1 << 30)) }
      try HostChanges.note(on: root) {
        $0.note(.init(path: "/etc/resolv.conf", content: "nameserver 10.0.0.2\n"))
      }
      let changes = try HostChanges.read(from: root)
      #expect(changes.pages.map(\.count) == [4])
      #expect(changes.functions.map(\.count) == [0])
      #expect(changes.features == [.init(interface: "eth0", index: 2, names: ["rx-lro", "rx-checksum"])])
      #expect(changes.mounts.count == 1)
      #expect(changes.nameServers?.content == "nameserver 10.0.0.2\n")
      #expect(try root.status(HostChanges.path).permissions == 0o600)
    }
  }

  @Test func areVoidAfterAReboot() throws {
    try withHost { root in
      try HostChanges.note(on: root) { $0.note(.init(pageBytes: 2 << 20, count: 4)) }
      try FakeHost.write("another", "/proc/sys/kernel/random/boot_id", root)
      #expect(try HostChanges.read(from: root).isEmpty)
    }
  }

  @Test(arguments: ["", "{", "{\"schema\": 2, \"boot\": \"x\"}"]) func aDamagedNoteIsNoNote(_ text: String)
    throws
  {
    try withHost { root in
      try root.replace(HostChanges.path, with: Array(text.utf8), mode: 0o600)
      let failure = #expect(throws: CommandFailure.self) { try HostChanges.read(from: root) }
      #expect(failure?.description.contains("damaged") == true)
    }
  }
}
